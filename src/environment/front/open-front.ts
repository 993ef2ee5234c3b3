import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import type { Address } from "../resolve-argv.ts";
import { planFront } from "./plan-front.ts";

/** What listens where `web` is asked, if not `web` itself. */
export interface Front {
  /** Where `web` has to listen. */
  readonly webAddress: Address | undefined;
  /** Passes on what is told of processes, and takes note of how `web` does. */
  readonly onEvent: OnEnvironmentEvent;
  /** `web` is going to start again: requests wait until the function that it returns is called, and then for `web`. */
  hold(): () => void;
  /** Nothing new comes in; what is under way goes on. */
  stopListening(): void;
  /** Ends what is under way, too. */
  close(): Promise<void>;
}

export interface FrontOptions {
  /** Names of those that are going to be started; default: all. */
  readonly only?: readonly string[] | undefined;
  readonly onEvent: OnEnvironmentEvent;
}

/**
 * Opens a front where files are published beside `web`; otherwise `web` listens by itself.
 * @throws AppError `port_in_use`, `address_unusable`.
 */
export async function openFront(environment: Environment, { only, onEvent }: FrontOptions): Promise<Front> {
  const planned = (only?.includes("web") ?? true) ? await planFront(environment) : undefined;
  if (planned === undefined)
    return { webAddress: undefined, onEvent, hold: () => () => {}, stopListening() {}, async close() {} };
  const { startFront } = await import("./start-front.ts");
  return startFront(planned, onEvent);
}
