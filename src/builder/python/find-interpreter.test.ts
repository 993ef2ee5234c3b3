import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeDirectory } from "../../testing/small-artifact.ts";
import type { BuildRun } from "../build-run.ts";
import { findInterpreter } from "./find-interpreter.ts";

/** A PATH with programs that answer a probe as interpreters of these versions do. */
async function makeRun(t: TestContext, programs: Readonly<Record<string, string>>): Promise<BuildRun> {
  const directory = await makeDirectory(t);
  for (const [name, answer] of Object.entries(programs)) {
    const [version = "", implementation = "cpython"] = answer.split(" ").reverse();
    const series = version.split(".").slice(0, 2).join(".");
    const probe = {
      ...{
        executable: `/opt/${name}`,
        realPath: `/opt/${name}-${version}`,
        version: series,
        fullVersion: version,
      },
      ...{
        build: version,
        implementation,
        abi: `cp${series.replace(".", "")}${name.endsWith("t") ? "t" : ""}`,
        cacheTag: "x",
        magic: "00",
      },
      ...{ processor: "x86_64", libc: { kind: "glibc", version: "2.36" }, markers: {}, standardModules: [] },
    };
    const path = name.includes("/") ? join(directory, name) : join(directory, "bin", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\necho '${answer === "broken" ? "no" : JSON.stringify(probe)}'\n`);
    chmodSync(path, 0o755);
  }
  const env = { PATH: `relative:${join(directory, "bin")}:/nowhere`, HOME: directory };
  return { ...{ directory, work: directory, cache: directory, env, signal: undefined }, onEvent: () => {} };
}

const CASES: {
  programs: Record<string, string>;
  wanted?: string;
  requirement?: string;
  found: string | RegExp;
}[] = [
  { programs: { python3: "3.11.2", "python3.13": "3.13.0" }, found: "3.11.2" },
  {
    programs: { python3: "3.11.2", "python3.12": "3.12.1", "python3.13": "3.13.0" },
    requirement: ">=3.12",
    found: "3.13.0",
  },
  { programs: { python3: "3.13.0rc1" }, requirement: ">=3.13", found: "3.13.0rc1" },
  { programs: { python3: "broken", "python3.9": "3.9.1" }, found: "3.9.1" },
  { programs: { python3: "pypy 3.11.0", "python3.10": "3.10.2" }, found: "3.10.2" },
  { programs: { python3: "3.11.2", "python3.12": "3.12.1" }, wanted: "3.12", found: "3.12.1" },
  { programs: { python3: "3.11.2" }, wanted: "python3", found: "3.11.2" },
  {
    programs: {
      python3: "3.11.2",
      ".pyenv/versions/3.13.9/bin/python3": "3.13.9",
      ".pyenv/versions/3.13.10/bin/python3": "3.13.10",
    },
    wanted: "3.13",
    found: "3.13.10",
  },
  {
    programs: { python3: "3.11.2", ".local/share/uv/python/cpython-3.14/bin/python3.14": "3.14.0" },
    requirement: ">=3.14",
    found: "3.14.0",
  },
  { programs: { "python3.13": "3.13.0", "python3.13t": "3.13.1" }, wanted: "3.13t", found: "3.13.1" },
  { programs: { "python3.13t": "3.13.1" }, wanted: "3.13", found: /^cannot find Python 3\.13: found Python/ },
  { programs: { python3: "3.11.2" }, wanted: "bin/python3", found: "3.11.2" },
  {
    programs: { python3: "3.11.2", ".pyenv/versions/3.12.1/bin/python3": "3.12.1" },
    requirement: ">=3.12",
    found: "3.12.1",
  },
  {
    programs: { python3: "3.11.2", ".pyenv/versions/3.12.1/bin/python3": "3.12.1" },
    requirement: ">=3.10",
    found: "3.11.2",
  },
  { programs: { ".pyenv/versions/3.12.1/bin/python3": "3.12.1" }, found: "3.12.1" },
  {
    programs: { "python3.13t": "3.13.1" },
    found: /^cannot find Python 3\.8 or newer: found Python 3\.13\.1 /,
  },
  { programs: {}, found: /^cannot find Python 3\.8 or newer: no Python 3 was found$/ },
  {
    programs: { python3: "3.7.16" },
    found: /^cannot find Python 3\.8 or newer: found Python 3\.7\.16 \(\/opt\/python3\)$/,
  },
  {
    programs: { python3: "3.11.2", "python3.9": "3.9.1" },
    requirement: ">=3.12",
    found:
      /^cannot find Python >=3\.12: found Python 3\.11\.2 \(\/opt\/python3\), Python 3\.9\.1 \(\/opt\/python3\.9\)$/,
  },
  {
    programs: { python3: "3.11.2" },
    wanted: "3.11",
    requirement: ">=3.12",
    found: /^cannot find Python 3\.11 that is >=3\.12: found Python 3\.11\.2/,
  },
  { programs: {}, wanted: "/opt/none", found: /^cannot find \/opt\/none: no Python 3 was found$/ },
];

for (const { programs, wanted, requirement, found } of CASES) {
  const have = Object.entries(programs).map((entry) => entry.join(" is "));
  test(`with ${have.join(", ")}, asked for ${wanted} and ${requirement}: ${found}`, async (t) => {
    const search = findInterpreter(await makeRun(t, programs), { wanted, requirement });
    if (typeof found === "string") assert.equal((await search).fullVersion, found);
    else await assert.rejects(search, { code: "python_not_found", message: found });
  });
}
