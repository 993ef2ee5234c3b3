import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a program of machine code among a wheel's scripts is executable, in PATH and a command of the artifact, and has the wheel's bytes",
  origin: ["the wheels of cmake and ruff"],
  seenFailing: "with every stored file at mode 444, the program is not found in PATH",
  async shownBy(place) {
    const echo = readFileSync("/bin/echo");
    // With a first line in it, as some programs carry their scripts.
    const bytes = Buffer.concat([echo, Buffer.from("\n#!python\n#!/usr/bin/python\n")]);
    const tag = `py3-none-manylinux_2_17_${PYTHON.processor}`;
    place.addWheel({ name: "echoer", tag, files: { "echoer-1.0.data/scripts/echoer": bytes } });
    const artifact = await place.build();
    const digest = createHash("sha256").update(bytes).digest("hex");
    for (const _ of ["cold", "warm"]) {
      const { stdout, stderr } = await start(artifact, ["call"]);
      assert.equal(stdout + stderr, `${digest} 0o555\nby name\nby a shell\n`);
      assert.equal((await start(artifact, ["echoer", "directly", "'"])).stdout, "directly '\n");
      assert.match((await start(artifact, ["ruff", "--version"])).stdout, /^ruff \d/);
    }
  },
});
