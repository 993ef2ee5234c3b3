import type { VerifyOptions } from "../../artifact/verify-artifact.ts";
import type { Context } from "../command.ts";

/** Shows each layer that is verified, and stops between two of them when the user wants that. */
export function reportVerifying({ signal, onProgress }: Context): VerifyOptions {
  return {
    onProgress({ layer, doneBytes, totalBytes }) {
      signal.throwIfAborted();
      const percent = Math.floor((100 * doneBytes) / totalBytes);
      onProgress({ kind: "detail", text: `verifying ${percent} %: ${layer.name} ${layer.version}` });
    },
  };
}
