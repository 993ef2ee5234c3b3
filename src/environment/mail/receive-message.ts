import type { Readable } from "node:stream";
import type { ArgvCommand } from "../../artifact/plan.ts";
import { errnoOf } from "../../system/file-errors.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import type { ProcessLog } from "../processes/process-log.ts";
import { deliverMessage } from "./deliver-message.ts";
import { decideReply, isPutOff, type MailReply, PUT_OFF } from "./reply.ts";
import { type SpooledMessage, spoolMessage } from "./spool-message.ts";

export interface MailLimits {
  /** Of a message. */
  readonly maxBytes: number;
  /** From the first byte of a message to its last. */
  readonly receiveMs: number;
  /** For one recipient: then the command is ended. A sender waits for ten minutes (RFC 5321, section 4.5.3.2.6). */
  readonly commandMs: number;
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  /** Connections at the same time, and so commands. */
  readonly clients: number;
}

export interface Receiving {
  readonly name: string;
  readonly command: ArgvCommand;
  readonly limits: MailLimits;
  readonly log: ProcessLog;
  /** Ends commands that run. */
  readonly signal: AbortSignal;
  readonly onEvent: OnEnvironmentEvent;
}

export interface Envelope {
  readonly sender: string;
  readonly recipients: readonly string[];
  /** LMTP has a reply for each recipient, SMTP one for all: then, what is to be sent again is not given to others before. */
  readonly hasReplies: "each" | "one";
}

export interface ReceiveOptions {
  readonly envelope: Envelope;
  readonly receiving: Receiving;
  /** Called when the message is there whole; false: nothing is begun any more. */
  readonly begin: () => boolean;
}

/** Takes one message and gives it to the application, once for each recipient. The replies are in their order. Never rejects. */
export async function receiveMessage(
  environment: Environment,
  message: Readable,
  { envelope, receiving, begin }: ReceiveOptions,
): Promise<readonly MailReply[]> {
  const { limits } = receiving;
  const { sender, recipients } = envelope;
  const refuse = async (reply: MailReply) => {
    for (const recipient of recipients) await tell(receiving, { sender, recipient, reply });
    return recipients.map(() => reply);
  };
  let spooled: SpooledMessage | undefined;
  try {
    const signal = AbortSignal.timeout(limits.receiveMs);
    const { tmp: directory } = environment.directories;
    spooled = await spoolMessage(message, { directory, maxBytes: limits.maxBytes, signal });
  } catch (error) {
    return refuse(explainSpool(error));
  }
  if (spooled === undefined)
    return refuse({ code: 552, text: `The message is larger than ${limits.maxBytes} bytes` });
  try {
    if (!begin()) return await refuse({ code: 421, text: "The listener ends, try again later" });
    const replies: MailReply[] = [];
    for (const recipient of recipients) {
      const reply = await deliver(environment, { sender, recipient, spooled, receiving });
      await tell(receiving, { sender, recipient, reply });
      replies.push(reply);
      if (envelope.hasReplies === "one" && isPutOff(reply)) break;
    }
    return replies;
  } finally {
    await spooled.close();
  }
}

interface ToldReply {
  readonly sender: string;
  readonly recipient: string;
  readonly reply: MailReply;
}

async function tell({ onEvent }: Receiving, { sender, recipient, reply: { code, text } }: ToldReply) {
  const message = `mail from <${sender}> for <${recipient}>: ${code} ${text}`;
  await onEvent({ kind: code === 250 ? "note" : "warning", message });
}

interface Delivery {
  readonly sender: string;
  readonly recipient: string;
  readonly spooled: SpooledMessage;
  readonly receiving: Receiving;
}

async function deliver(
  environment: Environment,
  { sender, recipient, spooled, receiving }: Delivery,
): Promise<MailReply> {
  const { name, command, limits, log, onEvent } = receiving;
  const signal = AbortSignal.any([receiving.signal, AbortSignal.timeout(limits.commandMs)]);
  try {
    const end = await deliverMessage(environment, {
      ...{ name, command, sender, recipient, message: spooled.read(), log },
      ...{ graceMs: limits.graceMs, signal, onEvent },
    });
    return decideReply(end);
  } catch (error) {
    // Its own mistake is no reason for an application to lose mail.
    onEvent({ kind: "warning", message: error instanceof Error ? error.message : String(error) });
    return PUT_OFF;
  }
}

const FULL = ["ENOSPC", "EDQUOT"];
/** Of the listener's library, of the system, of a stream that was cut off. */
const GONE = ["ECONNECTION", "ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"];

function explainSpool(error: unknown): MailReply {
  const errno = errnoOf(error);
  if (errno !== undefined && FULL.includes(errno))
    return { code: 452, text: "There is no space for the message" };
  if (errno !== undefined && GONE.includes(errno))
    return { code: 421, text: "The sender has gone before the message was whole" };
  if (error instanceof Error && error.name === "TimeoutError")
    return { code: 421, text: "The message has taken too long" };
  return PUT_OFF;
}
