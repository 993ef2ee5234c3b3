import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { findPublishedFile } from "./find-published-file.ts";

const FILES = [
  "public/a.css",
  "public/deep/b c.txt",
  "public/é.txt",
  "public/50%.txt",
  "public/.env",
  "public/.git/config",
  "public/.well-known/security.txt",
  "public/static/shadowed.txt",
  "assets/c.js",
  "assets-private/d.js",
  "secret.txt",
];

async function prepare(t: TestContext) {
  const directory = await makeDirectory(t);
  for (const path of FILES) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), path);
  }
  for (const [target, link] of [
    ["a.css", "inside"],
    ["../secret.txt", "out"],
    [join(directory, "secret.txt"), "absolute"],
    ["..", "up"],
    [".env", "dotted"],
    ["loop", "loop"],
    ["nowhere", "dangling"],
  ] as const) {
    symlinkSync(target, join(directory, "public", link));
  }
  symlinkSync("public", join(directory, "linked"));
  execFileSync("mkfifo", [join(directory, "public/pipe")]);
  const published = [
    { path: "/", directory: join(directory, "public") },
    { path: "/static/", directory: join(directory, "assets") },
    { path: "/l/i", directory: join(directory, "linked") },
    { path: "/gone", directory: join(directory, "gone") },
  ];
  const find = async (target: string) => {
    const found = await findPublishedFile(published, target);
    return found?.replace(`${directory}/`, "");
  };
  return { directory, find };
}

const FOUND: readonly (readonly [target: string, path: string])[] = [
  ["/a.css", "public/a.css"],
  ["/a.css?v=1/../..", "public/a.css"],
  ["/%61.css", "public/a.css"],
  ["/deep/b%20c.txt", "public/deep/b c.txt"],
  ["/%C3%A9.txt", "public/é.txt"],
  ["/50%25.txt", "public/50%.txt"],
  ["/.well-known/security.txt", "public/.well-known/security.txt"],
  ["/inside", "public/a.css"],
  ["/static/c.js", "assets/c.js"],
  ["/%73tatic/c.js", "assets/c.js"],
  ["/l/i/a.css", "public/a.css"],
];

/** What goes on to `web`. */
const NOT_FOUND = [
  ...[
    "/",
    "/deep",
    "/deep/",
    "/a.css/",
    "/a.css/x",
    "/missing",
    "/A.css",
    "",
    "*",
    "a.css",
    "//a.css",
    "/deep//b%20c.txt",
  ],
  ...["http://host/a.css", "/static", "/staticc.js", "/static-private/d.js", "/gone/a.css"],
  "/static/shadowed.txt", // the longest path alone counts
  ...[
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/.%2E/secret.txt",
    "/deep/../a.css",
    "/deep/%2e%2e/a.css",
    "/./a.css",
  ],
  ...["/..%2fsecret.txt", "/deep%2fb%20c.txt", "/%2fetc%2fpasswd", "/static/..%5c..%5csecret.txt"],
  ...["/a.css%00", "/a.css%00.txt", "/%", "/%zz", "/%FF", "/%C0%AE%C0%AE/secret.txt", `/${"a".repeat(300)}`],
  ...["/.env", "/%2eenv", "/.git/config", "/.well-known/../.env", "/deep/.well-known"],
  ...["/out", "/absolute", "/up/secret.txt", "/dotted", "/loop", "/dangling", "/pipe"],
];

test("finds ordinary files in what is published, by their decoded names", async (t) => {
  const { find } = await prepare(t);
  for (const [target, path] of FOUND) assert.equal(await find(target), path, target);
});

test("finds nothing else: no directories, no names with dots, nothing outside by any writing or link", async (t) => {
  const { find } = await prepare(t);
  for (const target of NOT_FOUND) assert.equal(await find(target), undefined, target);
});
