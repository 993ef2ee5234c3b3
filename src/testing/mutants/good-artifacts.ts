import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeLayer } from "../../artifact/layer.ts";
import { type ArtifactContent, writeArtifact } from "../../artifact/write-artifact.ts";
import { type Parts, takeApart } from "../forge-artifact.ts";
import { fileEntry, smallContent } from "../small-artifact.ts";
import { withInterpreter } from "../small-inside.ts";

/** What mutants are made of. */
export interface Good {
  readonly name: string;
  readonly file: Buffer;
  readonly parts: Parts;
  readonly hasInside: boolean;
}

/** Artifacts that together have each kind of layer, entry and target. The same bytes each time. */
export async function makeGoodArtifacts(directory: string): Promise<readonly Good[]> {
  const small = await smallContent(directory);
  const rich = await richContent(small, directory);
  const contents: readonly (readonly [name: string, content: ArtifactContent])[] = [
    ["small", small],
    ["rich", rich],
    ["small-inside", await withInterpreter(small, directory)],
    ["rich-inside", await withInterpreter(rich, directory)],
  ];
  const goods: Good[] = [];
  for (const [name, content] of contents) {
    const { path } = await writeArtifact(content, join(directory, `${name}.holdall`));
    const hasInside = content.layers.some(({ kind }) => kind === "interpreter");
    goods.push({ name, hasInside, file: await readFile(path), parts: await takeApart(path) });
  }
  return goods;
}

/** With scripts, data, headers, long paths, bytecode and a second target. */
async function richContent(small: ArtifactContent, directory: string): Promise<ArtifactContent> {
  const layers = join(directory, "layers");
  const distribution = await writeLayer(
    [
      fileEntry("data/share/man/man1/till.1", ".TH TILL 1\n"),
      fileEntry("headers/till/till.h", "#define TILL 1\n"),
      fileEntry("scripts/till", "#!python\nprint(1)\n", { isExecutable: true }),
      fileEntry(`site-packages/${"long/".repeat(25)}name.py`, "x = 1\n"),
      fileEntry("site-packages/till.py", `coins = ${"1, ".repeat(400)}\n`),
    ],
    layers,
    { kind: "distribution" },
  );
  const bytecode = await writeLayer(
    [fileEntry("site-packages/__pycache__/till.cpython-311.pyc", "\0\0\0\0code")],
    layers,
    { kind: "bytecode" },
  );
  const till = { name: "till", version: "3!1.0" };
  return {
    ...small,
    layers: [
      ...small.layers,
      { ...distribution, ...till },
      { ...bytecode, ...till, of: distribution.identity },
    ],
    targets: small.targets.flatMap((target) => [
      { ...target, layers: [distribution.identity, bytecode.identity, ...target.layers] },
      { ...target, python: { implementation: "cpython", version: "3.12", abi: "cp312" } },
    ]),
  };
}
