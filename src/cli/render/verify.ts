import type { Verified } from "../commands/verify.ts";
import type { Paint } from "../paint.ts";

export function renderVerified({ path, name, version, identity, layers }: Verified, paint: Paint): string {
  const count = `${layers} ${layers === 1 ? "layer" : "layers"}`;
  return [
    `${paint("green", "verified")} ${path}: ${name} ${version}, ${count}, every byte accounted for`,
    `identity ${identity}`,
  ].join("\n");
}
