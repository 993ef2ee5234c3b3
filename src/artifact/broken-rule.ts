/**
 * What a parser found wrong. It does not know where its input came from: whoever does makes an AppError of it
 * (`cannot read <what the user named>: <message>`).
 */
export class BrokenRule extends Error {
  override readonly name = "BrokenRule";
}

/** A value from outside as a message shows it: quoted, with escapes, not endless. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  return shorten(JSON.stringify(value) ?? "nothing");
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** Something that this version of holdall does not know, or not yet; a newer one may. */
export class Unsupported extends BrokenRule {}

/** Bytes are not those that the manifest says: a copy went wrong, or somebody changed them. */
export class Damaged extends BrokenRule {}

/** Nothing in it says that it is meant to be an artifact. */
export class NotArtifact extends BrokenRule {}
