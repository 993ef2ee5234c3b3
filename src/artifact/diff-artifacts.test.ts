import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fileEntry, makeDirectory, SMALL_PLAN, smallContent } from "../testing/small-artifact.ts";
import { diffArtifacts } from "./diff-artifacts.ts";
import { writeLayer } from "./layer.ts";
import { openArtifact } from "./open-artifact.ts";
import { writeArtifact } from "./write-artifact.ts";

const NOTHING = { added: [], removed: [], changed: [] };

test("an artifact does not differ from itself", async (t) => {
  const directory = await makeDirectory(t);
  const { path } = await writeArtifact(await smallContent(directory), join(directory, "shop.holdall"));
  const artifact = await openArtifact(path);
  const { layers, ...difference } = diffArtifacts(artifact, artifact);
  assert.deepEqual(difference, {
    isSame: true,
    distributions: [],
    bytesToMove: 0,
    commands: NOTHING,
    processes: NOTHING,
    targets: NOTHING,
    description: NOTHING,
  });
  assert.deepEqual(
    [layers.added, layers.removed, layers.same.map(({ name }) => name)],
    [[], [], ["shop", "cart"]],
  );
});

test("a one-line change moves the application's layer, manifest and prefix", async (t) => {
  const directory = await makeDirectory(t);
  const old = await writeArtifact(await smallContent(directory), join(directory, "old.holdall"));
  const current = await writeArtifact(
    await smallContent(directory, { source: "app = 1\n" }),
    join(directory, "new.holdall"),
  );
  const to = await openArtifact(current.path);
  const difference = diffArtifacts(await openArtifact(old.path), to);
  const { added, removed, same } = difference.layers;
  const names = [added, removed, same].map((layers) => layers.map(({ kind, name }) => `${kind} ${name}`));
  assert.deepEqual(names, [["application shop"], ["application shop"], ["distribution cart"]]);
  const [layer] = added;
  const manifest = to.members.get("manifest.json");
  assert.ok(layer !== undefined && manifest !== undefined);
  assert.equal(difference.bytesToMove, layer.transport.size + manifest.size + to.prefix.size);
  assert.equal(difference.isSame, false);
});

test("names what came, went and changed", async (t) => {
  const directory = await makeDirectory(t);
  const old = await smallContent(directory);
  const [cart, shop] = old.layers;
  const [target] = old.targets;
  assert.ok(cart !== undefined && shop !== undefined && target !== undefined);
  const distribution = { kind: "distribution" } as const;
  const newer = await writeLayer(
    [fileEntry("site-packages/cart.py", "items = ()\n")],
    join(directory, "layers"),
    distribution,
  );
  const extra = await writeLayer(
    [fileEntry("site-packages/till.py", "")],
    join(directory, "layers"),
    distribution,
  );
  const { serve } = SMALL_PLAN.commands;
  assert.ok(serve !== undefined);
  const plan = {
    ...SMALL_PLAN,
    commands: { serve: { ...serve, help: "Serve" }, check: serve },
    processes: {},
  };
  const current = {
    ...old,
    description: { name: "shop", deb: [] },
    layers: [{ ...newer, name: "cart", version: "2.2" }, { ...extra, name: "till", version: "1" }, shop],
    targets: [
      {
        ...target,
        processor: "x86_64",
        libc: { kind: "glibc", floor: "2.28" } as const,
        layers: [newer.identity, extra.identity, shop.identity],
        plan,
      },
    ],
  };
  const { path: from } = await writeArtifact(old, join(directory, "old.holdall"));
  const { path: to } = await writeArtifact(current, join(directory, "new.holdall"));
  const { distributions, commands, processes, targets, description } = diffArtifacts(
    await openArtifact(from),
    await openArtifact(to),
  );
  assert.deepEqual(distributions, [
    { name: "cart", from: "2.1", to: "2.2" },
    { name: "till", from: undefined, to: "1" },
  ]);
  assert.deepEqual(commands, { added: ["check"], removed: [], changed: ["serve"] });
  assert.deepEqual(processes, { added: [], removed: ["web"], changed: [] });
  assert.deepEqual(targets, { added: ["cp311 x86_64 glibc 2.28"], removed: ["cp311 any"], changed: [] });
  assert.deepEqual(description, { added: ["deb"], removed: ["platform"], changed: [] });
});
