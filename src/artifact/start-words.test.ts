import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { type Facts, makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import type { ArgvCommand } from "./plan.ts";

// Between a description and its process there is `sh`: the prefix, and the ready file that it sources. Neither may read a
// word as anything but that word.

/** Each character that sh knows, alone and between others, and what would run something. */
const WORDS = [
  ...Array.from(" \t\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", (one) => [one, `a${one}b`]).flat(),
  ...[
    "",
    "$(touch evil)",
    "`touch evil`",
    ";touch evil",
    "';touch evil;'",
    '";touch evil;"',
    "$HOME",
    "~root",
    "*",
  ],
  ...[
    "-n",
    "--",
    "a\\",
    "\\n",
    "é",
    "\u001b[2J",
    "> evil",
    "| touch evil",
    "&& touch evil",
    "\ntouch evil\n",
  ],
];

/** What a command's name may be, docs/plan.md: no white space, slash or backslash. */
const NAMES = [
  ..."!\"#$%&'()*+,:;<=>?@[]^_`{|}~",
  ...[
    "$(touch$IFS.evil)",
    "`touch$IFS.evil`",
    "';touch$IFS.evil;'",
    ";evil",
    "|evil",
    "&evil",
    "a)evil",
    "[a-z]*",
    "é",
  ],
];

test("no word of a plan or of a call is more than a word to sh", async (t) => {
  const planned = WORDS.map((word) => word.replaceAll("{", "{{").replaceAll("}", "}}"));
  const command = (name: string): ArgvCommand => {
    const own = name.replaceAll("{", "{{").replaceAll("}", "}}");
    return { kind: "argv", argv: ["shop", "facts", own, ...planned], help: "", origin: "own" };
  };
  const commands = Object.fromEntries(
    NAMES.filter((name) => !/["\\]/.test(name)).map((one) => [one, command(one)]),
  );
  const artifact = await makeArtifactToStart(t, {
    plan: { commands },
    file: "sh $(touch evil) 'op;.holdall",
  });
  const env = Object.fromEntries(
    WORDS.map((word, index) => [`WORD_${index}`, word]).filter(([, word]) => word !== ""),
  );
  const options = { env: { ...env, HOLDALL_CACHE: `${artifact.cache} $(touch evil) 'q' * ;` } };
  for (const name of Object.keys(commands)) {
    const { status, stdout, stderr } = await start(artifact, [name, ...WORDS], options);
    assert.equal(status, 0, `${name}: ${stderr}`);
    const facts: Facts = JSON.parse(stdout);
    assert.deepEqual(facts.argv.slice(1), ["facts", name, ...WORDS, ...WORDS]);
    for (const [key, word] of Object.entries(env)) assert.equal(facts.env[key], word);
  }
  // A name that sh takes as a pattern would be that of others, too.
  for (const name of ["nothing", "a", "ab", "touch", "$HOME", "\\*"]) {
    assert.notEqual((await start(artifact, [name], options)).status, 0, name);
  }
  assert.deepEqual(readdirSync(artifact.data), []);
});
