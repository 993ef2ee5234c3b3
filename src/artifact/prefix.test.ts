import assert from "node:assert/strict";
import { test } from "node:test";
import { runProcess } from "../system/run-process.ts";
import { SMALL_PLAN } from "../testing/small-artifact.ts";
import type { Target } from "./manifest.ts";
import { renderPrefix } from "./prefix.ts";
import { parsePrefixIdentity, withIdentity } from "./prefix-identity.ts";

const ID = "5".repeat(64);

const target = (version: string, abi: string, rest: Partial<Target> = {}): Target => ({
  python: { implementation: "cpython", version, abi },
  processor: "any",
  layers: [],
  plan: SMALL_PLAN,
  ...rest,
});

const GLIBC = { processor: "x86_64", libc: { kind: "glibc", floor: "2.17" } } as const;
const FACTS = { name: "shop", version: "1.0+b-2!", targets: [target("3.11", "cp311")] };

test("is of the form that the format wants, and differs by the identity alone", () => {
  const prefix = Buffer.from(renderPrefix(FACTS, ID));
  assert.equal(parsePrefixIdentity(prefix), ID);
  const other = "a".repeat(64);
  assert.deepEqual(Buffer.from(renderPrefix(FACTS, other)), withIdentity(prefix, other));
});

test("names what the targets serve, once each, in their order", () => {
  const targets = [
    target("3.12", "cp312", GLIBC),
    target("3.13", "cp313t", { processor: "aarch64", libc: { kind: "musl", floor: "1.2" } }),
    target("3.12", "cp312", GLIBC),
    target("3.11", "cp311"),
  ];
  const lines = renderPrefix({ ...FACTS, targets }, ID).split("\n");
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.split("'")[1];
  assert.equal(
    value("holdall_serves"),
    "Python 3.12 on x86_64 with glibc 2.17 or newer, or Python 3.13 (cp313t) on aarch64 with musl 1.2 or newer, or Python 3.11",
  );
  assert.equal(value("holdall_accepts"), "cp312/x86_64/glibc/2.17 cp313t/aarch64/musl/1.2 cp311/any");
  assert.equal(value("holdall_commands"), "python3.12:python3.13:python3.11:python3:python");
});

test("every shell can read it", async () => {
  const { status, stderr } = await runProcess(["sh", "-n"], {
    env: process.env,
    input: renderPrefix(FACTS, ID),
  });
  assert.deepEqual([status, stderr], [0, ""]);
});

const HOSTILE = "x'; echo evil; '";
const REFUSED: [title: string, render: () => string][] = [
  ["name", () => renderPrefix({ ...FACTS, name: HOSTILE }, ID)],
  ["version", () => renderPrefix({ ...FACTS, version: HOSTILE }, ID)],
  ["identity", () => renderPrefix(FACTS, HOSTILE)],
  ["identity", () => renderPrefix(FACTS, `${ID}\n`)],
  [
    "processor",
    () => renderPrefix({ ...FACTS, targets: [target("3.11", "cp311", { processor: HOSTILE })] }, ID),
  ],
  [
    "libc",
    () =>
      renderPrefix(
        { ...FACTS, targets: [target("3.11", "cp311", { libc: { kind: "glibc", floor: HOSTILE } })] },
        ID,
      ),
  ],
  ["version of Python", () => renderPrefix({ ...FACTS, targets: [target(HOSTILE, "cp311")] }, ID)],
  ["ABI", () => renderPrefix({ ...FACTS, targets: [target("3.11", HOSTILE)] }, ID)],
  ["no target", () => renderPrefix({ ...FACTS, targets: [] }, ID)],
];

for (const [title, render] of REFUSED) {
  test(`puts nothing into sh that is not of the expected form: ${title}`, () => {
    assert.throws(render, /^Error: cannot put [a-z]+ /);
  });
}
