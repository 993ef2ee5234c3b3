import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { BrokenRule } from "./broken-rule.ts";
import type { Content, Digest } from "./manifest.ts";

/** Digest, checksum and length of bytes that pass by. */
export class Measure {
  readonly #hash = createHash("sha256");
  #crc32 = 0;
  #size = 0;

  /**
   * Hands `bytes` on, measured.
   * @throws BrokenRule when they are more than `limit`.
   */
  async *pass(
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    { limit }: { readonly limit: number },
  ): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.#size += piece.length;
      if (this.#size > limit) throw new BrokenRule(`it is longer than ${limit} bytes`);
      this.#hash.update(piece);
      this.#crc32 = crc32(piece, this.#crc32);
      yield piece;
    }
  }

  /** To be called once, after the last byte. */
  result(): Content & { readonly crc32: number } {
    return { sha256: this.#hash.digest("hex"), size: this.#size, crc32: this.#crc32 };
  }
}

export function sha256(bytes: Uint8Array): Digest {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What a manifest says of these bytes. */
export function contentOf(bytes: Uint8Array): Content {
  return { sha256: sha256(bytes), size: bytes.length };
}
