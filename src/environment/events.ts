import type { ProcessEnd } from "../system/guarded-process.ts";
import type { LogLine } from "./processes/process-log.ts";

/** What an environment tells while something runs in it. `part` is `web`, or `worker.2` where there are several. */
export type EnvironmentEvent =
  /** What is about to run, by the names of its parts. */
  | {
      readonly kind: "opened";
      readonly application: string;
      readonly version: string;
      readonly parts: readonly string[];
    }
  | ({ readonly kind: "output"; readonly part: string } & LogLine)
  | {
      readonly kind: "started";
      readonly part: string;
      readonly pid: number;
      readonly address: string | undefined;
    }
  /** Connections to its address are accepted. */
  | { readonly kind: "listening"; readonly part: string; readonly address: string }
  /** `wasAsked`: by a stop or a restart. */
  | ({ readonly kind: "ended"; readonly part: string; readonly wasAsked: boolean } & ProcessEnd)
  | { readonly kind: "restarting"; readonly part: string; readonly afterMs: number }
  /** It has ended too often. `message`: one sentence, no final period. */
  | { readonly kind: "given-up"; readonly part: string; readonly message: string }
  | { readonly kind: "service-ready"; readonly name: string; readonly type: string }
  /** Its server, which nobody has asked to end. `service-ready` follows, or `given-up`. */
  | ({ readonly kind: "service-ended"; readonly name: string; readonly type: string } & ProcessEnd)
  /** A command of the plan that the environment runs: a migration, a scheduled one. */
  | { readonly kind: "command-started"; readonly part: string; readonly command: string }
  | ({
      readonly kind: "command-ended";
      readonly part: string;
      readonly command: string;
      readonly ranMs: number;
    } & ProcessEnd)
  /** Files of a checkout, relative to it. */
  | { readonly kind: "changed"; readonly files: readonly string[] }
  /** All of it is being stopped. */
  | { readonly kind: "stopping" }
  /** Something to know: one sentence, no final period. */
  | { readonly kind: "note"; readonly message: string }
  /** Something to look at: the same. */
  | { readonly kind: "warning"; readonly message: string };

/** What it returns is awaited before more output is read: a reader that is slow slows the writer, and nothing piles up. */
export type OnEnvironmentEvent = (event: EnvironmentEvent) => unknown;
