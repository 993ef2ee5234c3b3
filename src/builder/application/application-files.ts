import {
  type Dirent,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ignore, { type Ignore } from "ignore";
import type { LayerEntry } from "../../artifact/tar.ts";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";

/** In no artifact, whatever `files` says: made by tools for this machine, or by holdall itself. */
const NEVER = [
  ".git",
  ".hg",
  ".svn",
  ".bzr",
  "CVS",
  "__pycache__/",
  "*.py[co]",
  "*.holdall",
  "/holdall.yaml",
  "/holdall.yml",
  "/holdall.lock",
  "/holdall-test.lock",
  "node_modules/",
];
/** Left out unless `files` names them: secrets, data, caches and what builds leave. */
const USUALLY_NOT = [
  ".env*",
  "*.sqlite3",
  "*.sqlite3-*",
  ".*_cache/",
  ".cache/",
  ".tox/",
  ".nox/",
  ".coverage*",
  ".DS_Store",
  ".idea/",
  ".vscode/",
  "/dist/",
  "/build/",
  "*.egg-info/",
];
const EXECUTABLE_BY_OWNER = 0o100;

/**
 * What of an application's directory goes into its layer, sorted by path, below `app/`.
 *
 * @param patterns - `files` of the description, as gitignore has them: what matches is in. Empty: everything that
 * neither a .gitignore nor a list of the usual names leaves out.
 * @throws AppError `file_outside` for a link that leads out of the directory.
 */
export function listApplicationFiles(directory: string, patterns: readonly string[]): LayerEntry[] {
  const root = realpathSync(directory);
  const isWanted = patterns.length > 0 ? selectByPatterns(patterns) : selectByIgnoreFiles(root);
  const entries: LayerEntry[] = [];
  walk(root, isWanted, (path, entry) => {
    if (entry.isSymbolicLink()) entries.push(linkEntry(root, path));
    else if (entry.isFile()) entries.push(fileEntry(root, path));
  });
  return entries;
}

export interface ApplicationPaths {
  /** `` is the root. */
  readonly directories: readonly string[];
  /** And links. */
  readonly files: readonly string[];
}

/** The same files and the directories that they are in, by name only; it may be called while somebody changes them. */
export function listApplicationPaths(directory: string): ApplicationPaths {
  const root = realpathSync(directory);
  const directories = [""];
  const files: string[] = [];
  walk(root, selectByIgnoreFiles(root), (path, entry) => {
    (entry.isDirectory() ? directories : files).push(path);
  });
  return { directories, files };
}

function walk(root: string, isWanted: Select, visit: (path: string, entry: Dirent) => void): void {
  const never = ignore().add(NEVER);
  const walkBelow = (below: string) => {
    for (const entry of readEntries(join(root, below))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      const isDirectory = entry.isDirectory();
      if (never.ignores(isDirectory ? `${path}/` : path) || !isWanted(path, isDirectory)) continue;
      if (isDirectory && existsSync(join(root, path, "pyvenv.cfg"))) continue;
      visit(path, entry);
      if (isDirectory) walkBelow(path);
    }
  };
  walkBelow("");
}

/** None when the directory has gone since it was listed. */
function readEntries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Whether a file is taken, or a directory looked into. */
type Select = (path: string, isDirectory: boolean) => boolean;

/** The last pattern that matches a path, or a directory above it, decides. */
function selectByPatterns(patterns: readonly string[]): Select {
  const rules = patterns.map((pattern) => {
    return { isTaken: !pattern.startsWith("!"), matcher: ignore().add(pattern.replace(/^!/, "")) };
  });
  return (path, isDirectory) =>
    isDirectory || (rules.findLast(({ matcher }) => matcher.ignores(path))?.isTaken ?? false);
}

/** git's rules: the file nearest to a path decides, and what is in an ignored directory stays ignored. */
function selectByIgnoreFiles(root: string): Select {
  const usual = ignore().add(USUALLY_NOT);
  const rules = new Map<string, Ignore | undefined>();
  const rulesOf = (directory: string) => {
    if (!rules.has(directory)) rules.set(directory, readIgnoreFile(directory));
    return rules.get(directory);
  };
  const top = repositoryRoot(root);
  return (path, isDirectory) => {
    const slash = isDirectory ? "/" : "";
    if (usual.ignores(`${path}${slash}`)) return false;
    for (let directory = dirname(join(root, path)); ; directory = dirname(directory)) {
      const verdict = rulesOf(directory)?.test(`${relative(directory, join(root, path))}${slash}`);
      if (verdict?.ignored) return false;
      if (verdict?.unignored) return true;
      if (directory === top) return true;
    }
  };
}

function readIgnoreFile(directory: string): Ignore | undefined {
  try {
    return ignore().add(readFileSync(join(directory, ".gitignore"), "utf8"));
  } catch (error) {
    if (["ENOENT", "EISDIR", "EACCES"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** The directory with `.git` that `root` is in, or `root`: .gitignore files count from there down. */
function repositoryRoot(root: string): string {
  for (let directory = root; ; directory = dirname(directory)) {
    if (existsSync(join(directory, ".git"))) return directory;
    if (directory === dirname(directory)) return root;
  }
}

function fileEntry(root: string, path: string): LayerEntry {
  const file = join(root, path);
  const { size, mode } = lstatSync(file);
  const isExecutable = (mode & EXECUTABLE_BY_OWNER) !== 0;
  return { kind: "file", path: `app/${path}`, isExecutable, content: { file, size } };
}

function linkEntry(root: string, path: string): LayerEntry {
  const place = join(root, path);
  const written = readlinkSync(place);
  const lexical = resolve(dirname(place), written);
  if (!isBelow(root, lexical) || !isBelow(root, realPathOf(place) ?? lexical)) throw outside(path, written);
  // An absolute link into the application, or one with `..` in the middle, in the form that a layer has.
  return { kind: "link", path: `app/${path}`, target: relative(dirname(place), lexical) || "." };
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoOf(error) ?? "")) return undefined; // leads nowhere
    throw error;
  }
}

function isBelow(root: string, path: string): boolean {
  return path.startsWith(`${root}/`);
}

function outside(path: string, target: string): AppError {
  return new AppError({
    code: "file_outside",
    message: `cannot pack ${path}: it is a link to ${target}, outside of the application`,
    hint: "Put the file itself there, or leave the link out with `files` or .gitignore.",
    details: { path, target },
  });
}
