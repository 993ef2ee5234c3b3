import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Plan } from "../artifact/plan.ts";
import { makeArtifactToStart } from "../testing/artifact-to-start.ts";
import { eventually } from "../testing/eventually.ts";
import { fileEntry } from "../testing/small-artifact.ts";
import { DEFAULT_ADDRESS } from "./addresses.ts";
import { openArtifactRelease } from "./application/open-artifact.ts";
import type { EnvironmentEvent } from "./events.ts";
import { openEnvironment } from "./open-environment.ts";
import { startProcesses } from "./processes/start-processes.ts";

const SAY = `import json, os, signal, sys
names = ["KEY", "SIZE", "MAIN_URL", "UPLOADS_DIRECTORY", "HOLDALL_PROCESS", "HOLDALL_INSTANCE", "PORT", "EXTRA"]
print(json.dumps({**{name: os.environ.get(name) for name in names}, "cwd": os.getcwd()}), flush=True)
signal.pause()
`;

const PLAN: Partial<Plan> = {
  processes: {
    web: { argv: ["python", "{app}/say.py", "{port}"], instances: 3, overlap: "allowed" },
    worker: { argv: ["python", "{app}/say.py"], instances: 2, overlap: "allowed" },
  },
  settings: {
    key: { type: "secret", help: "", isRequired: false, generate: "secret", env: "KEY" },
    size: { type: "int", help: "", isRequired: true, env: "SIZE" },
  },
  services: { main: { type: "sqlite" }, uploads: { type: "files" } },
};

async function prepare(t: TestContext) {
  const artifact = await makeArtifactToStart(t, { application: [fileEntry("app/say.py", SAY)], plan: PLAN });
  const runnable = await openArtifactRelease(artifact.path, { env: artifact.env });
  const env = { ...artifact.env, PATH: process.env["PATH"] };
  return {
    base: artifact.data,
    runnable,
    env,
    kind: "run",
    address: { ...DEFAULT_ADDRESS, port: 18_000 },
  } as const;
}

test("processes of a plan get all that the environment supplies", async (t) => {
  const options = await prepare(t);
  writeFileSync(join(options.base, ".env"), "SIZE=7\nEXTRA=yes\n");
  const environment = await openEnvironment(options);
  const events: EnvironmentEvent[] = [];
  const running = startProcesses(environment, { graceMs: 5000, onEvent: (event) => events.push(event) });
  t.after(async () => {
    await running.stop();
    await environment.close();
  });
  assert.deepEqual(running.parts, ["web", "worker.1", "worker.2"]);
  const said = await eventually("all three have said what they got", () => {
    const outputs = events.filter((event) => event.kind === "output");
    return outputs.length === 3
      ? Object.fromEntries(outputs.map(({ part, line }) => [part, JSON.parse(line)]))
      : undefined;
  });
  const { port } = environment.addresses["web"] ?? { port: 0 };
  assert.deepEqual(
    [said["web"].PORT, said["web"].HOLDALL_INSTANCE, said["worker.2"].HOLDALL_INSTANCE],
    [String(port), "1", "2"],
  );
  const { KEY: key, ...rest } = said["worker.1"];
  assert.match(key, /^[\w-]{43}$/);
  assert.deepEqual(rest, {
    SIZE: "7",
    MAIN_URL: environment.services.variables["MAIN_URL"],
    UPLOADS_DIRECTORY: environment.services.variables["UPLOADS_DIRECTORY"],
    HOLDALL_PROCESS: "worker",
    HOLDALL_INSTANCE: "1",
    PORT: said["web"].PORT,
    EXTRA: "yes",
    cwd: options.base,
  });
  await running.stop();
  await running.done;
  assert.match(readFileSync(join(environment.directories.logs, "worker.2.log"), "utf8"), /"SIZE": "7"/);
});

test("what the caller has set wins over what a settings file has besides settings", async (t) => {
  const options = await prepare(t);
  writeFileSync(join(options.base, ".env"), "SIZE=7\nEXTRA=file\nMORE=file\n");
  const environment = await openEnvironment({ ...options, env: { ...options.env, EXTRA: "caller" } });
  const { EXTRA, MORE } = environment.variablesOf({ kind: "command", name: "say" });
  assert.deepEqual({ EXTRA, MORE }, { EXTRA: "caller", MORE: "file" });
  await environment.close();
});

test("what is missing is said before anything starts", async (t) => {
  await assert.rejects(openEnvironment(await prepare(t)), {
    code: "setting_missing",
    message: "cannot start the application: nobody has set size",
  });
});
