import { AppError } from "../../errors/app-error.ts";
import type { AppFiles, PipSource } from "../description.ts";
import { isRequirement, normalizeName, parseRequirement, renderRequirement } from "../requirement.ts";
import { parseRequirementFile } from "../requirement-file.ts";
import { parseToml } from "../source/toml-source.ts";
import { type Found, found } from "./detected.ts";
import { poetryRequirements } from "./poetry.ts";
import { PYPROJECT } from "./pyproject.ts";
import { isTable, type Table, tableAt, textOf } from "./table.ts";

/** What people call what their tests need; the last two have more in them than that. */
const NAMES = ["test", "tests", "testing", "dev", "development"];

/** One place that may say what the tests need. */
interface Candidate {
  readonly source: string;
  readonly name: string;
  /** Undefined: it is not there, or cannot be understood. */
  readonly read: () => readonly PipSource[] | undefined;
}

/**
 * What only the tests need: the first group, extra or requirement file with a usual name that has pytest in it, or else
 * the first that is named after tests. Whoever needs no tests is not troubled by what cannot be understood here.
 */
export function detectTests(files: AppFiles): Found<readonly PipSource[]> | undefined {
  const text = files.read(PYPROJECT);
  const document = text === undefined ? {} : parseToml(text, PYPROJECT);
  const candidates = NAMES.flatMap((name) => [
    ...listTables(document, text ?? "", name),
    ...listFiles(files, name),
  ]).flatMap(({ source, name, read }) => {
    const pip = unlessRefused(read);
    return pip === undefined || pip.length === 0 ? [] : [{ source, name, pip }];
  });
  const chosen =
    candidates.find(({ pip }) => namesPytest(pip, files)) ??
    candidates.find(({ name }) => name.startsWith("test"));
  return chosen && found(chosen.pip, chosen.source);
}

/** Groups (PEP 735), those of poetry, uv and pdm from before that, and extras. */
function listTables(document: Table, text: string, name: string): readonly Candidate[] {
  const groups = tableAt(document, "dependency-groups");
  const extras = tableAt(document, "project", "optional-dependencies");
  const own = normalizeName(textOf(tableAt(document, "project")["name"]) ?? "");
  const poetry = tableAt(document, "tool", "poetry", "group", name, "dependencies");
  const oldPoetry = name === "dev" ? tableAt(document, "tool", "poetry", "dev-dependencies") : {};
  const uv = name === "dev" ? tableAt(document, "tool", "uv")["dev-dependencies"] : undefined;
  const pdm = tableAt(document, "tool", "pdm", "dev-dependencies")[name];
  const place = (table: string, read: Candidate["read"], key = name): Candidate => {
    return { source: `${PYPROJECT} [${table}] ${key}`, name, read };
  };
  return [
    place("dependency-groups", () => expandGroup(groups, name)),
    place("tool.poetry.group", () => poetryRequirements({ ...oldPoetry, ...poetry }, text)),
    place("tool.uv", () => requirements(uv), "dev-dependencies"),
    place("tool.pdm.dev-dependencies", () => requirements(pdm)),
    place("project.optional-dependencies", () => expandExtra(extras, name, { own })),
  ];
}

function listFiles(files: AppFiles, name: string): readonly Candidate[] {
  const paths = [
    ...[`requirements-${name}.txt`, `requirements_${name}.txt`, `requirements/${name}.txt`],
    ...[`${name}-requirements.txt`, `${name}_requirements.txt`],
  ];
  return paths
    .filter((path) => files.has(path))
    .map((path) => ({
      ...{ source: path, name },
      read: () => {
        parseRequirementFile(path, files);
        return [{ kind: "file", path }] as const;
      },
    }));
}

/** @param chain - the groups that include this one: PEP 735 knows no circles. */
function expandGroup(
  groups: Table,
  name: string,
  chain: readonly string[] = [],
): readonly PipSource[] | undefined {
  const listed = findListed(groups, name);
  if (listed === undefined || chain.includes(normalizeName(name))) return undefined;
  return listed.flatMap((item) => {
    const included = isTable(item) ? textOf(item["include-group"]) : undefined;
    if (included === undefined) return requirements([item]) ?? [];
    return expandGroup(groups, included, [...chain, normalizeName(name)]) ?? [];
  });
}

/** An extra may ask for others of the same application: `dev = ["shop[test]"]`. */
function expandExtra(
  extras: Table,
  name: string,
  { own, chain = [] }: { readonly own: string; readonly chain?: readonly string[] },
): readonly PipSource[] | undefined {
  const listed = findListed(extras, name);
  if (listed === undefined || chain.includes(normalizeName(name))) return undefined;
  return listed.flatMap((item) => {
    const parsed = parseRequirement(textOf(item) ?? "");
    if (!isRequirement(parsed) || parsed.name !== own) return requirements([item]) ?? [];
    const further = { own, chain: [...chain, normalizeName(name)] };
    return parsed.extras.flatMap((extra) => expandExtra(extras, extra, further) ?? []);
  });
}

/** Names of groups and extras are compared as those of distributions. */
function findListed(table: Table, name: string): readonly unknown[] | undefined {
  const [, listed] = Object.entries(table).find(([key]) => normalizeName(key) === normalizeName(name)) ?? [];
  return Array.isArray(listed) ? listed : undefined;
}

function requirements(listed: unknown): readonly PipSource[] | undefined {
  if (!Array.isArray(listed)) return undefined;
  return listed.flatMap((item: unknown) => {
    const parsed = parseRequirement(textOf(item) ?? "");
    return isRequirement(parsed) ? [{ kind: "requirement", text: renderRequirement(parsed) } as const] : [];
  });
}

function namesPytest(pip: readonly PipSource[], files: AppFiles): boolean {
  return pip.some((source) => {
    if (source.kind === "requirement") return /^pytest\b/.test(source.text);
    if (source.kind === "project") return false;
    const { requirements } = parseRequirementFile(source.path, files);
    return requirements.some(({ requirement }) => requirement.name.startsWith("pytest"));
  });
}

function unlessRefused<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
