import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeWheel, startPackageIndex } from "../../testing/package-index.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import type { BuildRun } from "../build-run.ts";
import { separateCredentials } from "./credentials.ts";
import { fetchUv } from "./fetch-uv.ts";
import { findFileAddress } from "./find-file-address.ts";
import { findIndex, parsePipIndex, parseUvIndex } from "./find-index.ts";
import { UV_VERSION } from "./uv-release.ts";

const UV = makeWheel({
  name: "uv",
  version: UV_VERSION,
  files: {
    [`uv-${UV_VERSION}.data/scripts/uv`]: "#!/bin/sh\necho uv\n",
    [`uv-${UV_VERSION}.data/scripts/uvx`]: "no",
  },
});

function runIn(directory: string, env: NodeJS.ProcessEnv): BuildRun {
  return {
    ...{ directory, work: directory, cache: directory, env: { HOME: directory, ...env } },
    ...{ signal: undefined, onEvent: () => {} },
  };
}

for (const isHtmlOnly of [true, false]) {
  test(`fetches the program from an index that answers ${isHtmlOnly ? "HTML" : "JSON"}`, async (t) => {
    const index = await startPackageIndex(t, [UV], { isHtmlOnly });
    const directory = await makeDirectory(t);
    const path = join(directory, "tools/uv");
    await fetchUv(runIn(directory, { UV_DEFAULT_INDEX: index.url }), UV, path);
    assert.equal(readFileSync(path, "utf8"), "#!/bin/sh\necho uv\n");
    assert.equal(statSync(path).mode & 0o700, 0o700);
  });
}

test("credentials come from the address or from netrc, and are in no message", async (t) => {
  const password = "s3cret-of-the-index";
  const index = await startPackageIndex(t, [UV], { user: "builder", password });
  const directory = await makeDirectory(t);
  const path = join(directory, "uv");
  await fetchUv(runIn(directory, { PIP_INDEX_URL: index.url }), UV, path);

  const bare = index.url.replace(/\/\/.*@/, "//");
  writeFileSync(join(directory, ".netrc"), `machine 127.0.0.1\n  login builder\n  password ${password}\n`);
  await fetchUv(runIn(directory, { UV_INDEX_URL: bare }), UV, path);

  const host = new URL(bare).host;
  const wrong = index.url.replace(password, "another");
  const message = `cannot fetch uv ${UV_VERSION}: ${host} answers 401`;
  await assert.rejects(fetchUv(runIn(directory, { UV_DEFAULT_INDEX: wrong }), UV, path), {
    code: "index_unreachable",
    message,
  });
});

test("refuses another file than the pinned one, and writes nothing", async (t) => {
  const index = await startPackageIndex(t, [UV]);
  const directory = await makeDirectory(t);
  const path = join(directory, "uv");
  const pinned = { file: UV.file, sha256: "0".repeat(64) };
  await assert.rejects(fetchUv(runIn(directory, { UV_DEFAULT_INDEX: index.url }), pinned, path), {
    code: "hash_mismatch",
    message: `cannot fetch uv ${UV_VERSION}: ${UV.file} on the index has the sha256 ${UV.sha256}, not ${pinned.sha256}`,
  });
  assert.throws(() => statSync(path), { code: "ENOENT" });
});

test("says so when the index does not have it", async (t) => {
  const index = await startPackageIndex(t, [makeWheel({ name: "uv", version: "0.1" })]);
  const directory = await makeDirectory(t);
  await assert.rejects(
    fetchUv(runIn(directory, { UV_DEFAULT_INDEX: index.url }), UV, join(directory, "uv")),
    {
      code: "tool_not_found",
      message: `cannot fetch uv ${UV_VERSION}: the index ${new URL(index.url).host} does not have ${UV.file}`,
    },
  );
});

test("an index is named by variables, then by uv's files, then by pip's", async (t) => {
  const directory = await makeDirectory(t);
  const named = (env: NodeJS.ProcessEnv) => findIndex(runIn(directory, env));
  writeFileSync(join(directory, "pip.conf"), "[global]\nindex-url = https://pip.example/simple\n");
  const pip = { PIP_CONFIG_FILE: join(directory, "pip.conf") };
  assert.equal(await named(pip), "https://pip.example/simple/");
  writeFileSync(join(directory, "pyproject.toml"), '[tool.uv]\nindex-url = "https://uv.example/simple/"\n');
  assert.equal(await named(pip), "https://uv.example/simple/");
  assert.equal(
    await named({ ...pip, UV_DEFAULT_INDEX: "own=https://env.example/s" }),
    "https://env.example/s/",
  );
});

const UV_FILES: [text: string, isProject: boolean, expected: string | undefined][] = [
  ['index-url = "https://a/"', false, "https://a/"],
  ['[pip]\nindex-url = "https://a/"', false, "https://a/"],
  ['[[index]]\nurl = "https://x/"\n[[index]]\nurl = "https://a/"\ndefault = true', false, "https://a/"],
  ['[[tool.uv.index]]\nurl = "https://a/"\ndefault = true', true, "https://a/"],
  ['[[index]]\nurl = "https://x/"', false, undefined],
  ["not toml", false, undefined],
];
for (const [text, isProject, expected] of UV_FILES) {
  test(`the index of ${JSON.stringify(text)} is ${expected}`, () =>
    assert.equal(parseUvIndex(text, isProject), expected));
}

test("pip's configuration is read from its sections", () => {
  assert.equal(parsePipIndex("[global]\nindex_url=https://a/\n"), "https://a/");
  assert.equal(parsePipIndex("[list]\nindex-url = https://a/\n"), undefined);
});

const NETRC =
  "machine a.example login u password p\nmachine b.example\n  password q\n  login v\ndefault login d password e\n";
const LOGINS: [address: string, url: string, pair: string | undefined][] = [
  ["https://x%40y:z%2F@a.example/s/", "https://a.example/s/", "x@y:z/"],
  ["https://token@a.example/", "https://a.example/", "token:"],
  ["https://a.example/", "https://a.example/", "u:p"],
  ["https://b.example/", "https://b.example/", "v:q"],
  ["https://c.example/", "https://c.example/", "d:e"],
];
for (const [address, url, pair] of LOGINS) {
  test(`asks ${address} as ${pair}`, () => {
    const authorization = `Basic ${Buffer.from(pair ?? "").toString("base64")}`;
    assert.deepEqual(separateCredentials(address, NETRC), { url, headers: { authorization } });
  });
}

test("finds a file among odd links", () => {
  const html = "<a class=x data-x='1' href='../../f/uv-1%2Blocal.whl?a=1&amp;b=2#sha256=00'>text</a>";
  const found = findFileAddress(html, "uv-1+local.whl", {
    contentType: "text/html",
    base: "https://a.example/simple/uv/",
  });
  assert.equal(found, "https://a.example/f/uv-1%2Blocal.whl?a=1&b=2");
  assert.equal(
    findFileAddress("<p>", "uv.whl", { contentType: "text/html", base: "https://a.example/" }),
    undefined,
  );
  assert.equal(
    findFileAddress("{", "uv.whl", { contentType: "application/json", base: "https://a.example/" }),
    undefined,
  );
});
