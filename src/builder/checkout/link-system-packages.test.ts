import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { PYTHON } from "../../testing/artifact-to-start.ts";
import { playDpkg } from "../../testing/play-dpkg.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { linkSystemPackages } from "./link-system-packages.ts";

const FACTS =
  "import site, sys; print(site.getsitepackages([sys.base_prefix])[0], '%d.%d' % sys.version_info[:2])";

test("modules of system packages are linked into a checkout's environment, and go when they go", async (t) => {
  const [root = "", version = ""] = execFileSync(PYTHON.path, ["-c", FACTS], { encoding: "utf8" })
    .trim()
    .split(" ");
  const database = await playDpkg(t, [
    { name: "python3-shop", files: [`${root}/shop/__init__.py`, `${root}/shop/cart.py`] },
    {
      name: "libother1",
      files: ["/usr/lib/libother.so.1"],
    },
    { name: "python3-far", files: ["/usr/lib/python3.1/dist-packages/far.py"] },
  ]);
  const prefix = await makeDirectory(t);
  const library = join(prefix, `lib/python${version}`);
  await mkdir(join(library, "site-packages"), { recursive: true });
  const link = async (...deb: string[]) => {
    const warnings: string[] = [];
    const plan = deb.length === 0 ? {} : { systemPackages: { deb, rpm: [] } };
    const env = { PATH: [database, process.env["PATH"]].join(delimiter) };
    const onEvent = (event: { kind: string; message?: string }) =>
      void warnings.push(event.message ?? event.kind);
    const interpreter = { executable: PYTHON.path, version };
    await linkSystemPackages({ env, onEvent, signal: undefined }, prefix, { plan, interpreter });
    return warnings;
  };
  const shop = join(library, "system-packages/shop");

  assert.deepEqual(await link("python3-shop", "libother1"), []);
  assert.equal(readlinkSync(shop), `${root}/shop`);
  assert.equal(
    readFileSync(join(library, "site-packages/~holdall-system.pth"), "utf8"),
    "../system-packages\n",
  );
  assert.deepEqual(await link("python3-shop", "python3-gone"), [
    "it needs packages that this system lacks: python3-gone. Run `apt-get install python3-gone` as root.",
  ]);
  assert.equal(existsSync(shop), false);
  assert.match(
    (await link("python3-far")).join(),
    /^the modules of its package python3-far are for another Python/,
  );

  await link("python3-shop");
  assert.deepEqual(await link(), []);
  assert.equal(existsSync(join(library, "system-packages")), false);
});
