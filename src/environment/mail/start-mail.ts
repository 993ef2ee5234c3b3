import { join } from "node:path";
import type { SMTPServer, SMTPServerSession } from "smtp-server";
import type { ArgvCommand } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { USUAL_GRACE_MS } from "../../system/guarded-process.ts";
import { findCommand } from "../commands/find-command.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import { ProcessLog } from "../processes/process-log.ts";
import { MAIL_PART } from "./deliver-message.ts";
import { listen, type MailAddress } from "./listen.ts";
import { type MailLimits, type Receiving, receiveMessage } from "./receive-message.ts";
import { decideWorst, type MailReply } from "./reply.ts";

export interface MailOptions {
  /** Default: where the environment says that mail comes in. */
  readonly address?: MailAddress | undefined;
  readonly limits?: Partial<MailLimits>;
  readonly onEvent: OnEnvironmentEvent;
}

export interface MailListener {
  /** `HOST:PORT`, or the path of the socket. */
  readonly address: string;
  /**
   * Takes nothing more, lets the application finish the messages that it has, at most as long as `graceMs`, and gives the others
   * back to their senders.
   */
  stop(): Promise<void>;
}

const USUAL: MailLimits = {
  maxBytes: 25 * 1024 * 1024,
  receiveMs: 10 * 60_000,
  commandMs: 5 * 60_000,
  graceMs: USUAL_GRACE_MS,
  clients: 10,
};

/** RFC 5321, section 4.5.3.1.8: at least so many have to be taken. */
const MAX_RECIPIENTS = 100;
/** Of a client that says nothing. */
const IDLE_MS = 60_000;

/**
 * Listens for mail and gives each message to the application's command: docs/environment.md, "Incoming mail". SMTP on a TCP
 * port, LMTP (RFC 2033) on a unix socket. Nothing is sent on to anybody else.
 * @throws AppError `port_in_use`, `command_not_found`, `description_invalid` for a command that reads no standard input.
 */
export async function startMail(environment: Environment, options: MailOptions): Promise<MailListener> {
  const { mail } = environment.runnable.plan;
  const address = options.address ?? environment.mailAddress;
  if (mail === undefined || address === undefined) throw new Error("the plan says nothing about mail");
  const limits = {
    ...USUAL,
    ...(mail.maxBytes !== undefined && { maxBytes: mail.maxBytes }),
    ...options.limits,
  };
  const stopping = new AbortController();
  const receiving: Receiving = {
    ...{ name: mail.command, command: await findMailCommand(environment, mail.command), limits },
    log: new ProcessLog(join(environment.directories.logs, `${MAIL_PART}.log`)),
    ...{ signal: stopping.signal, onEvent: options.onEvent },
  };
  /** By the session's id: what the application is busy with. */
  const delivering = new Map<string, Promise<void>>();
  let isStopping = false;
  const isLmtp = "path" in address;
  // It is large, and only this needs it.
  const { SMTPServer } = await import("smtp-server");
  const server = new SMTPServer({
    ...{ lmtp: isLmtp, logger: false, disableReverseLookup: true, hideENHANCEDSTATUSCODES: false },
    disabledCommands: ["AUTH", "STARTTLS"],
    ...{ size: limits.maxBytes, rejectOversized: true, socketTimeout: IDLE_MS },
    ...{ maxClients: limits.clients, maxRecipients: MAX_RECIPIENTS },
    onData(stream, session, callback) {
      const delivery = Promise.withResolvers<void>();
      const begin = () => {
        if (!isStopping) delivering.set(session.id, delivery.promise);
        return !isStopping;
      };
      const envelope = { ...readEnvelope(session), hasReplies: isLmtp ? "each" : "one" } as const;
      void receiveMessage(environment, stream, { envelope, receiving, begin }).then((replies) => {
        answer(callback, replies, { isLmtp });
        delivering.delete(session.id);
        delivery.resolve();
      });
    },
  });
  const listening = await listen(server, address);
  return {
    address: listening.address,
    async stop() {
      isStopping = true;
      const closed = listening.close();
      endConnections(server, ({ id }) => !delivering.has(id));
      const force = setTimeout(() => stopping.abort(), limits.graceMs);
      await Promise.all(delivering.values());
      clearTimeout(force);
      endConnections(server, () => true);
      listening.letGo();
      await closed;
      await receiving.log.close();
    },
  };
}

async function findMailCommand({ runnable }: Environment, name: string): Promise<ArgvCommand> {
  const command = await findCommand(runnable, name);
  if (command.kind === "argv") return command;
  throw new AppError({
    code: "description_invalid",
    message: `cannot give mail to ${name}: a command of kind ${command.kind} reads no standard input`,
    hint: "Name a program, a script or a function as the command of `mail`.",
    details: { command: name, kind: command.kind },
  });
}

function readEnvelope({ envelope: { mailFrom, rcptTo } }: SMTPServerSession) {
  return { sender: mailFrom ? mailFrom.address : "", recipients: rcptTo.map(({ address }) => address) };
}

type Callback = (error?: Error | null, message?: string | (string | Error)[]) => void;

function answer(
  callback: Callback,
  replies: readonly MailReply[],
  { isLmtp }: { readonly isLmtp: boolean },
): void {
  const results = replies.map(({ code, text }) =>
    code === 250 ? text : Object.assign(new Error(text), { responseCode: code }),
  );
  const worst = results[replies.indexOf(decideWorst(replies))];
  if (isLmtp) callback(null, results);
  else if (typeof worst === "string") callback(null, worst);
  else callback(worst);
}

/** RFC 5321, section 3.8: 421 may come at any time, and says that the sender is to try again. */
function endConnections(
  server: SMTPServer,
  isChosen: (connection: { readonly id: string }) => boolean,
): void {
  for (const connection of [...server.connections]) {
    if (isChosen(connection)) connection.send(421, "The listener ends, try again later");
  }
}
