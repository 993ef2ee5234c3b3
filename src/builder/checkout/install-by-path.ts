import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AppFiles } from "../../description/description.ts";
import { AppError } from "../../errors/app-error.ts";
import { findSourceRoots } from "../../platforms/python/source-roots.ts";

/** Backends from before PEP 660, as poetry.masonry.api, make wheels only. */
export function lacksEditable(error: unknown): boolean {
  return error instanceof AppError && /has no attribute 'build_editable'/.test(error.excerpt ?? "");
}

/**
 * Makes of an application that was installed from its wheel one whose modules are those of the checkout: what the checkout
 * has under the same name is taken away, and its directory put on the import path. What only the wheel has stays.
 * @param packages - site-packages of the environment, in which nothing else is from that directory.
 */
export async function useModulesOf(
  directory: string,
  packages: string,
  { before, files }: { readonly before: readonly string[]; readonly files: AppFiles },
): Promise<void> {
  const added = (await readdir(packages)).filter((name) => !before.includes(name));
  const roots = findSourceRoots(files).map((root) => join(directory, root));
  const used = new Set<string>();
  for (const name of added.filter((each) => !/\.(?:dist-info|pth|so)$/.test(each))) {
    const root = roots.find((each) => existsSync(join(each, name)));
    if (root === undefined) continue;
    await rm(join(packages, name), { recursive: true });
    used.add(root);
  }
  if (used.size > 0) await writeFile(join(packages, "holdall_own.pth"), [...used, ""].join("\n"));
}
