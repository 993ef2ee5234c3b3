import type { TestOutcome } from "../../environment/test-application.ts";
import type { Paint } from "../paint.ts";

export function renderTested(
  { application, version, status, signal, directory }: TestOutcome,
  paint: Paint,
): string {
  const end =
    status === undefined ? `ended by ${signal}` : status === 0 ? "passed" : `failed with status ${status}`;
  const shown = paint(status === 0 ? "green" : "red", end);
  const kept = directory === undefined ? "" : `\nThe environment is in ${directory}`;
  return `unit tests of ${application} ${version}: ${shown}${kept}`;
}
