import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ArgvCommand } from "../../artifact/plan.ts";
import { startOfCommand } from "../commands/start-of-command.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import type { ProcessLog } from "../processes/process-log.ts";
import { startInstance } from "../processes/start-instance.ts";
import type { MailEnd } from "./reply.ts";

/** Name of the part in events, and of its log. */
export const MAIL_PART = "mail";

export interface DeliveryOptions {
  /** Its name in the plan. */
  readonly name: string;
  readonly command: ArgvCommand;
  /** Empty for a message that is about another one: RFC 5321, section 4.5.5. */
  readonly sender: string;
  readonly recipient: string;
  readonly message: Readable;
  readonly log: ProcessLog;
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  /** Ends the command. */
  readonly signal: AbortSignal;
  readonly onEvent: OnEnvironmentEvent;
}

/**
 * Runs the application's command with a message on standard input, for one recipient.
 * @throws AppError `program_not_found`.
 */
export async function deliverMessage(environment: Environment, options: DeliveryOptions): Promise<MailEnd> {
  const { name, command, sender, recipient, message, log, graceMs, signal, onEvent } = options;
  const start = await startOfCommand(environment, name, { command, args: [] });
  let lastLine: string | undefined;
  const python = join(environment.runnable.prefix, "bin/python");
  const env = { ...start.env, SENDER: sender, RECIPIENT: recipient };
  const { started, finished } = await startInstance(
    { ...start, python, env, graceMs, hasInput: true, signal },
    {
      ...{ part: MAIL_PART, log },
      onEvent(event) {
        if (event.kind === "output" && event.stream === "stderr" && event.line !== "") lastLine = event.line;
        return onEvent(event);
      },
    },
  );
  try {
    // It may end without reading all of it: what it says counts.
    if (started.stdin !== undefined) await pipeline(message, started.stdin).catch(() => {});
    await finished;
    return { ...(await started.ended), isCut: signal.aborted, lastLine };
  } finally {
    message.destroy();
  }
}
