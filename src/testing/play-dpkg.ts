import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { makeDirectory } from "./small-artifact.ts";

export interface PlayedPackage {
  readonly name: string;
  readonly architecture?: string;
  readonly status?: string;
  readonly provides?: string;
  readonly files?: readonly string[];
}

/** A directory with a `dpkg-query` that answers as the real one does for these packages. */
export async function playDpkg(t: TestContext, packages: readonly PlayedPackage[]): Promise<string> {
  const directory = await makeDirectory(t);
  const all: readonly PlayedPackage[] = [{ name: "dpkg", architecture: "amd64" }, ...packages];
  const rows = all.map(({ name, architecture = "all", status = "installed", provides = "" }) => {
    const instance = architecture === "all" ? name : `${name}:${architecture}`;
    return [name, instance, architecture, status, provides].join("\t");
  });
  await mkdir(join(directory, "files"));
  for (const { name, architecture, files = [] } of all) {
    const instance = architecture === undefined ? name : `${name}:${architecture}`;
    await writeFile(join(directory, "files", instance), files.map((path) => `${path}\n`).join(""));
  }
  await writeFile(join(directory, "rows"), rows.map((row) => `${row}\n`).join(""));
  const program = `#!/bin/sh\ncase $1 in --show) cat '${directory}/rows' ;; *) cat '${directory}/files/'"$2" ;; esac\n`;
  await writeFile(join(directory, "dpkg-query"), program, { mode: 0o755 });
  return directory;
}
