import { readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build, type Metafile } from "esbuild";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";
import { collectLicences } from "./licences.ts";

// A bundle starts in a third of the time that the modules need one by one; with splitting a command loads its own part
// only. The dependencies are inside, so an installed holdall has none.
const OUTPUT = join(PACKAGE_ROOT, "dist");

const { metafile } = await build({
  absWorkingDir: PACKAGE_ROOT,
  entryPoints: { main: "src/cli/main.ts", index: "src/index.ts" },
  outdir: OUTPUT,
  chunkNames: "parts/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  metafile: true,
  legalComments: "none", // licences.txt has them whole
  logLevel: "warning",
  // yaml is CommonJS for Node and asks for `process` and `buffer` by require.
  banner: {
    js: 'import { createRequire as requireFor } from "node:module"; const require = requireFor(import.meta.url);',
  },
});
await writeFile(join(OUTPUT, "licences.txt"), await collectLicences(bundledPackages(metafile)));
await removeStaleParts(metafile);

/** Afterwards, not before: a holdall that runs meanwhile finds what it needs. */
async function removeStaleParts({ outputs }: Metafile): Promise<void> {
  const made = new Set(Object.keys(outputs).map((path) => relative("dist", path)));
  for (const file of await readdir(join(OUTPUT, "parts"))) {
    if (!made.has(join("parts", file))) await rm(join(OUTPUT, "parts", file));
  }
}

function bundledPackages({ inputs }: Metafile): string[] {
  const names = Object.keys(inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).toSorted();
}
