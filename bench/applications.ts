import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Section } from "./contenders/contender.ts";

/** One of bench/applications: a package that every contender starts as `python -m MODULE check`. */
export interface Application {
  /** Of its folder. */
  readonly name: string;
  readonly title: string;
  readonly module: string;
  /** Where a line is added for "one line changed", relative to its folder. */
  readonly changedFile: string;
  readonly sections: readonly Section[];
}

const MOST = ["size", "start", "change", "build"] as const;

export const APPLICATIONS: readonly Application[] = [
  {
    ...{ name: "flask", title: "Flask", module: "bookmarks", changedFile: "src/bookmarks/pages.py" },
    sections: MOST,
  },
  {
    ...{ name: "django", title: "Django", module: "reviews", changedFile: "src/reviews/views.py" },
    sections: [...MOST, "inside"],
  },
  {
    ...{ name: "pandas", title: "pandas with numpy", module: "sales", changedFile: "src/sales/totals.py" },
    sections: MOST,
  },
];

const FOLDER = join(import.meta.dirname, "applications");

export function requirementFiles({ name }: Application): readonly [now: string, before: string] {
  return [join(FOLDER, name, "requirements.txt"), join(FOLDER, name, "upgrade-from.txt")];
}

/** A copy of an application that a contender may build in and change. */
export function copyApplication(application: Application, to: string): void {
  const skipped = join(FOLDER, application.name, "upgrade-from.txt");
  cpSync(join(FOLDER, application.name), to, { recursive: true, filter: (path) => path !== skipped });
}

/** Puts a copy back to before the upgrade of one distribution. */
export function goBackOneRelease(application: Application, copy: string): void {
  const [now, before] = requirementFiles(application).map((path) => readFileSync(path, "utf8"));
  writeFileSync(join(copy, "requirements.txt"), replaceRequirement(now ?? "", before ?? ""));
}

/** A requirement file in which the distribution of `replacement` has the version and hashes that stand there. */
export function replaceRequirement(file: string, replacement: string): string {
  const nameOf = (requirement: string) => requirement.slice(0, requirement.indexOf("=="));
  const requirements = file.split(/\n(?=\S)/);
  const name = nameOf(replacement);
  if (!requirements.some((requirement) => nameOf(requirement) === name)) {
    throw new Error(`no line requires ${name}`);
  }
  return requirements
    .map((requirement) => (nameOf(requirement) === name ? replacement : requirement).trimEnd())
    .join("\n")
    .concat("\n");
}
