import type { Writable } from "node:stream";
import { styleText } from "./node-util.ts";

type Format = "bold" | "dim" | "red" | "green" | "yellow" | "cyan" | "magenta" | "blue";

/** Colours a piece of text, or leaves it alone; a renderer cannot tell which. */
export type Paint = (format: Format, text: string) => string;

export const plainPaint: Paint = (_format, text) => text;

/** Colours where the stream is a terminal that has them; NO_COLOR and FORCE_COLOR decide as everywhere in Node. */
export function paintFor(stream: Writable): Paint {
  return (format, text) => styleText(format, text, { stream });
}
