import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "./measure.ts";
import type { Section } from "./report.ts";

export interface InsideInput {
  /** Of the application. */
  readonly app: string;
  readonly scratch: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What `python:3-slim` is made like: Debian without recommendations, its Python, certificates, time zones. */
const SLIM = [
  "mmdebstrap",
  "--quiet",
  "--variant=minbase",
  "--include=python3-venv,ca-certificates,tzdata",
] as const;
const WITHOUT_CACHES = [
  ...["--aptopt=Apt::Install-Recommends false", "--dpkgopt=path-exclude=/usr/share/doc/*"],
  ...["--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*"],
  "--customize-hook=rm -rf $1/var/lib/apt/lists $1/var/cache/apt",
];

/** An artifact with a Python inside beside an image that has Python and the same application. As root, with mmdebstrap. */
export function sizesInside({ app, scratch, env }: InsideInput): Section {
  const root = join(scratch, "slim");
  run([...SLIM, ...WITHOUT_CACHES, "bookworm", root], { cwd: scratch, env });
  const base = packedSize(root, scratch, env);
  cpSync(app, join(root, "app"), { recursive: true });
  run(["chroot", root, "python3", "-m", "venv", "--without-pip", "/venv"], { cwd: scratch, env });
  const pip = ["python3", "-m", "pip", "install", "-q", "--prefix", join(root, "venv")] as const;
  run([...pip, "--ignore-installed", "-r", join(app, "holdall.lock")], { cwd: scratch, env });
  run(["chroot", root, "/venv/bin/python", "/app/manage.py", "check"], { cwd: scratch, env });

  const artifact = join(scratch, "inside.holdall");
  const holdall = [process.execPath, join(import.meta.dirname, "../bin/holdall.js")] as const;
  const words = ["build", app, "--with-python", "--python", "/usr/bin/python3", "--output", artifact];
  run([...holdall, ...words], { cwd: scratch, env });
  const cache = join(scratch, "inside-cache");
  mkdirSync(cache);
  run([artifact, "python", "-c", "pass"], { cwd: scratch, env: { ...env, HOLDALL_CACHE: cache } });
  const row = (name: string, bytes: number) => ({ name, megabytes: bytes / 1e6 });
  return {
    title: "Size with a Python inside",
    text: "A root file system like that of `python:3-slim` (Debian 12, made with mmdebstrap, without documentation) with the same application in a virtual environment, not compiled; and the artifact with the same Python and the bytecode of all, which runs on any Linux with that libc. `tar cz` is what an image is in a registry.",
    rows: [
      row("root with the application, `tar cz`", packedSize(root, scratch, env)),
      row("the same root without the application, `tar cz`", base),
      row("artifact", statSync(artifact).size),
      row("root with the application, on disk", diskUsage(root)),
      row(
        "artifact and its cache after the first start, on disk",
        statSync(artifact).size + diskUsage(cache),
      ),
    ],
  };
}

function packedSize(root: string, scratch: string, env: NodeJS.ProcessEnv): number {
  const packed = join(scratch, "root.tar.gz");
  // Devices and sockets are nobody's bytes.
  const names = readdirSync(root).filter((name) => !["dev", "proc", "sys"].includes(name));
  run(["tar", "-czf", packed, "-C", root, ...names], { cwd: scratch, env });
  return statSync(packed).size;
}

/** Hard links once, as on a disk. */
function diskUsage(directory: string): number {
  const { stdout } = spawnSync("du", ["-s", "--block-size=1", directory], { encoding: "utf8" });
  return Number.parseInt(stdout, 10);
}
