import { statSync } from "node:fs";
import { join } from "node:path";
import { PREFIX_NAME } from "../artifact/zip.ts";
import { openArtifactRelease } from "./open-artifact.ts";
import { type CheckoutOptions, openCheckout } from "./open-checkout.ts";
import { openRelease, RECORD } from "./open-release.ts";
import type { Runnable } from "./runnable.ts";

/** What a path can name. An artifact is sealed or open. */
export type ApplicationForm = "checkout" | "artifact" | "release";

/** By what is there; what is there for neither is for who opens it to say. */
export function findForm(path: string): ApplicationForm {
  const has = (name: string) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() === true;
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return "artifact";
  if (has(RECORD)) return "release";
  return has(PREFIX_NAME) ? "artifact" : "checkout";
}

/**
 * Makes an application ready to run in an environment: what the locks of a checkout name is installed, an artifact is composed.
 * @param path - absolute.
 */
export async function openApplication(
  path: string,
  options: Omit<CheckoutOptions, "directory">,
): Promise<Runnable> {
  const form = findForm(path);
  if (form === "release") return openRelease(path);
  if (form === "artifact") return openArtifactRelease(path, options);
  return openCheckout({ ...options, directory: path });
}
