import type { AppError } from "../errors/app-error.ts";
import type { AppFiles } from "./description.ts";
import { isRequirement, parseRequirement, type Requirement } from "./requirement.ts";
import { type Line, logicalLines } from "./requirement-lines.ts";
import { refusalAt } from "./source/source.ts";

/** What a requirement file and the files that it includes say together, in the order written. */
export interface RequirementFile {
  readonly requirements: readonly ListedRequirement[];
  /** Versions for distributions that something else needs (`-c`). */
  readonly constraints: readonly ListedRequirement[];
  /** `-e .`: the application itself is a distribution. */
  readonly hasProject: boolean;
  /** Everything is pinned with `==` and has a hash, so that it works as a lock. */
  readonly isLock: boolean;
}

export interface ListedRequirement {
  readonly requirement: Requirement;
  /** `sha256:…`, as `--hash` has them. */
  readonly hashes: readonly string[];
  readonly file: string;
  readonly line: number;
}

const MAX_DEPTH = 10;
const MAX_INCLUDES = 100;
const MAX_REQUIREMENTS = 5000;

/**
 * Reads a file in pip's requirement format. @param path - inside the application.
 * @throws AppError `description_invalid`, `file_outside` for an included file.
 */
export function parseRequirementFile(path: string, files: AppFiles): RequirementFile {
  const found: Found = { requirements: [], constraints: [], hasProject: false, includes: 0 };
  collect(path, "requirements", { files, chain: [], found });
  const { requirements, constraints, hasProject } = found;
  const isLock =
    requirements.length > 0 &&
    !hasProject &&
    requirements.every(
      ({ requirement, hashes }) => hashes.length > 0 && /^===?[^,*]+$/.test(requirement.specifier),
    );
  return { requirements, constraints, hasProject, isLock };
}

interface Found {
  readonly requirements: ListedRequirement[];
  readonly constraints: ListedRequirement[];
  hasProject: boolean;
  includes: number;
}

interface Collection {
  readonly files: AppFiles;
  /** The files that include this one, outermost first. */
  readonly chain: readonly string[];
  readonly found: Found;
}

type Refuse = (line: Line, sentence: string, hint?: string, code?: "file_outside") => AppError;

function collect(path: string, into: "requirements" | "constraints", collection: Collection): void {
  const { files, found } = collection;
  const text = files.read(path)?.replace(/^\ufeff/, "") ?? "";
  const refuse: Refuse = (line, sentence, hint, code) =>
    refusalAt({ file: path, text }, sentence, { line: line.number, column: line.column }, { hint, code });

  for (const line of logicalLines(text)) {
    const [, option, value = ""] = /^(-[A-Za-z]|--[a-z-]+)(?:[=\s]\s*)?(.*)$/.exec(line.content) ?? [];
    const means = line.content === "." ? "project" : option && OPTIONS[option];
    if (means === "requirements" || means === "constraints") {
      const other = includedPath(path, value, line, refuse);
      checkInclude(path, other, collection, (reason) => refuse(line, reason));
      found.includes += 1;
      const chain = [...collection.chain, path];
      collect(other, into === "constraints" ? into : means, { ...collection, chain });
    } else if (means === "editable" && !/^\.\/?$/.test(value)) {
      const hint = "Name the distribution instead.";
      throw refuse(line, `it has ${line.content}, and only \`-e .\` can be built`, hint);
    } else if (means === "editable" || means === "project") {
      found.hasProject = true;
    } else if (means === undefined && option !== undefined) {
      throw refuse(line, ...optionProblem(option));
    } else if (option === undefined) {
      found[into].push(parseLine(line, path, refuse));
      const reason = `there are more than ${MAX_REQUIREMENTS} requirements`;
      if (found[into].length > MAX_REQUIREMENTS) throw refuse(line, reason);
    }
  }
}

function checkInclude(
  path: string,
  other: string,
  { files, chain, found }: Collection,
  refuse: (reason: string) => AppError,
): void {
  if (!files.has(other)) throw refuse(`it includes ${other}, which does not exist`);
  if (chain.includes(other) || other === path) throw refuse(`it includes ${other}, which includes it`);
  if (chain.length >= MAX_DEPTH) throw refuse(`files include one another more than ${MAX_DEPTH} deep`);
  if (found.includes >= MAX_INCLUDES) throw refuse(`files are included more than ${MAX_INCLUDES} times`);
}

const OPTIONS: Readonly<Record<string, "requirements" | "constraints" | "editable" | "ignored">> = {
  "-r": "requirements",
  "--requirement": "requirements",
  "-c": "constraints",
  "--constraint": "constraints",
  "-e": "editable",
  "--editable": "editable",
  "--require-hashes": "ignored", // hashes that are there are always checked
  "--prefer-binary": "ignored",
};

const ADDRESS_OPTIONS = [
  "-i",
  "--index-url",
  "--extra-index-url",
  "-f",
  "--find-links",
  "--trusted-host",
  "--no-index",
];

/** The value may be an address with a password: it is not repeated. */
function optionProblem(name: string): [sentence: string, hint: string] {
  if (ADDRESS_OPTIONS.includes(name)) {
    const hint =
      "Put addresses and credentials into the configuration of uv or pip on the machine that builds.";
    return [`it has ${name}, and where distributions come from is not the application's to say`, hint];
  }
  return [`it has the option ${name}, which would be ignored`, "Take it out."];
}

function parseLine(line: Line, file: string, refuse: Refuse): ListedRequirement {
  const [text = "", ...options] = line.content.split(/\s(?=--)/);
  const hashes = options.map((option) => {
    const [, hash] = /^--hash(?:=|\s+)(\w+:[0-9a-f]+)\s*$/.exec(option) ?? [];
    if (hash === undefined) throw refuse(line, ...optionProblem(/^--[\w-]*/.exec(option)?.[0] ?? option));
    return hash;
  });
  if (/^\.{0,2}\//.test(text) || /\.(whl|tar\.gz|zip)$/.test(text)) {
    throw refuse(
      line,
      "it names a file instead of a distribution",
      "Name the distribution, as an index has it.",
    );
  }
  const requirement = parseRequirement(text);
  if (!isRequirement(requirement)) throw refuse(line, `the line ${requirement.reason}`, requirement.hint);
  return { requirement, hashes, file, line: line.number };
}

function includedPath(from: string, written: string, line: Line, refuse: Refuse): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of written.trim().split("/")) {
    if (part === ".." ? parts.pop() === undefined : written.startsWith("/")) {
      throw refuse(
        line,
        `it includes ${written.trim()}, which is outside of the application`,
        undefined,
        "file_outside",
      );
    }
    if (part !== ".." && part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
