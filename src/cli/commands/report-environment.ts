import type { OnEnvironmentEvent } from "../../environment/events.ts";
import type { Context } from "../command.ts";

/** Shows what happens in an environment beside the command that it is opened for. */
export function reportEnvironment({ onProgress }: Pick<Context, "onProgress">): OnEnvironmentEvent {
  return (event) => {
    if (event.kind === "output") onProgress({ kind: "warning", text: `${event.part}: ${event.line}` });
    if (event.kind === "note") onProgress({ kind: "step", text: event.message });
    if (event.kind === "warning") onProgress({ kind: "warning", text: `warning: ${event.message}` });
  };
}
