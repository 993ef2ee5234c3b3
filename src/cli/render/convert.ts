import type { Converted } from "../commands/unpack.ts";
import type { Paint } from "../paint.ts";

const VERBS: Readonly<Record<Converted["form"], string>> = {
  open: "unpacked to",
  sealed: "packed to",
  environment: "made a virtual environment at",
};

/** For `unpack` and `pack`. */
export function renderConverted({ path, form, identity }: Converted, paint: Paint): string {
  return `${paint("green", VERBS[form])} ${path}\nidentity ${identity}`;
}
