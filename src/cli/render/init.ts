import type { Initialized } from "../commands/init.ts";
import type { Paint } from "../paint.ts";

export function renderInitialized({ file, text }: Initialized, paint: Paint): string {
  return [`${paint("green", "wrote")} ${file}`, "", text.trimEnd()].join("\n");
}
