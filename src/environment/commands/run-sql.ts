import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlCommand } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import type { CommandPlace, CommandResult } from "./run-command.ts";

/** Runs the files of a command that have not run yet, in order; each line of the output is one of them. */
export async function runSql(
  { runnable, services: { services } }: Pick<CommandPlace, "runnable" | "services">,
  name: string,
  { database, files }: SqlCommand,
): Promise<CommandResult> {
  const sql = Object.hasOwn(services, database) ? services[database]?.sql : undefined;
  if (sql === undefined) {
    throw new AppError({
      code: "service_not_found",
      message: `cannot run ${name}: the application has no database ${database}`,
      hint: `Declare a service of that name, of type postgres, mysql or sqlite.`,
      details: { command: name, database },
    });
  }
  const lines: string[] = [];
  for (const file of files) {
    const outcome = await sql.runFile({ name: file, text: await readText(join(runnable.app, file), name) });
    lines.push(outcome === "ran" ? `${file}: ran` : `${file}: had run before`);
  }
  return { status: 0, signal: undefined, stdout: `${lines.join("\n")}\n`, stderr: "" };
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof TypeError ? "is not UTF-8" : `cannot be read (${errnoOf(cause)})`;
    throw new AppError({
      code: "sql_failed",
      message: `cannot run ${name}: ${path} ${reason}`,
      details: { command: name, file: path },
      cause,
    });
  }
}
