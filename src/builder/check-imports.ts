import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Plan } from "../artifact/plan.ts";
import type { ArtifactLayer } from "../artifact/write-artifact.ts";
import type { Description, Setting } from "../description/description.ts";
import { AppError } from "../errors/app-error.ts";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import { type BuildRun, reportStep } from "./build-run.ts";
import type { InstalledDistribution } from "./distributions/install-distributions.ts";
import { cacheKey } from "./layer-cache.ts";
import type { Interpreter } from "./python/interpreter.ts";
import { redact } from "./uv/redact.ts";

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
  readonly distributions: readonly InstalledDistribution[];
}

/**
 * Imports the objects and scripts that the application promises, in a throw-away environment made of the layers. The
 * same layers are looked at once.
 *
 * @throws AppError `import_failed` with the end of the traceback.
 */
export async function checkImports(run: BuildRun, check: ImportCheck): Promise<void> {
  const { plan, interpreter, layers, own, description } = check;
  const references = listReferences(check);
  if (references.length === 0) return;
  const env = checkEnvironment(run, description);
  const { executable, fullVersion } = interpreter;
  const identities = (some: readonly ArtifactLayer[]) => some.map(({ identity }) => identity);
  const environmentKey = cacheKey([executable, fullVersion, identities(layers)]);
  const { importPath, systemPackages = null } = plan;
  const asked = { importPath, references, systemPackages };
  const key = cacheKey([environmentKey, identities(own), asked, description.settings]);
  const seen = join(run.cache, "verdicts", `${key}.json`);
  if ((await readFile(seen, "utf8").catch(undefinedIfMissing)) !== undefined) return;

  await reportStep(run, "check-imports", { count: references.length }, async () => {
    const root = join(run.work, "imports");
    await mkdir(root, { recursive: true });
    const environments = join(run.cache, "environments");
    await mkdir(environments, { recursive: true });
    const paths = (some: readonly ArtifactLayer[]) => some.map(({ path }) => path);
    const request = {
      ...{ root, environment: join(environments, environmentKey), layers: paths(layers), own: paths(own) },
      ...asked,
    };
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const result = await runProcess([executable, "-I", "-S", "-B", CHECK], {
      cwd: root,
      env: { ...env, HOME: join(root, "home"), TMPDIR: root },
      input: JSON.stringify(request),
      signal: run.signal === undefined ? timeout : AbortSignal.any([run.signal, timeout]),
      onLine: (line) => run.onEvent({ kind: "output", step: "check-imports", line }),
    }).catch((error: unknown) => {
      if (!timeout.aborted || run.signal?.aborted) throw error;
      throw importFailed(references.join(", "), `it takes longer than ${TIMEOUT_MS / 1000} s`, "");
    });
    const answer = await readFile(join(root, "result.json"), "utf8").catch(undefinedIfMissing);
    if (answer === undefined) {
      const end = result.status === undefined ? `signal ${result.signal}` : `status ${result.status}`;
      throw importFailed(references.join(", "), `the interpreter ends with ${end}`, result.stderr);
    }
    const { failed, unsure } = parseResult(answer);
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
    await rm(root, { recursive: true, force: true });
  });
  await mkdir(join(run.cache, "verdicts"), { recursive: true });
  await writeFile(seen, "{}");
}

const FailureSchema = v.object({ reference: v.string(), reason: v.string() });
const ResultSchema = v.object({
  failed: v.nullable(v.object({ ...FailureSchema.entries, traceback: v.string() })),
  unsure: v.array(FailureSchema),
});

function parseResult(text: string): v.InferOutput<typeof ResultSchema> {
  return v.parse(ResultSchema, JSON.parse(text));
}

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
