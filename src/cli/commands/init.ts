import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { defineCommand } from "../command.ts";
import { DIRECTORY } from "./arguments.ts";

export interface Initialized {
  /** Path of the new description. */
  readonly file: string;
  readonly text: string;
}

export const initCommand = defineCommand(
  {
    name: "init",
    summary: "write the description that holdall would infer",
    details: [
      "Most applications need none: what `holdall check` shows is what `holdall build` uses. Write one to change it; it comes with comments. A file that is there is never overwritten.",
    ],
    positionals: [DIRECTORY],
    options: {},
    examples: [{ line: "holdall init", help: "writes holdall.yaml here" }],
  },
  async ({ dir }): Promise<Initialized> => {
    const { readDescription } = await import("../../description/read-description.ts");
    const { renderInitialDescription } = await import(
      "../../description/render/render-initial-description.ts"
    );
    const { description, origins } = await readDescription(dir);
    const text = renderInitialDescription(description, origins);
    const file = join(dir, "holdall.yaml");
    await writeFile(file, text, { flag: "wx" }).catch((cause: unknown) => {
      if (errnoOf(cause) !== "EEXIST") throw cause;
      throw new AppError({
        code: "file_exists",
        message: `cannot write ${file}: it is there already`,
        hint: "`holdall check` shows what it says together with what was found.",
        details: { file },
      });
    });
    return { file, text };
  },
);
