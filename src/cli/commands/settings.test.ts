import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Plan } from "../../artifact/plan.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { runHoldall } from "../../testing/run-holdall.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";

const SECRET = "nobody-may-see-this";

test("settings are listed with where they come from, and secrets are masked, also in JSON", async (t) => {
  const directory = await makeDirectory(t);
  const description = {
    ...{ name: "notes", platform: "python" },
    settings: {
      page_size: { type: "int", default: 20, env: "PAGE_SIZE", help: "Notes on a page" },
      title: { type: "string", env: "TITLE", required: true },
      key: { type: "secret", generate: "secret", env: "KEY" },
      token: { type: "secret", generate: "secret", env: "TOKEN" },
      color: { type: "choice", choices: ["red", "blue"], env: "COLOR" },
    },
  };
  await writeFile(join(directory, "holdall.yaml"), JSON.stringify(description));
  await writeFile(join(directory, ".env"), `KEY=${SECRET}\n`);
  const env = { COLOR: "blue" };
  const words = ["settings", directory, "--set", "page_size=5"];
  assert.deepEqual(await runHoldall(words, { env }), {
    ...{ status: 0, stderr: "" },
    stdout: `${[
      "page_size  5                        --set page_size  Notes on a page",
      "title      required",
      "key        ********                 .env: KEY",
      "token      made at the first start",
      "color      blue                     COLOR",
    ].join("\n")}\n`,
  });
  const json = await runHoldall([...words, "--json"], { env });
  assert.deepEqual(
    JSON.parse(json.stdout).map(({ name, value, source }: Record<string, unknown>) => [name, value, source]),
    [
      ["page_size", "5", "set"],
      ["title", undefined, "none"],
      ["key", "********", "file"],
      ["token", undefined, "none"],
      ["color", "blue", "environment"],
    ],
  );
  assert.ok(!json.stdout.includes(SECRET));
  assert.deepEqual(readdirSync(directory).sort(), [".env", "holdall.yaml"], "nothing is made");
});

test("of an artifact, the environment is the one that was named", async (t) => {
  const settings: Plan["settings"] = {
    size: { type: "size", help: "", isRequired: false, env: "SIZE", default: "10MB" },
  };
  const { path } = await makeArtifactToStart(t, { plan: { settings } });
  const base = await makeDirectory(t);
  await mkdir(join(base, "more"));
  await writeFile(join(base, "more/.env"), "SIZE=20MB\n");
  const { stdout } = await runHoldall(["settings", path, "--environment", join(base, "more")]);
  assert.equal(stdout, "size  20MB  .env: SIZE\n");
  const without = await makeArtifactToStart(t);
  assert.equal((await runHoldall(["settings", without.path])).stdout, "The application has no settings.\n");
});
