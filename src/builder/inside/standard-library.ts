/** Directories of the standard library that no application on a server needs, wherever in it they are. */
const LEFT_OUT_DIRECTORIES = [
  /^(test|idlelib|tkinter|turtledemo|ensurepip|site-packages|dist-packages)$/,
  /^config-[^/]*$/, // Makefile and static library, to build other interpreters
  /(^|\/)__pycache__$/, // the layer has bytecode of its own
  /^(ctypes|sqlite3|unittest|distutils|lib2to3|bsddb|email|json)\/tests?$/,
];

/**
 * Modules in machine code: for the tests of Python; for windows; for Sun's NIS, which brings Kerberos with it; and those
 * with libraries under copyleft (readline, gdbm, Berkeley DB), which an application would have to answer for.
 */
const LEFT_OUT_MODULES =
  /^(_test.*|_ctypes_test|_xxtestfuzz|xxlimited.*|xxsubtype|_tkinter|nis|readline|_gdbm|_dbm)$/;

const LEFT_OUT_FILES = [
  /^(turtle\.py|EXTERNALLY-MANAGED)$/,
  // What the administrator of the building machine adds to every start.
  /^(site|user)customize\.py$/,
  /\.(a|o|pyc|pyo|exe|pickle|orig)$/,
];

/**
 * Whether an artifact with an interpreter inside has this file of the standard library.
 *
 * @param path - relative to the standard library: `json/decoder.py`, `lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so`.
 */
export function isKept(path: string): boolean {
  const parts = path.split("/");
  const directories = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
  if (directories.some((one) => LEFT_OUT_DIRECTORIES.some((pattern) => pattern.test(one)))) return false;
  const module = /^lib-dynload\/([^./]+)\..*so$/.exec(path)?.[1];
  if (module !== undefined) return !LEFT_OUT_MODULES.test(module);
  return !LEFT_OUT_FILES.some((pattern) => pattern.test(path));
}

/**
 * `_sysconfigdata` without the places where the interpreter was built and installed: `sysconfig` finds what it needs at
 * run time, and an artifact names no directory of the machine that made it.
 */
export function withoutBuildPlaces(text: string, prefix: string): string {
  const built = [...text.matchAll(/'(?:abs_builddir|abs_srcdir)':\s*'(\/[^']+)'/g)].map(
    ([, path = ""]) => path,
  );
  const places = [...new Set([...built, ...(SYSTEM_PREFIXES.includes(prefix) ? [] : [prefix])])];
  // The longest first: one may be inside of another.
  places.sort((a, b) => b.length - a.length);
  return places.reduce((changed, place) => changed.replaceAll(place, "/usr/local"), text);
}

const SYSTEM_PREFIXES = ["/usr", "/usr/local"];
