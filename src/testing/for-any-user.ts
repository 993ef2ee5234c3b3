import { chmodSync } from "node:fs";
import { dirname } from "node:path";
import type { TestContext } from "node:test";
import {
  type ArtifactOptions,
  type ArtifactToStart,
  describePython,
  makeArtifactToStart,
} from "./artifact-to-start.ts";

/** Of Debian, so that every user may run it: one that pyenv has made lies below somebody's home. */
const PYTHON = "/usr/bin/python3";

/** An artifact that any user of this machine can start, for its own Python and with that one in PATH. */
export async function makeArtifactForAnyUser(
  t: TestContext,
  options: ArtifactOptions = {},
): Promise<ArtifactToStart> {
  const { version, abi } = describePython(PYTHON);
  const target = { python: { implementation: "cpython", version, abi } } as const;
  const artifact = await makeArtifactToStart(t, { ...options, target: { ...target, ...options.target } });
  for (const directory of [dirname(artifact.path), artifact.data]) chmodSync(directory, 0o755);
  return { ...artifact, env: { ...artifact.env, PATH: "/usr/bin:/bin" } };
}
