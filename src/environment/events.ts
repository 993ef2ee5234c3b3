import type { ProcessEnd } from "../system/guarded-process.ts";
import type { LogLine } from "./processes/process-log.ts";

/** What an environment tells while something runs in it. `part` is `web`, or `worker.2` where there are several. */
export type EnvironmentEvent =
  | ({ readonly kind: "output"; readonly part: string } & LogLine)
  | {
      readonly kind: "started";
      readonly part: string;
      readonly pid: number;
      readonly address: string | undefined;
    }
  | ({ readonly kind: "ended"; readonly part: string } & ProcessEnd)
  | { readonly kind: "restarting"; readonly part: string; readonly afterMs: number }
  | { readonly kind: "given-up"; readonly part: string }
  | { readonly kind: "service-ready"; readonly name: string; readonly type: string }
  /** Something to know: one sentence, no final period. */
  | { readonly kind: "note" | "warning"; readonly message: string };

export type OnEnvironmentEvent = (event: EnvironmentEvent) => void;
