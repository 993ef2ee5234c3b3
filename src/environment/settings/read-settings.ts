import { type DescribedSetting, describeSetting } from "../app-package/described-setting.ts";
import { readApplication } from "../application/read-application.ts";
import { planDirectories } from "../directories/directories.ts";
import { gatherSettings, type SettingOptions } from "./gather-settings.ts";

/**
 * The settings of an application, each with its value and where that comes from; secrets are masked. Nothing is made for that.
 * @param path - absolute.
 * @param base - of its environment, absolute.
 * @throws AppError of readApplication() and gatherSettings().
 */
export async function readSettings(
  path: string,
  { base, ...options }: SettingOptions & { readonly base: string },
): Promise<readonly DescribedSetting[]> {
  const { form, plan } = await readApplication(path);
  const directories = planDirectories(base, form === "checkout" ? "checkout" : "release");
  const { resolved } = await gatherSettings(plan, directories, options);
  return resolved.map(describeSetting);
}
