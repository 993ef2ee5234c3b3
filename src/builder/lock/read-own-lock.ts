import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { satisfies } from "@renovatebot/pep440";
import { parse } from "smol-toml";
import { sha256 } from "../../artifact/measure.ts";
import type { AppFiles, Description } from "../../description/description.ts";
import { isRequirement, parseRequirement } from "../../description/requirement.ts";
import { parseRequirementFile } from "../../description/requirement-file.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { BuildRun } from "../build-run.ts";
import { runUv, type Uv } from "../uv/run-uv.ts";
import { type Lock, type LockedDistribution, lockInvalid, sortedUnique } from "./lock.ts";
import { holds, type MarkerEnvironment } from "./marker.ts";
import { parsePoetryLock } from "./poetry-lock.ts";
import { parsePylock } from "./pylock.ts";
import { parsePinnedRequirements } from "./requirements.ts";

export interface LockInput {
  readonly description: Description;
  readonly files: AppFiles;
  /** Asked only when uv has work to do. */
  readonly findUv: () => Promise<Uv>;
}

/** How each kind is made anew. */
const RENEW: Readonly<Record<LockKind, string>> = {
  uv: "Run `uv lock`.",
  poetry: "Run `poetry lock`.",
  pylock: "Run `uv export --format pylock.toml -o pylock.toml`, or the tool that wrote it.",
  requirements: "Lock again, for instance with `uv pip compile --generate-hashes`.",
};
const MARKER_HINT = "Write it as PEP 508 has it, such as `python_version < '3.12'`.";
type LockKind = Exclude<NonNullable<Description["lock"]>["kind"], "holdall">;

/**
 * The lock that the application brings; undefined when it has none but, perhaps, holdall.lock.
 *
 * @throws AppError `lock_invalid`, also when it does not fit what the description asks for.
 */
export async function readOwnLock(
  run: BuildRun,
  input: LockInput,
  environment: MarkerEnvironment,
): Promise<Lock | undefined> {
  const { lock: found } = input.description;
  if (found === undefined || found.kind === "holdall") return undefined;
  const { kind, path } = found;
  if (kind === "requirements") return { path, distributions: readPinnedFile(path, input) };
  const distributions = await readLockFile(run, { kind, path }, { ...input, environment });
  checkFits({ path, distributions }, { ...input, environment }, RENEW[kind]);
  return { path, distributions };
}

async function readLockFile(
  run: BuildRun,
  { kind, path }: { readonly kind: LockKind; readonly path: string },
  { files, environment, description, findUv }: LockInput & { readonly environment: MarkerEnvironment },
): Promise<LockedDistribution[]> {
  const text = files.read(path) ?? "";
  if (kind === "pylock") return parsePylock(text, path);
  if (kind === "poetry") {
    const roots = [...listRequirements(description), ...listProjectNames(files.read("pyproject.toml"))];
    return parsePoetryLock(text, path, { roots, environment });
  }
  // uv itself knows its format best; what it says of one lock is remembered.
  const project = files.read("pyproject.toml") ?? "";
  const key = sha256(Buffer.from(JSON.stringify([text, project])));
  const remembered = join(run.cache, "exports", `${key}.txt`);
  const known = await readFile(remembered, "utf8").catch(undefinedIfMissing);
  const exported = known ?? (await exportUvLock(run, await findUv()));
  const distributions = parsePinnedRequirements(exported, path, RENEW[kind]);
  if (known === undefined) {
    await mkdir(join(run.cache, "exports"), { recursive: true });
    await writeFileAtomic(remembered, exported);
  }
  return distributions;
}

async function exportUvLock(run: BuildRun, uv: Uv): Promise<string> {
  const output = join(run.work, "exported.txt");
  const format = ["--format", "requirements.txt", "--no-header", "--no-annotate", "-o", output];
  const chosen = ["--frozen", "--no-default-groups", "--no-emit-project"];
  await runUv(run, uv, {
    args: ["export", "-q", ...chosen, ...format, "--python", uv.interpreter.executable],
    step: "resolve",
    goal: "read uv.lock",
  });
  return readFile(output, "utf8");
}

/** A requirements file that pins and hashes all that it names is a lock: nothing is asked for beside it. */
function readPinnedFile(path: string, { files }: LockInput): LockedDistribution[] {
  return parseRequirementFile(path, files).requirements.map(({ requirement, hashes, file }) => {
    const { name, specifier, marker } = requirement;
    const usable = sortedUnique(hashes.filter((hash) => hash.startsWith("sha256:")));
    if (usable.length === 0) throw lockInvalid(file, `${name} has no sha256 hash`, RENEW.requirements);
    const marked = marker === undefined ? {} : { marker };
    return { name, version: specifier.replace(/^=+/, ""), hashes: usable, ...marked };
  });
}

/** Whatever the description names must be in the lock, in a version that it allows. */
function checkFits(
  lock: Lock,
  { description, environment }: Pick<LockInput, "description"> & { readonly environment: MarkerEnvironment },
  hint: string,
): void {
  for (const text of listRequirements(description)) {
    const requirement = parseRequirement(text);
    if (!isRequirement(requirement) || requirement.url !== undefined) continue;
    const { name, specifier, marker } = requirement;
    if (!holds(marker, environment, { path: `the requirement ${text}`, hint: MARKER_HINT })) continue;
    const found = lock.distributions.filter((distribution) => distribution.name === name);
    if (found.length === 0)
      throw lockInvalid(lock.path, `it lacks ${name}, which the application requires`, hint);
    const fits = found.some(
      ({ version }) => specifier === "" || satisfies(version, specifier, { prereleases: true }),
    );
    if (!fits) {
      const versions = found.map(({ version }) => version).join(", ");
      throw lockInvalid(
        lock.path,
        `it has ${name} ${versions}, and the application requires ${name}${specifier}`,
        hint,
      );
    }
  }
}

function listRequirements({ pip }: Description): string[] {
  return pip.flatMap((source) => (source.kind === "requirement" ? [source.text] : []));
}

/** What a pyproject.toml requires, by name: where an old poetry.lock is followed from. */
function listProjectNames(text: string | undefined): string[] {
  if (text === undefined) return [];
  const table = (value: unknown, key: string): unknown =>
    typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  const root: unknown = parse(text);
  const listed = table(table(root, "project"), "dependencies");
  const poetry = table(table(table(root, "tool"), "poetry"), "dependencies");
  const named = Object.entries(typeof poetry === "object" && poetry !== null ? poetry : {})
    .filter(([name, constraint]) => name !== "python" && table(constraint, "optional") !== true)
    .map(([name]) => name);
  return [...(Array.isArray(listed) ? listed.filter((one) => typeof one === "string") : []), ...named];
}
