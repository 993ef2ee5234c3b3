import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Gives `use` a fresh private directory under `parent` and removes it however `use` ends. What should survive is
 * renamed out of it, so `parent` is on the file system of the destination.
 */
export async function withWorkDirectory<Result>(
  parent: string,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, "work-"));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
