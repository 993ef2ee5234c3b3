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
  const files = await readdir(directory);
  const file = files.find((each) => /^licen[cs]e/i.test(each));
  const text =
    file === undefined ? await readSection(directory) : await readFile(join(directory, file), "utf8");
  if (text === undefined) throw new Error(`${name} has no licence text and cannot be bundled`);
  return `${name}\n\n${text.trim()}\n`;
}

/** Some have it at the end of their README. */
async function readSection(directory: string): Promise<string | undefined> {
  const readme = await readFile(join(directory, "README.md"), "utf8");
  return /^#+\s*licen[cs]e\s*$([\s\S]*Permission[\s\S]*)/im.exec(readme)?.[1];
}
