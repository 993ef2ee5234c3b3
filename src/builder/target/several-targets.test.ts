import assert from "node:assert/strict";
import { test } from "node:test";
import type { Manifest } from "../../artifact/manifest.ts";
import { openArtifact } from "../../artifact/open-artifact.ts";
import {
  isTargetPlatform,
  parseTargetPlatform,
  type TargetPlatform,
} from "../../description/target-platform.ts";
import { makeWorkshop } from "../../testing/build-fixture.ts";
import { makeSource, makeWheel, startPackageIndex, type Wheel } from "../../testing/package-index.ts";
import { smallElf } from "../../testing/small-elf.ts";

const PURE = makeWheel({ name: "basket", files: { "basket.py": "size = 3\n" } });
const CODE = { x86_64: 62, aarch64: 183 } as const;

/** A distribution with machine code; of musl the symbols have no versions. */
function makeNative(tag: string, { name = "engine", floor = "2.17" } = {}): Wheel {
  const machine = tag.endsWith("aarch64") ? CODE.aarch64 : CODE.x86_64;
  const elf = smallElf({ machine, versions: tag.includes("musl") ? [] : [`GLIBC_${floor}`] });
  return makeWheel({ name, tag, files: { "engine/__init__.py": "power = 1\n", "engine/code.so": elf } });
}

const NATIVE = [
  "cp38-abi3-manylinux_2_17_x86_64",
  "cp38-abi3-manylinux_2_28_aarch64",
  "cp38-abi3-musllinux_1_1_x86_64",
].map((tag) => makeNative(tag));

function machines(...words: readonly string[]): readonly TargetPlatform[] {
  return words.map((word) => {
    const platform = parseTargetPlatform(word);
    assert.ok(isTargetPlatform(platform), word);
    return platform;
  });
}

const describe = (pip: string) => ({
  "holdall.yaml": `name: shop\nplatform: python\npip: ${pip}\n`,
  "shop.py": "import engine\n",
});

function namesOf({ layers, targets }: Manifest, index: number): string[] {
  return (targets[index]?.layers ?? []).map(
    (identity) => `${layers[identity]?.kind} ${layers[identity]?.name}`,
  );
}

test("several machines from one lock: pure layers and bytecode once, machine code and floors for each", async (t) => {
  const index = await startPackageIndex(t, [PURE, ...NATIVE]);
  const workshop = await makeWorkshop(t, describe("[engine, basket]"), index.url);
  const built = await workshop.build({
    targets: machines("x86_64", "aarch64", "x86_64-musl"),
    checkImports: false,
  });
  assert.match(built.path, /\/shop-0-cp3\d+-x86_64\.aarch64\.x86_64_musl\.holdall$/);
  assert.deepEqual(
    built.targets.map(({ processor, libc }) => `${processor} ${libc?.kind} ${libc?.floor}`),
    ["x86_64 glibc 2.17", "aarch64 glibc 2.17", "x86_64 musl 1.1"],
  );
  const { manifest } = await openArtifact(built.path);
  const all = Object.values(manifest.layers).map(({ kind, name }) => `${kind} ${name}`);
  assert.deepEqual(all.sort(), [
    "application shop",
    "bytecode basket",
    "bytecode engine",
    "bytecode shop",
    "distribution basket",
    "distribution engine",
    "distribution engine",
    "distribution engine",
  ]);
  for (const place of [0, 1, 2]) assert.equal(namesOf(manifest, place).length, 6);

  const again = await workshop.build({
    ...{ uv: "/nowhere/uv", checkImports: false },
    targets: machines("x86_64", "aarch64", "x86_64-musl"),
  });
  assert.deepEqual([again.identity, again.layers], [built.identity, { made: 0, reused: 8 }]);
});

test("targets of the description; imports of other machines are not checked, and that is said", async (t) => {
  const index = await startPackageIndex(t, [PURE, ...NATIVE]);
  const files = describe("[engine]");
  const described = `${files["holdall.yaml"]}targets: aarch64\napp: shop:engine\n`;
  const workshop = await makeWorkshop(t, { ...files, "holdall.yaml": described }, index.url);
  const built = await workshop.build();
  assert.deepEqual(
    built.targets.map(({ processor }) => processor),
    ["aarch64"],
  );
  const notes = workshop.events.flatMap((event) => (event.kind === "note" ? [event.message] : []));
  assert.equal(notes.length, 1);
  assert.match(
    notes[0] ?? "",
    /^imports are not checked for cp3\d+ on aarch64 with glibc 2\.28: this machine/,
  );
});

test("an application without machine code is one target, whatever was asked for", async (t) => {
  const index = await startPackageIndex(t, [PURE]);
  const workshop = await makeWorkshop(t, { ...describe("[basket]"), "shop.py": "" }, index.url);
  const built = await workshop.build({ targets: machines("x86_64", "aarch64", "aarch64-musl") });
  assert.match(built.path, /\/shop-0-cp3\d+-any\.holdall$/);
  assert.equal(built.targets.length, 1);
});

test("what has only its source is built when that makes a pure wheel", async (t) => {
  const index = await startPackageIndex(t, [makeSource("basket", "py3-none-any")]);
  const workshop = await makeWorkshop(t, { ...describe("[basket]"), "shop.py": "" }, index.url);
  assert.match((await workshop.build({ targets: machines("aarch64-musl") })).path, /-any\.holdall$/);
});

const REFUSED: [title: string, wheels: readonly Wheel[], target: string, reason: RegExp][] = [
  [
    "wheels for other machines only",
    NATIVE,
    "aarch64-musl",
    /^it has no wheel for cp3\d+ on aarch64 with musl 1\.2, only for cp38-manylinux_2_17_x86_64, cp38-manylinux_2_28_aarch64, cp38-musllinux_1_1_x86_64$/,
  ],
  [
    "wheels for a newer libc than that of the target",
    NATIVE,
    "aarch64-glibc2.17",
    /^it has no wheel for cp3\d+ on aarch64 with glibc 2\.17, only for /,
  ],
  [
    "a source that becomes machine code",
    [makeSource("engine", "py3-none-linux_x86_64", smallElf())],
    "x86_64-musl",
    /^it has no wheel for cp3\d+ on x86_64 with musl 1\.2, only its source, which does not become a pure wheel here$/,
  ],
  [
    "a source that becomes machine code of this processor",
    [makeSource("engine", "py3-none-linux_x86_64", smallElf())],
    "aarch64",
    /^it has no wheel for cp3\d+ on aarch64 with glibc 2\.28, only its source, which does not become a pure wheel here$/,
  ],
  [
    "a wheel that needs a newer libc than it says",
    [makeNative("cp38-abi3-manylinux_2_17_x86_64", { floor: "2.30" })],
    "x86_64-glibc2.28",
    /^it has no wheel for cp3\d+ on x86_64 with glibc 2\.28, its wheel needs glibc 2\.30$/,
  ],
];

for (const [title, wheels, target, reason] of REFUSED) {
  test(`a distribution without a wheel for a target is refused: ${title}`, async (t) => {
    const index = await startPackageIndex(t, [PURE, ...wheels]);
    const workshop = await makeWorkshop(t, describe("[engine, basket]"), index.url);
    await assert.rejects(
      workshop.build({ targets: machines(target) }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "wheel_not_found", error.message);
        assert.match(error.message, /^cannot install engine 1\.0: /);
        assert.match(error.message.replace("cannot install engine 1.0: ", ""), reason);
        return true;
      },
    );
    assert.deepEqual(workshop.leftovers(), []);
  });
}
