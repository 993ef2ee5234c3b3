import type { Writable } from "node:stream";
import { WriteStream } from "node:tty";
import type { Progress } from "./command.ts";

const CLEAR_LINE = "\r\u001b[K"; // ECMA-48 EL: erase to the end of the line

export interface ProgressDisplay {
  readonly show: (progress: Progress) => void;
  /** Takes the live line away: nothing of it is left beside the result. */
  readonly clear: () => void;
}

/**
 * On a terminal, one line that is replaced; elsewhere (a log, a pipe) a line for each step and none for details, so that
 * a log stays short. The stream is opened when there is something to show.
 */
export function showProgress(
  openStream: () => Writable,
  { isQuiet }: { readonly isQuiet: boolean },
): ProgressDisplay {
  let isLive = false;
  return {
    show({ kind, text }) {
      if (isQuiet) return;
      const stream = openStream();
      if (stream instanceof WriteStream && kind === "warning") {
        stream.write(`${CLEAR_LINE}${text}\n`);
        isLive = false;
      } else if (stream instanceof WriteStream) {
        stream.write(`${CLEAR_LINE}${fitLine(text, stream.columns)}`);
        isLive = true;
      } else if (kind !== "detail") {
        stream.write(`${text}\n`);
      }
    },
    clear() {
      if (isLive) openStream().write(CLEAR_LINE);
      isLive = false;
    },
  };
}

/** One column less than there are: a full line wraps on some terminals, and \r then clears its second half only. */
function fitLine(text: string, columns: number): string {
  return text.replaceAll(/\p{Cc}/gu, " ").slice(0, Math.max(1, columns - 1));
}
