import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { AppFiles } from "../../description/description.ts";
import { normalizeName } from "../../description/requirement.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { parseScripts } from "../distributions/entry-points.ts";
import { cacheKey } from "../layer-cache.ts";
import { type LockedDistribution, renderPin } from "../lock/lock.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { runUv, type Uv } from "../uv/run-uv.ts";
import { lacksEditable, useModulesOf } from "./install-by-path.ts";

/** To be raised when the same locks would give another virtual environment. */
const PREFIX_VERSION = 1;

/** Files that an application's own distribution is made of, besides its modules. */
const METADATA = ["pyproject.toml", "setup.py", "setup.cfg", "poetry.lock"];

const DistributionSchema = v.object({
  name: v.string(),
  version: v.string(),
  scripts: v.record(v.string(), v.string()),
});
const RecordSchema = v.object({ prefix: v.string(), distributions: v.array(DistributionSchema) });
type Distribution = v.InferOutput<typeof DistributionSchema>;

export interface EnsuredPrefix {
  readonly prefix: string;
  readonly distributions: readonly Distribution[];
  readonly isNew: boolean;
}

interface PrefixInput {
  readonly environments: string;
  readonly interpreter: Interpreter;
  readonly pins: readonly LockedDistribution[];
  readonly files: AppFiles;
  /** The application is a distribution itself: installed so that its modules are those of the checkout (PEP 660). */
  readonly isProject: boolean;
  readonly findUv: () => Promise<Uv>;
}

/**
 * The virtual environment for these pins: the one that is there, or a new one. It becomes known by its record, which is
 * written last; what has no record is half made, or was made at the same time by somebody else.
 */
export async function ensurePrefix(run: BuildRun, input: PrefixInput): Promise<EnsuredPrefix> {
  const { environments, interpreter, pins, isProject, files } = input;
  const own = isProject ? [run.directory, ...METADATA.map((path) => files.read(path) ?? null)] : [];
  const made = pins.map(({ name, version, hashes }) => [name, version, hashes]);
  const key = cacheKey([PREFIX_VERSION, interpreter.executable, interpreter.fullVersion, made, own]);
  const place = join(environments, `${key.slice(0, 16)}.json`);
  const known = await readRecord(place);
  if (known !== undefined) return { ...known, isNew: false };

  const prefix = join(environments, `${interpreter.abi}-${randomBytes(6).toString("hex")}`);
  await mkdir(environments, { recursive: true });
  try {
    await install(run, prefix, input);
    const distributions = await listInstalled(sitePackages(prefix, interpreter));
    await writeFileAtomic(place, JSON.stringify({ prefix, distributions }));
    await removeOthers(environments, place);
    return { prefix, distributions, isNew: true };
  } catch (error) {
    await rm(prefix, { recursive: true, force: true });
    throw error;
  }
}

export function sitePackages(prefix: string, { version }: Pick<Interpreter, "version">): string {
  return join(prefix, "lib", `python${version}`, "site-packages");
}

async function install(run: BuildRun, prefix: string, input: PrefixInput): Promise<void> {
  const { interpreter, pins, isProject } = input;
  const uv = await input.findUv();
  const count = pins.length + (isProject ? 1 : 0);
  await reportStep(run, "install", { count }, async () => {
    const python = join(prefix, "bin/python");
    const call = (goal: string, ...args: string[]) => runUv(run, uv, { args, step: "install", goal });
    const base = ["--python", interpreter.executable, "--no-project", "--no-config"];
    await call("make a virtual environment", "venv", "-q", ...base, prefix);
    if (pins.length > 0) {
      const requirements = join(run.work, "requirements.txt");
      await writeFile(requirements, `${pins.map(renderPin).join("\n")}\n`);
      const words = ["--python", python, "--no-deps", "--require-hashes", "-r", requirements];
      await call("install the distributions", "pip", "install", ...words);
    }
    if (!isProject) return;
    const own = (...words: string[]) =>
      call(
        ...(["install the application from its checkout", "pip", "install"] as const),
        ...["--python", python, "--no-deps", ...words, run.directory],
      );
    await own("--editable").catch(async (error: unknown) => {
      if (!lacksEditable(error)) throw error;
      const packages = sitePackages(prefix, interpreter);
      const before = await readdir(packages);
      await own();
      await useModulesOf(run.directory, packages, { before, files: input.files });
    });
  });
}

/** As the metadata in an environment says it; sorted by name. */
async function listInstalled(directory: string): Promise<readonly Distribution[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".dist-info")).sort();
  const distributions: Distribution[] = [];
  for (const info of names) {
    const read = (file: string) => readFile(join(directory, info, file), "utf8").catch(undefinedIfMissing);
    const metadata = (await read("METADATA")) ?? "";
    const field = (name: string) => new RegExp(`^${name}: *(.*?)\\s*$`, "m").exec(metadata)?.[1] ?? "";
    const scripts = parseScripts((await read("entry_points.txt")) ?? "");
    distributions.push({ name: normalizeName(field("Name")), version: field("Version"), scripts });
  }
  return distributions;
}

async function readRecord(
  place: string,
): Promise<Pick<EnsuredPrefix, "prefix" | "distributions"> | undefined> {
  const text = await readFile(place, "utf8").catch(undefinedIfMissing);
  if (text === undefined) return undefined;
  const record = v.parse(RecordSchema, JSON.parse(text)); // our own file, written as a whole
  const config = await readFile(join(record.prefix, "pyvenv.cfg")).catch(undefinedIfMissing);
  return config === undefined ? undefined : record;
}

/** Those of former locks. One in which something still runs loses files that it has loaded already, or asks for again in vain. */
async function removeOthers(environments: string, place: string): Promise<void> {
  const records = (await readdir(environments)).filter((name) => name.endsWith(".json"));
  for (const name of records) {
    const other = join(environments, name);
    const record = other === place ? undefined : await readRecord(other);
    if (other === place) continue;
    await rm(other, { force: true });
    if (record !== undefined) await rm(record.prefix, { recursive: true, force: true });
  }
}
