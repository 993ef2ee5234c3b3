import type { BuildEvent, BuildStep } from "../../builder/events.ts";
import type { Progress } from "../command.ts";

const STEPS: Readonly<Record<BuildStep, string>> = {
  "find-python": "looking for Python",
  "run-build-commands": "running",
  "fetch-uv": "fetching uv",
  resolve: "resolving dependencies",
  install: "installing",
  "build-project": "building the application's distribution",
  "pack-interpreter": "putting inside",
  compile: "compiling",
  "check-imports": "importing",
  "write-artifact": "writing",
};

/** What people see of a build while it runs; undefined for what is not worth a line. */
export function describeBuildEvent(event: BuildEvent): Progress | undefined {
  if (event.kind === "warning") return { kind: "warning", text: `warning: ${event.message}` };
  if (event.kind === "note") return { kind: "warning", text: `note: ${event.message}` }; // it stays on the screen
  if (event.kind === "step-output")
    return { kind: "detail", text: `${STEPS[event.step]}: ${event.line.trim()}` };
  if (event.kind === "step-ended") return undefined;
  const { step, subject, count } = event;
  const about = [subject, count === undefined ? undefined : `(${count})`].filter(
    (part) => part !== undefined,
  );
  return { kind: "step", text: [STEPS[step], ...about].join(" ") };
}
