import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { runProcess } from "../../src/system/run-process.ts";
import { PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import type { BuiltCase } from "../../src/testing/case-place.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { removeReadOnly } from "../../src/testing/small-artifact.ts";

const DEADLY = ["SIGHUP", "SIGUSR1", "SIGTERM", "SIGKILL", "SIGABRT"] as const;

export default defineCase({
  sentence:
    "the process that a supervisor has started is the application: signals, exit status, death by a signal and the sockets it was given, on the first start too",
  origin: ["PyInstaller#3514", "sd_listen_fds(3)"],
  seenFailing:
    "without `exec` in the ready file, the application is a child of sh: LISTEN_PID is not its own, and its parent is not the supervisor; a first start with standard output closed ended in a traceback, and set an ignored SIGPIPE to its default",
  elsewhere: ["src/artifact/start-process.test.ts"],
  async shownBy(place, t) {
    for (const withPython of [false, true]) {
      const artifact = await place.build({ withPython });
      for (const temperature of ["cold", "warm"]) {
        await checkService(t, artifact);
        if (temperature === "cold") removeReadOnly(artifact.cache);
        const by = ["sh", "-c", 'exec "$0" "$@" 3</dev/null'];
        const direct = await runProcess([...by, "ls", "/proc/self/fd"], artifact);
        assert.equal((await start(artifact, ["descriptors"], { by })).stdout, direct.stdout);
      }
      for (const signal of DEADLY) {
        const end = await start(artifact, ["die", signal]);
        assert.deepEqual([end.status, end.signal], [undefined, signal]);
      }
    }
  },
});

async function checkService(t: TestContext, artifact: BuiltCase): Promise<void> {
  const argv = ["-c", SUPERVISE, artifact.path, "listen"];
  const child = spawn(PYTHON.path, argv, {
    cwd: artifact.data,
    env: artifact.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  assert.deepEqual(JSON.parse(await next()), {
    ...{ pid: child.pid, parent: process.pid, children: [] },
    ...{ is_meant: true, is_listening: true },
  });
  for (const signal of ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGTERM"] as const) {
    child.kill(signal);
    assert.equal(await next(), signal);
  }
  const end = child.exitCode === null ? await once(child, "exit") : [child.exitCode, child.signalCode];
  assert.deepEqual(end, [17, null]);
}

/** What systemd does between fork and exec. */
const SUPERVISE = `
import os, socket, sys
given = socket.socket()
given.bind(("127.0.0.1", 0))
given.listen()
os.dup2(given.fileno(), 100)
os.dup2(100, 3)
os.close(100)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[1], sys.argv[1:])
`;
