import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type ArtifactToStart, makeArtifactToStart, PYTHON, start } from "../testing/artifact-to-start.ts";
import { makeArtifactForAnyUser } from "../testing/for-any-user.ts";
import { makeArtifactInside } from "../testing/inside.ts";
import { needRoot } from "../testing/needs.ts";
import { removeReadOnly } from "../testing/small-artifact.ts";

const NOBODY = 65534;
/** A group that has members beside root, whoever they are. */
const USERS = 100;

/** An ACL by which user 65534 may write, as setfacl(1) sets it: acl(5), its version 2 as the kernel stores it. */
const SET_ACL = `import os, struct, sys
none = 0xFFFFFFFF
entries = [(1, 7, none), (2, 7, 65534), (4, 5, none), (16, 7, none), (32, 5, none)]
value = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
os.setxattr(sys.argv[1], "system.posix_acl_access", value)`;

interface Rights {
  readonly title: string;
  readonly mode: number;
  /** Of the cache; the cache itself unless it is named. */
  readonly part?: string;
  readonly gid?: number;
  readonly hasAcl?: boolean;
  readonly isRefused: boolean;
}

const RIGHTS: readonly Rights[] = [
  { title: "everybody may write", mode: 0o777, isRefused: true },
  { title: "all others may write", mode: 0o757, isRefused: true },
  { title: "everybody may write to the layers", mode: 0o777, part: "layers", isRefused: true },
  { title: "everybody may write to sticky layers", mode: 0o1777, part: "layers", isRefused: true },
  { title: "everybody may write to what is being made", mode: 0o777, part: "work", isRefused: true },
  { title: "a group of others may write", mode: 0o775, gid: USERS, isRefused: true },
  { title: "an ACL lets another user write", mode: 0o755, hasAcl: true, isRefused: true },
  { title: "everybody may add to a sticky directory", mode: 0o1777, isRefused: false },
  { title: "the user's own group may write, as with umask 002", mode: 0o775, isRefused: false },
  { title: "others may read", mode: 0o755, gid: USERS, isRefused: false },
];

test("a cache that others can change is refused, and nothing is put there", async (t) => {
  if (!needRoot(t)) return;
  for (const make of [makeArtifactToStart, makeArtifactInside]) {
    const artifact = await make(t);
    // A Python inside takes seconds to unpack, so there it is looked at once that a cache is not refused for nothing.
    const served = RIGHTS.filter(({ isRefused }) => !isRefused).slice(make === makeArtifactInside ? 2 : 0);
    for (const rights of [...RIGHTS.filter(({ isRefused }) => isRefused), ...served]) {
      await assertJudged(artifact, rights);
      removeReadOnly(artifact.cache);
    }
  }
});

async function assertJudged(artifact: ArtifactToStart, rights: Rights): Promise<void> {
  const { title, mode, part = "", gid = 0, hasAcl = false, isRefused } = rights;
  const path = join(artifact.cache, part);
  mkdirSync(path, { recursive: true });
  chownSync(path, 0, gid);
  chmodSync(path, mode);
  if (hasAcl) execFileSync(PYTHON.path, ["-c", SET_ACL, path]);
  const { status, stderr } = await start(artifact, ["cart"]);
  const refusal = `cannot start shop 1.0: its cache ${path} can be changed by other users\nhint: Set HOLDALL_CACHE to a new directory; one below ${artifact.cache} will do.\n`;
  assert.deepEqual([status, stderr], isRefused ? [1, refusal] : [0, ""], title);
  if (isRefused) assert.deepEqual(readdirSync(path), [], title);
}

test("root uses no cache in a directory of another user, as by sudo with their HOME, and leaves nothing there", async (t) => {
  if (!needRoot(t)) return;
  for (const make of [makeArtifactToStart, makeArtifactInside]) {
    const artifact = await make(t);
    const home = join(artifact.data, "home");
    mkdirSync(home);
    chownSync(home, NOBODY, NOBODY);
    const { status, stderr } = await start(artifact, ["cart"], { env: { HOLDALL_CACHE: "", HOME: home } });
    assert.equal(
      stderr,
      `cannot start shop 1.0: its cache ${home}/.cache/holdall lies below ${home}, which belongs to another user\nhint: Set HOLDALL_CACHE to a directory of root, such as /var/cache/holdall; with sudo, use its option -H.\n`,
    );
    assert.deepEqual([status, readdirSync(home)], [1, []]);
  }
});

test("another user may have a cache wherever they may write", async (t) => {
  if (!needRoot(t)) return;
  const artifact = await makeArtifactForAnyUser(t);
  const above = join(artifact.data, "above");
  mkdirSync(above);
  chownSync(above, 1, 1);
  chmodSync(above, 0o777);
  const by = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const env = { HOLDALL_CACHE: join(above, "cache") };
  const { status, stderr } = await start(artifact, ["cart"], { by, env });
  assert.deepEqual([status, stderr], [0, ""]);
});
