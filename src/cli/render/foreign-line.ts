import type { Paint } from "../paint.ts";

const ESC = "\\x1b";
/** ECMA-48: colours (SGR); control sequences; strings (titles, the clipboard), whose end may be missing; the rest. */
const COLOUR = new RegExp(`^${ESC}\\[[0-9;:]*m$`);
const SEQUENCES = new RegExp(
  [
    `${ESC}\\[[0-?]*[ -/]*[@-~]`,
    `${ESC}[\\]PX^_][^\\x07${ESC}]*(?:\\x07|${ESC}\\\\|$)`,
    `${ESC}[ -/]*[0-~]?`,
  ].join("|"),
  "g",
);
const CONTROLS = /\p{Cc}/gu;
const RESET = "\u001b[0m";

/**
 * A line that somebody else wrote, for our lines on a terminal: colours stay where there are any, and end with the
 * line; what would clear the screen, write elsewhere or set a title is left out; of what a progress bar overwrites the
 * last is shown.
 */
export function renderForeignLine(line: string, paint: Paint): string {
  const isColoured = paint("red", "x") !== "x";
  let hasColours = false;
  const plain = line.replaceAll(SEQUENCES, (sequence) => {
    const isKept = isColoured && COLOUR.test(sequence);
    hasColours ||= isKept;
    return isKept ? sequence : "";
  });
  const last = plain.split("\r").findLast((piece) => piece !== "") ?? "";
  const shown = last.replaceAll(CONTROLS, (control) => (isKnown(control) ? control : "\ufffd"));
  return hasColours ? shown + RESET : shown;
}

/** A tab, and what begins a colour. */
function isKnown(control: string): boolean {
  return control === "\t" || control === RESET[0];
}
