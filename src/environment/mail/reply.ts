/** What the sender of a message is told: RFC 5321, section 4.2. */
export interface MailReply {
  readonly code: 250 | 421 | 451 | 452 | 550 | 552 | 554;
  readonly text: string;
}

/** How the command for a message has ended. */
export interface MailEnd {
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** It took too long, or the environment ends, and it was ended. */
  readonly isCut: boolean;
  /** The last line that it wrote on standard error; undefined for none. */
  readonly lastLine: string | undefined;
}

/** The sender is to try again; why, only the environment is told. */
export const PUT_OFF: MailReply = {
  code: 451,
  text: "The application cannot take the message now, try again later",
};

/** Of sysexits.h. */
const EX_NOUSER = 67;
const EX_TEMPFAIL = 75;

/** Of what the application wrote; a reply has 512 octets (RFC 5321, section 4.5.3.1.5). */
const MAX_TEXT = 300;

/** The reply for one recipient: docs/environment.md, "Incoming mail". What the application wrote is only in a refusal. */
export function decideReply({ status, signal, isCut, lastLine }: MailEnd): MailReply {
  if (isCut || signal !== undefined || status === undefined || status === EX_TEMPFAIL) return PUT_OFF;
  if (status === 0) return { code: 250, text: "The application has taken the message" };
  const reason = makePrintable(lastLine ?? "");
  if (status === EX_NOUSER) return { code: 550, text: reason || "There is no such recipient" };
  return { code: 554, text: reason || "The application refuses the message" };
}

/**
 * The one reply for a message with several recipients, which SMTP has: what is to be sent again wins over what is refused, as no
 * mail may get lost, and that over what was taken.
 */
export function decideWorst(replies: readonly MailReply[]): MailReply {
  const worst = replies.find(isPutOff) ?? replies.find(({ code }) => code >= 500) ?? replies[0];
  if (worst === undefined) throw new Error("a message has a recipient");
  return worst;
}

export function isPutOff({ code }: MailReply): boolean {
  return code >= 400 && code < 500;
}

/** One line of printable ASCII: all that a reply may have without SMTPUTF8. */
function makePrintable(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, "?")
    .slice(0, MAX_TEXT)
    .trim();
}
