import type { Verified } from "../commands/verify.ts";
import type { Paint } from "../paint.ts";
import { renderCount } from "./count.ts";

export function renderVerified({ path, name, version, identity, layers }: Verified, paint: Paint): string {
  return [
    `${paint("green", "verified")} ${path}: ${name} ${version}, ${renderCount(layers, "layer")}, every byte accounted for`,
    `identity ${identity}`,
  ].join("\n");
}
