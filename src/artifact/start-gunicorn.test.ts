import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { type ArtifactToStart, makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import { fileEntry } from "../testing/small-artifact.ts";

/** The part of gunicorn (20 to 27) that decides about sys.path, configuration, sockets and re-execution, in its own words. */
const GUNICORN = [
  fileEntry("site-packages/gunicorn/__init__.py", ""),
  fileEntry("site-packages/gunicorn/app/__init__.py", ""),
  fileEntry(
    "site-packages/gunicorn/config.py",
    `import os


def get_default_config_file():
    config_path = os.path.join(os.path.abspath(os.getcwd()), 'gunicorn.conf.py')
    if os.path.exists(config_path):
        return config_path
    return None


class Bind:
    default = ["0.0.0.0:" + os.environ["PORT"]] if "PORT" in os.environ else ["127.0.0.1:8000"]


class ControlSocket:
    default = "/run/user/0/gunicorn.ctl"
`,
  ),
  fileEntry(
    "site-packages/gunicorn/arbiter.py",
    `import json
import os
import sys


class Arbiter:
    def __init__(self, app):
        self.app = app
        self.cfg = app.cfg
        args = sys.argv[:]
        args.insert(0, sys.executable)
        self.START_CTX = {"args": args, "cwd": os.getcwd(), 0: sys.executable}

    def run(self):
        self.app.load_config()  # as HUP does
        if "reexec" in sys.argv:
            sys.argv.remove("reexec")
            self.START_CTX["args"].remove("reexec")
            os.execvpe(self.START_CTX[0], self.START_CTX["args"], os.environ)
        self.control = None
        self._start_control_server()
        facts = {"argv": sys.argv[1:], "path": sys.path, "read": self.app.read}
        facts.update(call=sys._xoptions.get("holdall_call"), directory=os.getcwd())
        print(json.dumps({**facts, "bind": self.cfg.bind, "control": self.control}))

    def _start_control_server(self):
        self.control = self.cfg.control_socket
`,
  ),
  fileEntry(
    "site-packages/gunicorn/app/base.py",
    `import os
import sys
import types

from gunicorn.arbiter import Arbiter
from gunicorn.config import Bind, ControlSocket, get_default_config_file


class BaseApplication:
    def __init__(self, usage=None, prog=None):
        self.cfg = types.SimpleNamespace(chdir=os.getcwd(), bind=Bind.default, control_socket=ControlSocket.default)
        if "--control-socket" in sys.argv:
            self.cfg.control_socket = sys.argv[sys.argv.index("--control-socket") + 1]
        self.read = None
        self.load_config()

    def run(self):
        Arbiter(self).run()


class Application(BaseApplication):
    def chdir(self):
        os.chdir(self.cfg.chdir)
        if self.cfg.chdir not in sys.path:
            sys.path.insert(0, self.cfg.chdir)

    def load_config(self):
        self.chdir()
        self.read = sys.argv[sys.argv.index("-c") + 1] if "-c" in sys.argv else get_default_config_file()
`,
  ),
  fileEntry(
    "site-packages/gunicorn/app/wsgiapp.py",
    "from gunicorn.app.base import Application\n\n\nclass WSGIApplication(Application):\n    pass\n",
  ),
  fileEntry(
    "site-packages/gunicorn-27.0.dist-info/entry_points.txt",
    "[console_scripts]\ngunicorn = gunicorn.app.wsgiapp:run\n",
  ),
];

interface Facts {
  readonly argv: readonly string[];
  readonly path: readonly string[];
  readonly read: string | null;
  readonly bind: readonly string[];
  readonly control: string | null;
  readonly call: string | null;
  readonly directory: string;
}

async function run(
  artifact: ArtifactToStart,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Facts> {
  const { stdout, stderr } = await start(artifact, words, { env });
  assert.equal(stderr, "");
  return JSON.parse(stdout) as Facts; // printed by Arbiter.run
}

const RUNNER = ["python", "-m", "holdall_gunicorn"];

test("gunicorn leaves the working directory alone, after a reload and a re-execution too", async (t) => {
  const artifact = await makeArtifactToStart(t, { distribution: GUNICORN });
  for (const name of ["gunicorn.conf", "gunicorn", "holdall_gunicorn", "json"]) {
    await writeFile(join(artifact.data, `${name}.py`), "raise SystemExit('planted')\n");
  }
  // By itself, by its own name, and as a child of the application.
  for (const start of [RUNNER, ["gunicorn"], ["shop", "run", "gunicorn"]]) {
    const first = await run(artifact, [...start, "shop:app"]);
    assert.ok(!first.path.includes(artifact.data), first.path.join(" "));
    assert.deepEqual([first.argv, first.read], [["shop:app"], null]);
    const again = await run(artifact, [...start, "reexec", "shop:app"]);
    assert.ok(!again.path.includes(artifact.data), again.path.join(" "));
    assert.deepEqual([again.argv, again.read], [["shop:app"], null]);
    assert.equal((await run(artifact, [...start, "-c", "own.py", "shop:app"])).read, "own.py");
  }
});

test("gunicorn listens where the environment says, and opens no control socket but where it is told", async (t) => {
  const artifact = await makeArtifactToStart(t, { distribution: GUNICORN });
  const bind = async (env: Readonly<Record<string, string>>) => (await run(artifact, RUNNER, env)).bind;
  assert.deepEqual(await bind({}), ["127.0.0.1:8000"]);
  assert.deepEqual(await bind({ PORT: "9000" }), ["127.0.0.1:9000"]);
  assert.deepEqual(await bind({ HOST: "::1", PORT: "9000" }), ["[::1]:9000"]);
  assert.equal((await run(artifact, RUNNER)).control, null);
  assert.equal((await run(artifact, [...RUNNER, "--control-socket", "own.ctl"])).control, "own.ctl");
});

test("gunicorn finds the artifact again that was named from another directory", async (t) => {
  const argv = ["python", "-m", "holdall_gunicorn", "shop:app"];
  const serve = { kind: "argv", argv, help: "", origin: "own" } as const;
  for (const workingDirectory of [undefined, "app"] as const) {
    const plan = { commands: { serve }, ...(workingDirectory && { workingDirectory }) };
    const artifact = await makeArtifactToStart(t, { distribution: GUNICORN, plan });
    const by = { as: `./${basename(artifact.path)}`, cwd: dirname(artifact.path) };
    const { stdout, stderr } = await start(artifact, ["serve", "word"], by);
    assert.equal(stderr, "");
    const { call, directory } = JSON.parse(stdout) as Facts; // printed by Arbiter.run
    const [, count, command, path = ""] = /^(\d+)\/([^/]+)\/(.+)$/.exec(call ?? "") ?? [];
    assert.deepEqual([count, command, resolve(directory, path)], ["1", "serve", artifact.path]);
  }
});
