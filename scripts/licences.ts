import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";

/** The licence texts of packages whose code is in the bundle: each asks to travel with its code. */
export async function collectLicences(names: readonly string[]): Promise<string> {
  const texts = await Promise.all(names.map(readLicence));
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

async function readLicence(name: string): Promise<string> {
  const directory = join(PACKAGE_ROOT, "node_modules", name);
  const file = (await readdir(directory)).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no licence file and cannot be bundled`);
  return `${name}\n\n${(await readFile(join(directory, file), "utf8")).trim()}\n`;
}
