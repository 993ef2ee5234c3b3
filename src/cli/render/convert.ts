import type { Converted } from "../commands/unpack.ts";
import type { Paint } from "../paint.ts";

/** For `unpack` and `pack`. */
export function renderConverted({ path, form, identity }: Converted, paint: Paint): string {
  const verb = form === "open" ? "unpacked to" : "packed to";
  return `${paint("green", verb)} ${path}\nidentity ${identity}`;
}
