import type { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import type { Progress } from "./command.ts";

const CLEAR_LINE = "\r\u001b[K"; // ECMA-48 EL: erase to the end of the line

export interface ProgressDisplay {
  readonly show: (progress: Progress) => void;
  /** Takes the live line away: nothing of it is left beside the result. */
  readonly clear: () => void;
}

/**
 * On a terminal, one line that is replaced, and warnings above it; elsewhere (a log, a pipe) a line for each step and
 * warning and none for details, so that a log stays short. The stream is opened when there is something to show.
 */
export function showProgress(
  openStream: () => Writable,
  { isQuiet }: { readonly isQuiet: boolean },
): ProgressDisplay {
  let isLive = false;
  return {
    show(progress) {
      if (isQuiet) return;
      const stream = openStream();
      if (!isTerminal(stream)) {
        if (progress.kind !== "detail") stream.write(`${progress.text}\n`);
        return;
      }
      isLive = progress.kind !== "warning";
      const text = isLive ? fitLine(progress.text, stream.columns) : `${progress.text}\n`;
      stream.write(`${CLEAR_LINE}${text}`);
    },
    clear() {
      if (isLive) openStream().write(CLEAR_LINE);
      isLive = false;
    },
  };
}

function isTerminal(stream: Writable): stream is WriteStream {
  return "isTTY" in stream && stream.isTTY === true;
}

/** One column less than there are: a full line wraps on some terminals, and \r then clears its second half only. */
function fitLine(text: string, columns: number): string {
  return text.replaceAll(/\p{Cc}/gu, " ").slice(0, Math.max(1, columns - 1));
}
