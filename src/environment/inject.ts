import { delimiter, join } from "node:path";
import type { Runnable } from "./application/runnable.ts";
import type { Directories } from "./directories/directories.ts";
import { type Address, joinAddress } from "./resolve-argv.ts";

export type EnvironmentKind = "development" | "test" | "run";

/** What is started: its name in the plan. */
export type Part =
  | { readonly kind: "command"; readonly name: string }
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "process"; readonly name: string; readonly instance: number };

export type Variables = Readonly<Record<string, string>>;

export interface Injection {
  readonly kind: EnvironmentKind;
  readonly runnable: Runnable;
  readonly directories: Directories;
  /** Of the caller. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Of settings and services. */
  readonly supplied: Variables;
  /** Of every process of the plan that listens. */
  readonly addresses: Readonly<Record<string, Address>>;
  readonly mailAddress?: Address | undefined;
}

/** Found by the release's Python instead of its own modules, or only meant for a launcher: docs/starting.md. */
const NOT_INHERITED = [
  "PYTHONPATH",
  "PYTHONHOME",
  "PYTHONSTARTUP",
  "PYTHONPLATLIBDIR",
  "__PYVENV_LAUNCHER__",
  "HOLDALL_PYTHON",
];

/** All that a test run inherits; also in lower case, as proxies are written. */
const INHERITED_BY_TESTS =
  /^(?:PATH|LANG|LC_ALL|TZ|SSL_CERT_(?:FILE|DIR)|(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy)$/;

/** The whole environment of a command or process, as docs/environment.md says. `address` is where it listens. */
export function injectVariables(injection: Injection, part: Part, address: Address): Variables {
  const { kind, runnable, directories, supplied, addresses, mailAddress } = injection;
  const inherited = inheritVariables(injection);
  // Settings and caches of whoever runs tests are in their home.
  const home = kind === "test" ? { HOME: directories.base } : {};
  const path = inherited["PATH"] || "/usr/local/bin:/usr/bin:/bin";
  // What Python prints into a pipe would wait until 8 kB are there, and a crash would lose it.
  const unbuffered = part.kind === "process" ? { PYTHONUNBUFFERED: "1" } : {};
  return {
    ...unbuffered,
    ...inherited,
    ...home,
    PATH: join(runnable.prefix, "bin") + delimiter + path,
    TMPDIR: directories.tmp,
    STATE_DIRECTORY: directories.data,
    CACHE_DIRECTORY: directories.cache,
    LOGS_DIRECTORY: directories.logs,
    RUNTIME_DIRECTORY: directories.run,
    HOST: address.host,
    PORT: String(address.port),
    HOLDALL_APPLICATION: runnable.name,
    HOLDALL_VERSION: runnable.version,
    HOLDALL_ENVIRONMENT: kind,
    ...describePart(part),
    ...Object.fromEntries(
      // A process that is named so wins.
      Object.entries({ ...(mailAddress && { mail: mailAddress }), ...addresses }).map(([name, address]) => [
        `HOLDALL_ADDRESS_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`,
        joinAddress(address),
      ]),
    ),
    ...supplied,
  };
}

function describePart(part: Part): Variables {
  switch (part.kind) {
    case "command":
      return { HOLDALL_COMMAND: part.name };
    case "object":
      return { HOLDALL_OBJECT: part.name };
    case "process":
      return { HOLDALL_PROCESS: part.name, HOLDALL_INSTANCE: String(part.instance) };
  }
}

/** Of the caller's environment, what an environment passes on. */
export function inheritVariables({ kind, env }: Pick<Injection, "kind" | "env">): Variables {
  const isInherited = (name: string) =>
    kind === "test" ? INHERITED_BY_TESTS.test(name) : !NOT_INHERITED.includes(name);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && isInherited(name) ? [[name, value]] : [],
    ),
  );
}
