import { findForm } from "./application-form.ts";
import { openArtifactRelease } from "./open-artifact.ts";
import { type CheckoutOptions, openCheckout } from "./open-checkout.ts";
import { openRelease } from "./open-release.ts";
import type { Runnable } from "./runnable.ts";

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
