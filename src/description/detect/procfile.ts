import { splitArgv } from "../argv.ts";
import type { AppFiles, DescribedProcess } from "../description.ts";
import { refusalAt } from "../source/source.ts";
import { plannedWord } from "../words.ts";
import { type Detected, found } from "./detected.ts";

const FILE = "Procfile";

/** `name: command line` for each process. @throws AppError `description_invalid` for what is no such line. */
export function detectProcfile(files: AppFiles): Detected {
  const text = files.read(FILE);
  if (text === undefined) return {};
  const processes: Record<string, DescribedProcess> = {};
  const lines: Record<string, number> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [head = "", name] = /^\s*([A-Za-z0-9][\w-]*)\s*:\s*/.exec(line) ?? [];
    const refuse = (reason: string, column: number) =>
      refusalAt(
        { file: FILE, text },
        reason,
        { line: index + 1, column: column + 1 },
        { field: `processes.${name ?? ""}` },
      );
    if (name === undefined) throw refuse("the line must be `name: command`", 0);
    if (Object.hasOwn(processes, name)) throw refuse(`${name} is there twice`, 0);
    const command = line.slice(head.length).trimEnd();
    const argv = needsShell(command) ? shellArgv(name, command) : splitArgv(replaceAddress(command));
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

/** Whether there is syntax in a line that means something to a shell, outside of quotes that keep it from doing so. */
function needsShell(line: string): boolean {
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === "\\" && quote !== "'") at += 1;
    else if (quote !== "") {
      if (char === quote) quote = "";
      else if (quote === '"' && isExpansion(line, at)) return true;
    } else if (char === "'" || char === '"') quote = char;
    else if (isExpansion(line, at) || /[|&;<>()]/.test(char)) return true;
  }
  return quote === "" && /^(?:env\s+)?[A-Za-z_]\w*=/.test(line);
}

function isExpansion(line: string, at: number): boolean {
  const rest = line.slice(at);
  if (rest.startsWith("`")) return true;
  return /^\$[\w{(@*#?!$-]/.test(rest) && !/^\$(?:(?:PORT|HOST)\b|\{(?:PORT|HOST)\})/.test(rest);
}

/** The line is an argument, in which nothing is replaced; it has the directory and the variables that its author knows. */
const START = 'cd "$1" && exec sh -c "$2"';

/** As other readers of Procfiles run a line. A process that does not say `$PORT`, but for `web`, gets no port of its own. */
function shellArgv(name: string, line: string): readonly string[] {
  const hasAddress = name === "web" || /\$\{?(?:PORT|HOST)\b/.test(line);
  const address = hasAddress ? ["env", "HOST={host}", "PORT={port}"] : [];
  const text = line.replaceAll(/\{(?:app|host|port)\}/g, "{$&}"); // means nothing to a shell, and is no placeholder
  return [...address, "sh", "-c", START, "sh", "{app}", text];
}
