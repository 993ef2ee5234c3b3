import { openArtifact } from "../../artifact/open-artifact.ts";
import type { Plan } from "../../artifact/plan.ts";
import { readAppFiles } from "../../description/app-files.ts";
import { readDescription } from "../../description/read-description.ts";
import { planApplication } from "../../platforms/registry.ts";
import { type ApplicationForm, findForm } from "./application-form.ts";
import { openRelease } from "./open-release.ts";
import type { Runnable } from "./runnable.ts";

/** An application as it says itself how it is started; nothing is prepared for that. */
export interface PlannedApplication extends Pick<Runnable, "name" | "plan"> {
  readonly form: ApplicationForm;
  /** Undefined where it is known after its dependencies have been installed. */
  readonly version: string | undefined;
}

/**
 * @param path - absolute.
 * @throws AppError of what reads a description, an artifact or a release.
 */
export async function readApplication(path: string): Promise<PlannedApplication> {
  const form = findForm(path);
  if (form === "release") return { form, ...(await openRelease(path)) };
  if (form === "artifact") return { form, ...(await readArtifactPlan(path)) };
  const { description } = await readDescription(path);
  // As `run` and `dev` start it.
  const input = { description, files: readAppFiles(path), distributions: [], isDevelopment: true };
  const plan = planApplication(input);
  return { form, name: description.name, version: description.version, plan };
}

async function readArtifactPlan(
  path: string,
): Promise<{ readonly name: string; readonly version: string; readonly plan: Plan }> {
  const { manifest } = await openArtifact(path);
  const [target] = manifest.targets;
  if (target === undefined) throw new Error("a manifest has at least one target");
  return { name: manifest.name, version: manifest.version, plan: target.plan };
}
