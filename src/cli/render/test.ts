import type { TestOutcome } from "../../environment/test-application.ts";
import type { Paint } from "../paint.ts";

const NO_TESTS = 5;

export function renderTested(
  { application, version, status, signal, directory }: TestOutcome,
  paint: Paint,
): string {
  const end =
    status === undefined ? `ended by ${signal}` : status === 0 ? "passed" : `failed with status ${status}`;
  // Of pytest, and of unittest from Python 3.12 on.
  const reason = status === NO_TESTS ? " (of unittest and pytest: no tests ran)" : "";
  const shown = paint(status === 0 ? "green" : "red", end);
  const kept = directory === undefined ? "" : `\nThe environment is in ${directory}`;
  return `unit tests of ${application} ${version}: ${shown}${reason}${kept}`;
}
