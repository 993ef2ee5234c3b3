import type { EndedDevelopment } from "../../environment/development/run-development.ts";
import type { EnvironmentEvent } from "../../environment/events.ts";
import type { ProcessEnd } from "../../system/guarded-process.ts";
import { type Paint, plainPaint } from "../paint.ts";
import { renderForeignLine } from "./foreign-line.ts";

/** How the lines of something that runs are shown. */
export interface LiveLook {
  readonly paint: Paint;
  /** Only what processes write, and warnings. */
  readonly isQuiet: boolean;
  /** The options of the command. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Of holdall's own lines. */
const OWN = "holdall";
const COLOURS = ["cyan", "green", "magenta", "blue", "yellow"] as const;
const MAX_SHOWN = 5;

export function renderDevelopment({ application }: EndedDevelopment): string {
  return `${application} was stopped; nothing of it runs any more.`;
}

/** One log of all parts: names in a column, a colour for each, `!` where a line came from standard error. */
export function renderLive({ paint, isQuiet, values }: LiveLook): (event: EnvironmentEvent) => string {
  const parts: string[] = [];
  let width = OWN.length;
  const enter = (part: string) => {
    if (parts.includes(part)) return;
    parts.push(part);
    width = Math.max(width, part.length);
  };
  const time = (at: string) => (values["timestamps"] === true ? `${paint("dim", at)} ` : "");
  const line = ({ part, at, line: text }: OutputEvent, mark: string) => {
    enter(part);
    const colour = COLOURS[parts.indexOf(part) % COLOURS.length] ?? "cyan";
    return `${time(at)}${paint(colour, part.padEnd(width))} ${mark} ${renderForeignLine(text, paint)}\n`;
  };
  const own = (text: string) =>
    `${time(new Date().toISOString())}${paint("bold", OWN.padEnd(width))} ${paint("dim", "|")} ${text}\n`;
  return (event) => {
    if (event.kind === "opened") for (const part of event.parts) enter(part);
    if (event.kind === "output") {
      const isError = event.stream === "stderr";
      return line(event, isError ? paint("yellow", "!") : paint("dim", "|"));
    }
    if (event.kind === "warning")
      return own(paint("yellow", `warning: ${renderForeignLine(event.message, plainPaint)}`));
    if (event.kind === "given-up") return own(paint("red", event.message));
    const text = isQuiet ? undefined : describe(event);
    return text === undefined ? "" : own(renderForeignLine(text, plainPaint)); // names of files, senders of mail
  };
}

type OutputEvent = Extract<EnvironmentEvent, { kind: "output" }>;
type OwnEvent = Exclude<EnvironmentEvent, { kind: "output" | "warning" | "given-up" }>;

function describe(event: OwnEvent): string | undefined {
  switch (event.kind) {
    case "opened":
      return `${event.application} ${event.version}: ${event.parts.join(", ")}`;
    case "started":
      return undefined; // what it says, or that it listens, is the news
    case "listening":
      return `${event.part} listens on ${event.address}`;
    case "ended":
      if (!event.wasAsked) return `${event.part} has ended ${describeEnd(event)}`;
      return event.signal === "SIGKILL" ? `${event.part} did not end when asked, and was killed` : undefined;
    case "restarting":
      return `${event.part} starts again in ${event.afterMs / 1000} s`;
    case "service-ready":
      return `${event.name} (${event.type}) is ready`;
    case "service-ended":
      return `${event.name} (${event.type}) has ended ${describeEnd(event)} and is started again`;
    case "command-started":
      return event.part === event.command ? `${event.part} starts` : `${event.part} starts: ${event.command}`;
    case "command-ended":
      return `${event.part} has ended ${describeEnd(event)} after ${(event.ranMs / 1000).toFixed(1)} s`;
    case "changed":
      return `changed: ${describeFiles(event.files)}`;
    case "stopping":
      return "stopping";
    case "note":
      return event.message;
  }
}

function describeEnd({ status, signal }: ProcessEnd): string {
  return signal === undefined ? `with status ${status}` : `by ${signal}`;
}

function describeFiles(files: readonly string[]): string {
  const others = files.length - MAX_SHOWN;
  return files.slice(0, MAX_SHOWN).join(", ") + (others > 0 ? ` and ${others} more` : "");
}
