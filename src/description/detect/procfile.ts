import { splitArgv } from "../argv.ts";
import type { AppFiles, DescribedProcess } from "../description.ts";
import { refusalAt } from "../source/source.ts";
import { plannedWord } from "../words.ts";
import { type Detected, found } from "./detected.ts";

const FILE = "Procfile";

/** `name: command line` for each process. @throws AppError `description_invalid` for what only a shell understands. */
export function detectProcfile(files: AppFiles): Detected {
  const text = files.read(FILE);
  if (text === undefined) return {};
  const processes: Record<string, DescribedProcess> = {};
  const lines: Record<string, number> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [head = "", name] = /^\s*([A-Za-z0-9][\w-]*)\s*:\s*/.exec(line) ?? [];
    const refuse = (reason: string, column: number, hint?: string) =>
      refusalAt(
        { file: FILE, text },
        reason,
        { line: index + 1, column: column + 1 },
        { hint, field: `processes.${name ?? ""}` },
      );
    if (name === undefined) throw refuse("the line must be `name: command`", 0);
    if (Object.hasOwn(processes, name)) throw refuse(`${name} is there twice`, 0);
    const problem = shellProblem(line, head.length);
    if (problem) throw refuse(`${name} ${problem.reason}`, problem.column, problem.hint);
    const command = line.slice(head.length);
    const argv = splitArgv(replaceAddress(command));
    if ("reason" in argv) throw refuse(`${name} ${argv.reason}`, head.length + argv.column);
    if (argv.length === 0) throw refuse(`${name} has no command`, 0);
    lines[name] = index + 1;
    processes[name] = { argv: argv.map(plannedWord), instances: 1, overlap: "allowed" };
  }
  // `release` is a command: platforms that read Procfiles run it before the new release starts.
  const { release, ...running } = processes;
  const migrate = release && ({ kind: "argv", argv: release.argv, help: "" } as const);
  return {
    processes: Object.keys(running).length === 0 ? undefined : found(running, FILE, lines),
    lifecycle: migrate && found({ migrate }, FILE, { migrate: lines["release"] ?? 1 }),
  };
}

/** `$PORT` and `$HOST` where a shell would replace them: not between single quotes, not after a backslash. */
function replaceAddress(line: string): string {
  const variables = (found: string) => {
    const [, name] = /^\$\{?(PORT|HOST)/.exec(found) ?? [];
    return name === undefined ? found : `{${name.toLowerCase()}}`;
  };
  return line.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$(?:PORT|HOST)\b|\$\{(?:PORT|HOST)\}/g, (found) =>
    found.startsWith('"')
      ? found.replaceAll(/\\.|\$(?:PORT|HOST)\b|\$\{(?:PORT|HOST)\}/g, variables)
      : variables(found),
  );
}

interface ShellProblem {
  readonly reason: string;
  readonly column: number;
  readonly hint: string;
}

/** Syntax that would mean something to a shell, outside of quotes that keep it from doing so. */
function shellProblem(line: string, start: number): ShellProblem | undefined {
  let quote = "";
  for (let at = start; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === "\\" && quote !== "'") at += 1;
    else if (quote !== "") {
      if (char === quote) quote = "";
      else if (quote === '"' && isExpansion(line, at)) return expansion(at);
    } else if (char === "'" || char === '"') quote = char;
    else if (isExpansion(line, at)) return expansion(at);
    else if (/[|&;<>()]/.test(char)) {
      const hint = "Put the line into a script of the application, or write `processes` in holdall.yaml.";
      return { reason: `has ${char}, which only a shell understands`, column: at, hint };
    }
  }
  const assignment = /^(?:env\s+)?([A-Za-z_]\w*)=/.exec(line.slice(start));
  if (!assignment) return undefined;
  const hint = `Declare ${assignment[1]} as one of \`settings\` in holdall.yaml, and take it out of the line.`;
  return { reason: `sets ${assignment[1]} in front of its command`, column: start, hint };
}

function isExpansion(line: string, at: number): boolean {
  const rest = line.slice(at);
  if (rest.startsWith("`")) return true;
  return /^\$[\w{(@*#?!$-]/.test(rest) && !/^\$(?:(?:PORT|HOST)\b|\{(?:PORT|HOST)\})/.test(rest);
}

function expansion(column: number): ShellProblem {
  const hint = "Only $PORT and $HOST are replaced; write the value, or read the variable in the application.";
  return { reason: "has an expansion, which only a shell understands", column, hint };
}
