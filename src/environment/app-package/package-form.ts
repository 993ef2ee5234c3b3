import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openArtifact } from "../../artifact/open-artifact.ts";
import type { SystemPackages } from "../../artifact/plan.ts";
import { readDescription } from "../../description/read-description.ts";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { type ApplicationForm, findForm } from "../application-form.ts";
import { OWN_DIRECTORY } from "../directories.ts";
import { openArtifactRelease } from "../open-artifact.ts";
import { type CheckoutOptions, openCheckout } from "../open-checkout.ts";
import { openRelease } from "../open-release.ts";
import type { Runnable } from "../runnable.ts";

/** What a path leads to, by its outside alone. @throws AppError `artifact_unreadable`. */
export async function checkForm(path: string): Promise<ApplicationForm> {
  await stat(path).catch((cause: unknown) => {
    const errno = errnoOf(cause);
    throw new AppError({
      code: "artifact_unreadable",
      message: `cannot open ${path}: ${errno === "ENOENT" ? "there is no such file" : `the system says ${errno}`}`,
      hint: "Name the directory of an application, an artifact, or a release.",
      details: { file: path },
      cause,
    });
  });
  return findForm(path);
}

export interface PrepareOptions extends Omit<CheckoutOptions, "directory" | "environments"> {
  /** Of the environment, absolute: the Python of a checkout is in it, so that nothing is written into the checkout. */
  readonly base: string;
}

export async function prepareRunnable(
  path: string,
  form: ApplicationForm,
  { base, ...options }: PrepareOptions,
): Promise<Runnable> {
  switch (form) {
    case "artifact":
      return openArtifactRelease(path, options);
    case "release":
      return openRelease(path);
    case "checkout":
      return openCheckout({ ...options, directory: path, environments: join(base, OWN_DIRECTORY, "python") });
  }
}

/** Read without preparing anything: what lacks them cannot be prepared. */
export async function readSystemPackages(path: string, form: ApplicationForm): Promise<SystemPackages> {
  if (form === "checkout") return (await readDescription(path)).description;
  if (form === "release") return (await openRelease(path)).plan.systemPackages ?? { deb: [], rpm: [] };
  const { targets } = (await openArtifact(path)).manifest;
  const named = targets.map(({ plan }) => plan.systemPackages ?? { deb: [], rpm: [] });
  const unite = (kind: keyof SystemPackages) => [...new Set(named.flatMap((packages) => packages[kind]))];
  return { deb: unite("deb"), rpm: unite("rpm") };
}
