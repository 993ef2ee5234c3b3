import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlCommand } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import type { SqlFile, SqlSession } from "../../services/service.ts";
import { errnoOf } from "../../system/file-errors.ts";
import type { CommandPlace, CommandResult } from "./run-command.ts";

type Place = Pick<CommandPlace, "runnable" | "services">;

/** Runs the files of a command that have not run yet, in order; each line of the output is one of them. */
export async function runSql(place: Place, name: string, command: SqlCommand): Promise<CommandResult> {
  const sql = findSession(place, name, command);
  const lines: string[] = [];
  for (const file of command.files) {
    const outcome = await sql.runFile(await readFileOf(place, file, name));
    lines.push(outcome === "ran" ? `${file}: ran` : `${file}: had run before`);
  }
  return { status: 0, signal: undefined, stdout: `${lines.join("\n")}\n`, stderr: "" };
}

/** The files of a command that have not run as they are. */
export async function listWaiting(
  place: Place,
  name: string,
  command: SqlCommand,
): Promise<readonly string[]> {
  const sql = findSession(place, name, command);
  const waiting: string[] = [];
  for (const file of command.files)
    if (!(await sql.isDone(await readFileOf(place, file, name)))) waiting.push(file);
  return waiting;
}

function findSession({ services: { services } }: Place, name: string, { database }: SqlCommand): SqlSession {
  const sql = Object.hasOwn(services, database) ? services[database]?.sql : undefined;
  if (sql === undefined) {
    throw new AppError({
      code: "service_not_found",
      message: `cannot run ${name}: the application has no database ${database}`,
      hint: `Declare a service of that name, of type postgres, mysql or sqlite.`,
      details: { command: name, database },
    });
  }
  return sql;
}

async function readFileOf({ runnable }: Place, file: string, name: string): Promise<SqlFile> {
  return { name: file, text: await readText(join(runnable.app, file), name) };
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
