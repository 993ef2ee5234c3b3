import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { makeDirectory, SMALL_PLAN } from "../testing/small-artifact.ts";
import { ensureDirectories, planDirectories } from "./directories/directories.ts";
import { type Injection, injectVariables } from "./inject.ts";

const ADDRESS = { host: "127.0.0.1", port: 8001 };

function injection(more: Partial<Injection> = {}): Injection {
  return {
    kind: "run",
    runnable: {
      ...{ kind: "release", name: "shop", version: "1.0", identity: undefined, plan: SMALL_PLAN },
      ...{ app: "/release/app", prefix: "/release" },
    },
    directories: planDirectories("/base", "release"),
    env: { PATH: "/bin", HOME: "/home/ada", PYTHONPATH: "/evil", LANG: "C" },
    supplied: { PAGE_SIZE: "20", HOME: "/elsewhere" },
    addresses: { web: { host: "127.0.0.1", port: 8000 }, "chat-server": ADDRESS },
    ...more,
  };
}

test("everything that docs/environment.md names is there, and the caller's own but what reaches into the release", () => {
  const part = { kind: "process", name: "chat-server", instance: 2 } as const;
  assert.deepEqual(injectVariables(injection(), part, ADDRESS), {
    PATH: "/release/bin:/bin",
    HOME: "/elsewhere",
    PYTHONUNBUFFERED: "1",
    LANG: "C",
    TMPDIR: "/base/.holdall/tmp",
    STATE_DIRECTORY: "/base",
    CACHE_DIRECTORY: "/base/.holdall/cache",
    LOGS_DIRECTORY: "/base/.holdall/logs",
    RUNTIME_DIRECTORY: "/base/.holdall/run",
    HOST: "127.0.0.1",
    PORT: "8001",
    HOLDALL_APPLICATION: "shop",
    HOLDALL_VERSION: "1.0",
    HOLDALL_ENVIRONMENT: "run",
    HOLDALL_PROCESS: "chat-server",
    HOLDALL_INSTANCE: "2",
    HOLDALL_ADDRESS_WEB: "127.0.0.1:8000",
    HOLDALL_ADDRESS_CHAT_SERVER: "127.0.0.1:8001",
    PAGE_SIZE: "20",
  });
});

test("a test inherits little", () => {
  const env = {
    PATH: "",
    HOME: "/home/ada",
    DATABASE_URL: "x",
    TZ: "UTC",
    https_proxy: "p",
    GITHUB_TOKEN: "t",
  };
  const variables = injectVariables(
    injection({ kind: "test", env, supplied: {}, addresses: {} }),
    { kind: "command", name: "unit_test" },
    ADDRESS,
  );
  const names = Object.keys(variables).filter(
    (name) => !/^HOLDALL_|_DIRECTORY$|^(HOST|PORT|TMPDIR)$/.test(name),
  );
  assert.deepEqual(names.toSorted(), ["HOME", "PATH", "TZ", "https_proxy"]);
  assert.equal(variables["HOME"], "/base");
  assert.equal(variables["PATH"], "/release/bin:/usr/local/bin:/usr/bin:/bin");
  assert.equal(variables["HOLDALL_COMMAND"], "unit_test");
});

test("directories are made once, secrets' for their owner only, and git does not see them", async (t) => {
  const directories = planDirectories(await makeDirectory(t), "checkout");
  await ensureDirectories(directories);
  await ensureDirectories(directories);
  assert.equal(directories.data, `${directories.own}/data`);
  assert.ok(Object.values(directories).every((directory) => existsSync(directory)));
  for (const name of ["own", "run", "services", "settings"] as const) {
    assert.equal(statSync(directories[name]).mode & 0o777, 0o700, name);
  }
  assert.equal(readFileSync(`${directories.own}/.gitignore`, "utf8"), "*\n");
});
