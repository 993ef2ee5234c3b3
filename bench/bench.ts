import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../src/system/write-file.ts";
import { type Contender, measure, run, type Timing } from "./measure.ts";
import { renderReport, type Section } from "./report.ts";
import { sizesInside } from "./sizes-inside.ts";

// Numbers beside their alternatives, all from one run on one machine. Nothing here passes or fails.
const ROOT = join(import.meta.dirname, "..");
const EXAMPLE = "django-notes";
const CHANGED_FILE = "notes/views.py";
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 15);

const scratch = mkdtempSync(join(tmpdir(), "holdall-bench-"));
try {
  const report = renderReport(await runBench(), { versions: versions() });
  await writeFileAtomic(join(ROOT, "docs", "benchmarks.md"), report);
  process.stdout.write(report);
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}

async function runBench(): Promise<Section[]> {
  const app = join(scratch, "app");
  const data = join(scratch, "data");
  mkdirSync(data);
  cpSync(join(ROOT, "examples", EXAMPLE), app, { recursive: true });
  const env: NodeJS.ProcessEnv & { HOLDALL_CACHE: string } = {
    ...process.env,
    HOLDALL_CACHE: join(scratch, "cache"),
  };
  delete env["PYTHONDONTWRITEBYTECODE"]; // it would make the virtual environment compile at every start

  const build = (...options: string[]) =>
    run([process.execPath, join(ROOT, "bin/holdall.js"), "build", app, "--output", scratch, ...options], {
      cwd: scratch,
      env,
    });
  const venv = join(scratch, "venv");
  const first = measure(
    [
      timed(
        "virtual environment by pip, compiled",
        () => makeVenv(venv, { app, env }),
        () => remove(venv),
      ),
      timed("artifact, holdall's cache empty", build, () => remove(env.HOLDALL_CACHE)),
    ],
    { rounds: 2 },
  );
  const artifact = findArtifact();

  return [
    {
      title: `Warm start (examples/${EXAMPLE})`,
      text: "`manage check` to its end, from an artifact that has been started before, and from a clean virtual environment with compiled bytecode.",
      rows: measure(
        [
          timed("clean virtual environment", () =>
            run([join(venv, "bin/python"), join(app, "manage.py"), "check"], { cwd: data, env }),
          ),
          timed("artifact", () => run([artifact, "manage", "check"], { cwd: data, env })),
        ],
        { rounds: ROUNDS },
      ),
    },
    {
      title: "Start of the bare interpreter",
      text: "`python -c pass`: what the launcher itself costs.",
      rows: measure(
        [
          timed("clean virtual environment", () =>
            run([join(venv, "bin/python"), "-c", "pass"], { cwd: data, env }),
          ),
          timed("artifact", () => run([artifact, "python", "-c", "pass"], { cwd: data, env })),
        ],
        { rounds: ROUNDS * 2 },
      ),
    },
    {
      title: "First start",
      text: "Verify, unpack, compose and run, against `tar x` of the same files and a copy of them. Page cache warm.",
      rows: firstStart({ artifact, env, data }),
    },
    {
      title: "Build",
      text: "The same application. The one-line change is in a view; the copy is of the artifact itself.",
      rows: [
        ...measure(
          [
            timed("copy of the artifact (`cp`)", () => copyFileSync(artifact, join(scratch, "copy"))),
            timed("rebuild after one line", build, changeLine),
            timed("build, nothing changed", build),
            timed(
              "rebuild after one line, `--no-import-check`",
              () => build("--no-import-check"),
              changeLine,
            ),
          ],
          { rounds: Math.min(ROUNDS, 7) },
        ),
      ],
    },
    {
      title: "First build",
      text: "Downloads are in the caches of pip and uv.",
      rows: first,
    },
    sizes({ artifact, venv, data, env }),
    sizesInside({ app, scratch, env }),
  ];

  function changeLine() {
    appendFileSync(join(app, CHANGED_FILE), "\n# changed\n");
  }
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

function timed(name: string, work: () => void, prepare: () => void = () => {}): Contender {
  return {
    name,
    run(time) {
      prepare();
      time(work);
    },
  };
}

function findArtifact(): string {
  const name = readdirSync(scratch).find((file) => file.endsWith(".holdall"));
  if (name === undefined) throw new Error("the build left no artifact");
  return join(scratch, name);
}

/** The environment that a careful person makes by hand: the locked versions, compiled. */
function makeVenv(
  venv: string,
  { app, env }: { readonly app: string; readonly env: NodeJS.ProcessEnv },
): void {
  run(["python3", "-m", "venv", venv], { cwd: scratch, env });
  const pip = [
    join(venv, "bin/python"),
    "-m",
    "pip",
    "install",
    "-q",
    "-r",
    join(app, "holdall.lock"),
  ] as const;
  run([...pip], { cwd: scratch, env });
  run([join(venv, "bin/python"), "-m", "compileall", "-q", app], { cwd: scratch, env });
  run([join(venv, "bin/python"), "-m", "pip", "uninstall", "-q", "-y", "pip", "setuptools"], {
    cwd: scratch,
    env,
  });
}

interface Started {
  readonly artifact: string;
  readonly env: NodeJS.ProcessEnv;
  readonly data: string;
}

function firstStart({ artifact, env, data }: Started): Timing[] {
  const cache = join(scratch, "first");
  const own = { ...env, HOLDALL_CACHE: cache };
  run([artifact, "python", "-c", "pass"], { cwd: data, env: own });
  const packed = join(scratch, "layers.tar.gz");
  run(["tar", "-czf", packed, "-C", cache, "layers"], { cwd: scratch, env });
  const out = join(scratch, "out");
  const clear = () => {
    remove(cache);
    remove(out);
    mkdirSync(out);
  };
  return measure(
    [
      timed(
        "tar xz of the same files",
        () => run(["tar", "-xzf", packed, "-C", out], { cwd: out, env }),
        clear,
      ),
      timed("artifact", () => run([artifact, "python", "-c", "pass"], { cwd: data, env: own }), clear),
    ],
    { rounds: Math.min(ROUNDS, 7) },
  );
}

function sizes({ artifact, venv, data, env }: Started & { readonly venv: string }): Section {
  const packed = join(scratch, "venv.tar.gz");
  run(["tar", "-czf", packed, "-C", venv, "lib"], { cwd: data, env });
  const row = (name: string, bytes: number) => ({ name, megabytes: bytes / 1e6 });
  return {
    title: "Size",
    text: "The artifact holds the application, its distributions and their bytecode.",
    rows: [
      row("virtual environment on disk", diskUsage(venv)),
      row("virtual environment, `tar cz`", statSync(packed).size),
      row("artifact", statSync(artifact).size),
    ],
  };
}

function diskUsage(directory: string): number {
  const { stdout } = spawnSync("du", ["-sb", directory], { encoding: "utf8" });
  return Number.parseInt(stdout, 10);
}

function versions(): string[] {
  const python = spawnSync("python3", ["--version"], { encoding: "utf8" }).stdout.trim();
  const [linux] = /^\d+\.\d+/.exec(release()) ?? [""];
  return [`Node ${process.version}`, python, `Linux ${linux}`, `${cpus().length} processors`];
}
