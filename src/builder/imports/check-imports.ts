import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Plan } from "../../artifact/plan.ts";
import type { ArtifactLayer } from "../../artifact/write-artifact.ts";
import type { Description, Setting } from "../../description/description.ts";
import { AppError } from "../../errors/app-error.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { runProcess } from "../../system/run-process.ts";
import type { FileContents } from "../application/application-layer.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import type { InstalledDistribution } from "../distributions/install-distributions.ts";
import { cacheKey } from "../layer-cache.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { redact } from "../uv/redact.ts";
import { hasVerdict, rememberVerdict, verdictKey } from "./import-verdict.ts";

const MAKE_ENVIRONMENT = join(PACKAGE_ROOT, "support/build/make_environment.py");
const CHECK = join(PACKAGE_ROOT, "support/build/check_imports.py");
const TIMEOUT_MS = 120_000;
const EXCERPT_LINES = 12;

export interface ImportCheck {
  readonly description: Description;
  readonly plan: Plan;
  readonly interpreter: Interpreter;
  /** Of distributions that come from an index. */
  readonly layers: readonly ArtifactLayer[];
  /** Of the application itself: its wheel, its files. */
  readonly own: readonly ArtifactLayer[];
  readonly ownFiles: FileContents;
  readonly distributions: readonly InstalledDistribution[];
}

/**
 * Imports the objects and scripts that the application promises, in a throw-away environment made of the layers. It is
 * done again when something changes that the last one has read.
 *
 * @throws AppError `import_failed` with the end of the traceback.
 */
export async function checkImports(run: BuildRun, check: ImportCheck): Promise<void> {
  const { plan, interpreter, layers, ownFiles, description } = check;
  const references = listReferences(check);
  if (references.length === 0) return;
  const { executable, fullVersion } = interpreter;
  const environmentKey = cacheKey([executable, fullVersion, layers.map(({ identity }) => identity)]);
  const { importPath, systemPackages = null, workingDirectory = "data" } = plan;
  const asked: Asked = { importPath, references, systemPackages, workingDirectory };
  const key = verdictKey(ownFiles, [environmentKey, asked, description.settings]);
  if (await hasVerdict(run, key, ownFiles)) return;

  await reportStep(run, "check-imports", { count: references.length }, async () => {
    const root = await mkdtemp(join(run.work, "imports-"));
    const environment = join(run.cache, "environments", environmentKey);
    const { failed, unsure, read } = await importAll(run, check, { root, environment, asked });
    if (failed !== null) {
      throw importFailed(
        failed.reference,
        failed.reason,
        failed.traceback.replaceAll(`${root}/`, "").trimEnd(),
      );
    }
    for (const { reference, reason } of unsure) {
      const message = `${reference} cannot be imported here, a host may have what it needs: ${reason}`;
      run.onEvent({ kind: "warning", message: redact(message, run.env) });
    }
    await rememberVerdict(run, key, ownFiles, read ?? Object.keys(ownFiles));
    await rm(root, { recursive: true, force: true });
  });
}

interface Asked {
  readonly importPath: readonly string[];
  readonly references: readonly string[];
  readonly systemPackages: Plan["systemPackages"] | null;
  readonly workingDirectory: "data" | "app";
}

async function importAll(
  run: BuildRun,
  { description, interpreter, layers, own }: ImportCheck,
  {
    root,
    environment,
    asked,
  }: { readonly root: string; readonly environment: string; readonly asked: Asked },
): Promise<v.InferOutput<typeof ResultSchema>> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = run.signal === undefined ? timeout : AbortSignal.any([run.signal, timeout]);
  const names = asked.references.join(", ");
  try {
    await ensureEnvironment({ ...run, signal }, interpreter, { environment, layers, work: root });
    const result = await runProcess([join(environment, "bin/python"), "-I", CHECK], {
      cwd: root,
      env: { ...checkEnvironment(run, description), HOME: join(root, "home"), TMPDIR: root },
      input: JSON.stringify({ root, own: own.map(({ path }) => path), ...asked }),
      signal,
      onLine: (line) => run.onEvent({ kind: "step-output", step: "check-imports", line }),
    });
    const answer = await readFile(join(root, "result.json"), "utf8").catch(undefinedIfMissing);
    if (answer !== undefined) return v.parse(ResultSchema, JSON.parse(answer));
    const end = result.status === undefined ? `signal ${result.signal}` : `status ${result.status}`;
    throw importFailed(names, `the interpreter ends with ${end}`, result.stderr);
  } catch (error) {
    if (!timeout.aborted || run.signal?.aborted) throw error;
    throw importFailed(names, `it takes longer than ${TIMEOUT_MS / 1000} s`, "");
  }
}

/** Kept for the next time: it is large, and bytecode that Python makes of what is imported stays in it. */
async function ensureEnvironment(
  { cache, signal }: Pick<BuildRun, "cache" | "signal">,
  { executable }: Interpreter,
  request: {
    readonly environment: string;
    readonly layers: readonly ArtifactLayer[];
    /** Private, for what is under way. */
    readonly work: string;
  },
): Promise<void> {
  if (existsSync(join(request.environment, "pyvenv.cfg"))) {
    await utimes(request.environment, new Date(), new Date()); // in use: not to be pruned
    return;
  }
  await mkdir(join(cache, "environments"), { recursive: true });
  const { status, stderr } = await runProcess([executable, "-s", "-S", "-B", MAKE_ENVIRONMENT], {
    env: { LC_ALL: "C.UTF-8" },
    input: JSON.stringify({ ...request, layers: request.layers.map(({ path }) => path) }),
    signal,
  });
  if (status !== 0) throw new Error(`${MAKE_ENVIRONMENT} ended with ${status}: ${stderr.slice(-2000)}`);
}

const FailureSchema = v.object({ reference: v.string(), reason: v.string() });
const ResultSchema = v.object({
  failed: v.nullable(v.object({ ...FailureSchema.entries, traceback: v.string() })),
  unsure: v.array(FailureSchema),
  /** Null: not known. */
  read: v.nullable(v.array(v.string())),
});

/** Objects, the application's own scripts, and scripts of distributions that its own commands start with. */
function listReferences({ plan, description, distributions }: ImportCheck): string[] {
  const objects = Object.values(plan.objects).map(({ module, attribute }) => `${module}:${attribute}`);
  const started = Object.values(plan.commands)
    .filter((command) => command.kind === "argv" && command.origin === "own")
    .map((command) => (command.kind === "argv" ? command.argv[0] : undefined));
  const scripts = distributions.flatMap((distribution) =>
    Object.entries(distribution.scripts)
      .filter(([name]) => distribution.name === description.name || started.includes(name))
      .map(([, reference]) => reference),
  );
  return [...new Set([...objects, ...Object.values(plan.scripts), ...scripts])].sort();
}

/** Nothing of the user's environment but where programs are; of settings the defaults, or a value of their type. */
function checkEnvironment({ env }: BuildRun, { settings }: Description): NodeJS.ProcessEnv {
  const values = Object.entries(settings)
    .filter(([, setting]) => setting.env !== undefined)
    .map(([name, setting]) => [setting.env ?? name, settingText(setting)]);
  return { LC_ALL: "C.UTF-8", PATH: env["PATH"] ?? "/usr/bin:/bin", ...Object.fromEntries(values) };
}

const PLACEHOLDERS: Partial<Record<Setting["type"], string>> = {
  int: "1",
  bool: "false",
  flag: "false",
  url: "http://localhost/",
  duration: "1s",
  size: "1",
};

function settingText({ type, default: value, choices }: Setting): string {
  if (value !== undefined) return String(value);
  return choices[0] ?? PLACEHOLDERS[type] ?? "import-check";
}

function importFailed(reference: string, reason: string, excerpt: string): AppError {
  return new AppError({
    code: "import_failed",
    message: `cannot import ${reference}: ${reason}`,
    hint: "Correct the application or its requirements; build with `--no-import-check` when importing needs what only a host has.",
    excerpt: excerpt === "" ? undefined : excerpt.split("\n").slice(-EXCERPT_LINES).join("\n"),
    details: { reference },
  });
}
