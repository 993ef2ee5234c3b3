import { globSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import type { CasePlace } from "./case-place.ts";

/**
 * Something that packagers of Python applications have failed at. It lives in `cases/NN-NAME/`, with the application
 * and the wheels that it is about; cases/README.md tells how to add one.
 */
export interface HardCase {
  /** What must be seen: a sentence about behaviour, without a period. It is the name of the test. */
  readonly sentence: string;
  /** Where somebody paid for it: `pex#2160`, `uv#6489`, a PEP. */
  readonly origin: readonly string[];
  /** What was broken to see the test fail, and how it failed then. */
  readonly seenFailing: string;
  /** Where holdall refuses instead: the sentence that users get, with what varies as `…`. */
  readonly refusal?: string;
  /** Shows it, unless tests elsewhere show all of it. */
  readonly shownBy?: ShowCase;
  /** The tests that show it, or more of it, as `FILE: NAME OF THE TEST` or the file alone. */
  readonly elsewhere?: readonly string[];
}

export type ShowCase = (place: CasePlace, t: TestContext) => Promise<void>;

export interface NumberedCase extends HardCase {
  readonly number: number;
  /** `cases/NN-NAME`. */
  readonly folder: string;
  /** Absolute. */
  readonly directory: string;
}

/** For the file `case.ts` of a folder: `export default defineCase({ … })`. */
export function defineCase(record: HardCase): HardCase {
  return record;
}

/** All cases, in the order of their numbers. */
export async function readCases(): Promise<readonly NumberedCase[]> {
  const folders = globSync("cases/[0-9]*", { cwd: PACKAGE_ROOT }).toSorted();
  return Promise.all(
    folders.map(async (folder) => {
      const directory = join(PACKAGE_ROOT, folder);
      const { default: record } = (await import(join(directory, "case.ts"))) as { default: HardCase };
      return { ...record, number: Number.parseInt(basename(folder), 10), folder, directory };
    }),
  );
}
