import { BrokenRule } from "./broken-rule.ts";
import type { Digest } from "./manifest.ts";

/** What a sealed artifact starts with; the identity follows. */
export const PREFIX_START = "#!/bin/sh\nholdall_id='";
/** Stands for the identity in the prefix whose digest the manifest has: it cannot contain its own digest. */
export const NO_IDENTITY: Digest = "0".repeat(64);

const AFTER_IDENTITY = "'\n";
const PREFIX_END = "\nexit\n";

/**
 * The identity that a prefix names.
 * @throws BrokenRule when the text around it is not that of docs/artifact.md, section 3.
 */
export function parsePrefixIdentity(prefix: Buffer): Digest {
  const text = prefix.toString("latin1");
  const identity = text.slice(PREFIX_START.length, PREFIX_START.length + NO_IDENTITY.length);
  if (!text.startsWith(PREFIX_START + identity + AFTER_IDENTITY) || !/^[0-9a-f]{64}$/.test(identity)) {
    throw new BrokenRule("its prefix does not start with the two lines that every artifact has");
  }
  if (!text.endsWith(PREFIX_END)) throw new BrokenRule("its prefix does not end with a line exit");
  return identity;
}

/** The same prefix with another identity. */
export function withIdentity(prefix: Buffer, identity: Digest): Buffer {
  const changed = Buffer.from(prefix);
  changed.write(identity, PREFIX_START.length, "latin1");
  return changed;
}
