import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { writeLayer } from "../artifact/layer.ts";
import type { Plan } from "../artifact/plan.ts";
import { fromBytes } from "../artifact/source.ts";
import type { LayerEntry } from "../artifact/tar.ts";
import { type ArtifactContent, writeArtifact } from "../artifact/write-artifact.ts";

/** A fresh directory that goes away with the test. */
export async function makeDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "holdall-"));
  t.after(() => removeReadOnly(directory));
  return directory;
}

/** Removes a directory, if it is there, with the releases in it, which are read-only. */
export function removeReadOnly(directory: string): void {
  if (!existsSync(directory)) return;
  execFileSync("chmod", ["-R", "u+w", directory]);
  rmSync(directory, { recursive: true });
}

export const SMALL_PLAN: Plan = {
  importPath: ["."],
  scripts: { shop: "shop:main" },
  commands: {
    serve: { kind: "argv", argv: ["shop", "{host}:{port}"], help: "Serve the shop", origin: "platform" },
  },
  processes: { web: { argv: ["shop"], instances: 1, overlap: "allowed" } },
  objects: { app: { interface: "wsgi", module: "shop", attribute: "app", isFactory: false } },
};

export function fileEntry(path: string, text: string, { isExecutable = false } = {}): LayerEntry {
  return { kind: "file", path, isExecutable, content: fromBytes(Buffer.from(text)) };
}

/** An application of one file with one distribution, as small as artifacts are. */
export async function smallContent(
  directory: string,
  { source = "app = None\n", version = "1.0" } = {},
): Promise<ArtifactContent> {
  const layers = join(directory, "layers");
  const application = await writeLayer(
    [fileEntry("app/shop.py", source), { kind: "link", path: "app/again", target: "shop.py" }],
    layers,
    { kind: "application" },
  );
  const dist = await writeLayer(
    [
      fileEntry("site-packages/cart.py", "items = []\n"),
      fileEntry("scripts/cart", "#!python\n", { isExecutable: true }),
    ],
    layers,
    { kind: "distribution" },
  );
  return {
    holdall: "0.1.0",
    name: "shop",
    version,
    description: { name: "shop", platform: ["wsgi"] },
    layers: [
      { ...dist, name: "cart", version: "2.1" },
      { ...application, name: "shop", version },
    ],
    targets: [
      {
        python: { implementation: "cpython", version: "3.11", abi: "cp311" },
        processor: "any",
        layers: [dist.identity, application.identity],
        plan: SMALL_PLAN,
      },
    ],
    support: {
      "__main__.py": Buffer.from("print('shop')\n"),
      "holdall_support/__init__.py": Buffer.alloc(0),
    },
    renderPrefix: (_, identity) => `#!/bin/sh\nholdall_id='${identity}'\necho shop\nexit\n`,
  };
}

/** @returns path of the sealed file. */
export async function writeSmallArtifact(
  directory: string,
  options: { readonly source?: string; readonly version?: string; readonly file?: string } = {},
): Promise<string> {
  const { path } = await writeArtifact(
    await smallContent(directory, options),
    join(directory, options.file ?? "shop.holdall"),
  );
  return path;
}
