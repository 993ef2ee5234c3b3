import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Application, copyApplication, requirementFiles } from "../applications.ts";
import { diskUsage, type Entry, startOf } from "../entry.ts";
import type { Lab } from "../lab.ts";
import { run } from "../run.ts";
import type { Table, Value } from "../table.ts";

/** What `python:3-slim` is made like: Debian without recommendations, its Python, certificates, time zones. */
const SLIM = [
  ...["--quiet", "--variant=minbase", "--include=python3-venv,ca-certificates,tzdata"],
  ...["--aptopt=Apt::Install-Recommends false", "--dpkgopt=path-exclude=/usr/share/doc/*"],
  ...["--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*"],
  "--customize-hook=rm -rf $1/var/lib/apt/lists $1/var/cache/apt",
  "bookworm",
];

interface Sizes {
  readonly moved: Map<string, Value>;
  readonly disk: Map<string, Value>;
}

/** What brings a Python, too. The root file system needs root, and mmdebstrap. */
export function measureInside(entries: readonly Entry[]): Table {
  const sizes: Sizes = { moved: new Map(), disk: new Map() };
  const [first] = entries;
  if (first !== undefined && process.getuid?.() === 0 && existsSync("/usr/bin/mmdebstrap")) {
    measureRoot(first.input.lab, first.application, sizes);
  }
  for (const entry of entries) measureEntry(entry, sizes);
  const base = "holdall --with-python";
  return {
    id: "inside",
    application: first?.application.title ?? "",
    title: "With a Python inside",
    text: TEXT,
    columns: [
      { name: "to move", base, values: sizes.moved },
      { name: "on disk after a first start", base, values: sizes.disk },
    ],
  };
}

const TEXT = `A root file system like that of \`python:3-slim\` (Debian 12, made with mmdebstrap, without documentation) with the
application in a virtual environment, not compiled; \`tar cz\` is what an image is in a registry, and so are directories
packed here. The artifact has all of the Python that an application may need, and bytecode of all; PyInstaller has what it
saw imported. A one-file program unpacks itself at each start and removes that at its end.`;

function measureEntry(entry: Entry, { moved, disk }: Sizes): void {
  const { name, input } = entry;
  const cache = join(input.cache, "first");
  const { argv, ...options } = startOf(entry, { command: "check", cache });
  run(argv, options);
  const found = statSync(input.output);
  const size = found.isFile() ? found.size : packedSize(input.lab, input.output);
  moved.set(name, { kind: "bytes", bytes: size });
  disk.set(name, { kind: "bytes", bytes: diskUsage([input.output, cache], input.env) });
}

function measureRoot(lab: Lab, application: Application, { moved, disk }: Sizes): void {
  const root = join(lab.scratch, "root");
  const options = { cwd: lab.scratch, env: process.env };
  run(["mmdebstrap", ...SLIM, root], options);
  moved.set("the root alone", { kind: "bytes", bytes: packedSize(lab, root) });
  disk.set("the root alone", { kind: "bytes", bytes: diskUsage([root], process.env) });
  copyApplication(application, join(root, "app"));
  run(["chroot", root, "python3", "-m", "venv", "--without-pip", "/venv"], options);
  const [requirements] = requirementFiles(application);
  const site = join(root, "venv/lib/python3.11/site-packages");
  const pip = [join(lab.tools, "pip"), "install", "-q", "--no-compile", "--target", site] as const;
  run([...pip, "--no-index", "-f", lab.wheels, "-r", requirements], options);
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", PYTHONPATH: "/app/src" };
  run(["chroot", root, "/venv/bin/python", "-B", "-m", application.module, "check"], { cwd: "/", env });
  const name = "a root with the application";
  moved.set(name, { kind: "bytes", bytes: packedSize(lab, root) });
  disk.set(name, { kind: "bytes", bytes: diskUsage([root], process.env) });
}

function packedSize(lab: Lab, directory: string): number {
  const packed = join(lab.scratch, "packed.tar.gz");
  // Devices and sockets are nobody's bytes.
  const names = readdirSync(directory).filter((name) => !["dev", "proc", "sys"].includes(name));
  run(["tar", "-czf", packed, "-C", directory, ...names], { cwd: lab.scratch, env: process.env });
  return statSync(packed).size;
}
