import type { VerifyOptions } from "../../artifact/verify-artifact.ts";
import type { Context } from "../command.ts";

/** Shows each layer that is verified, and lets the user stop it. */
export function reportVerifying({ signal, onProgress }: Context): VerifyOptions {
  return {
    signal,
    onProgress({ layer, doneBytes, totalBytes }) {
      const percent = Math.floor((100 * doneBytes) / totalBytes);
      onProgress({ kind: "detail", text: `verifying ${percent} %: ${layer.name} ${layer.version}` });
    },
  };
}
