import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProcess } from "../../system/run-process.ts";
import { makeWorkshop } from "../../testing/build-fixture.ts";
import { packTestInterpreter } from "../../testing/inside.ts";
import { startPythonMirror } from "../../testing/python-mirror.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { parseManagedRequest } from "./managed-interpreter.ts";

test("uv:VERSION is installed by uv from its mirror, once, and goes inside", async (t) => {
  const { layer, machine } = await packTestInterpreter();
  // A layer of kind interpreter is laid out as python-build-standalone lays out its archives.
  const archive = readFileSync(layer.path);
  const mirror = await startPythonMirror(t, {
    version: layer.version,
    processor: machine.processor,
    archive,
  });
  const workshop = await makeWorkshop(t, {
    "holdall.yaml":
      'name: shop\nplatform: python\ninterpreter: inside\ncommands:\n  where: { script: "where.py" }\n',
    "where.py": "import os, sys\nprint(sys.version.split()[0], os.path.realpath(sys.executable))\n",
  });
  const env = {
    ...process.env,
    HOME: workshop.home,
    UV_PYTHON_INSTALL_MIRROR: mirror.url,
    UV_PYTHON_DOWNLOADS_JSON_URL: mirror.listUrl,
    UV_PYTHON_INSTALL_DIR: join(workshop.home, "pythons"),
    UV_CACHE_DIR: join(workshop.home, "uv"),
  };
  const minor = layer.version.split(".").slice(0, 2).join(".");
  const options = { env, pythons: [`uv:${minor}`] };
  const first = await workshop.build(options);
  assert.match(mirror.requests.join("\n"), /\/mirror\/20250101\/cpython-/);
  const again = await workshop.build(options);
  assert.equal(again.identity, first.identity);
  assert.equal(mirror.requests.filter((path) => path.startsWith("/mirror/")).length, 1);

  const cache = await makeDirectory(t);
  const { status, stdout, stderr } = await runProcess([first.path, "where"], {
    env: { HOLDALL_CACHE: cache, PATH: "/usr/bin:/bin" },
  });
  assert.equal(status, 0, stderr);
  assert.ok(stdout.startsWith(`${layer.version} ${cache}/releases/`), stdout);
});

test("a mirror that does not answer is named", async (t) => {
  const workshop = await makeWorkshop(t, { "holdall.yaml": "name: shop\nplatform: python\n" });
  const env = {
    ...process.env,
    HOME: workshop.home,
    UV_HTTP_RETRIES: "0",
    UV_PYTHON_INSTALL_DIR: join(workshop.home, "pythons"),
    UV_PYTHON_INSTALL_MIRROR: "http://127.0.0.1:9/mirror",
  };
  await assert.rejects(workshop.build({ env, pythons: ["uv:3.12"] }), {
    code: "index_unreachable",
    message: /^cannot install Python 3\.12: 127\.0\.0\.1:9 does not answer$/,
  });
});

const REQUESTS: readonly [wanted: string | undefined, expected: ReturnType<typeof parseManagedRequest>][] = [
  ["uv", { version: undefined }],
  ["uv:3.12", { version: "3.12" }],
  ["uv:3.13t", { version: "3.13t" }],
  ["uv:", undefined],
  ["uv:/usr/bin/python3", undefined],
  ["3.12", undefined],
  [undefined, undefined],
];

test("what asks for a Python that uv manages", () => {
  for (const [wanted, expected] of REQUESTS) assert.deepEqual(parseManagedRequest(wanted), expected, wanted);
});
