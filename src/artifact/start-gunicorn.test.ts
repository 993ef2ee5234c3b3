import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import { fileEntry } from "../testing/small-artifact.ts";

/** The part of gunicorn (20 to 27) that decides about sys.path, configuration and re-execution, in its own words. */
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
        args = sys.argv[:]
        args.insert(0, sys.executable)
        self.START_CTX = {"args": args, "cwd": os.getcwd(), 0: sys.executable}

    def run(self):
        self.app.load_config()  # as HUP does
        if "reexec" in sys.argv:
            sys.argv.remove("reexec")
            self.START_CTX["args"].remove("reexec")
            os.execvpe(self.START_CTX[0], self.START_CTX["args"], os.environ)
        print(json.dumps({"argv": sys.argv[1:], "path": sys.path, "read": self.app.read}))
`,
  ),
  fileEntry(
    "site-packages/gunicorn/app/base.py",
    `import os
import sys
import types

from gunicorn.arbiter import Arbiter
from gunicorn.config import get_default_config_file


class BaseApplication:
    def __init__(self, usage=None, prog=None):
        self.cfg = types.SimpleNamespace(chdir=os.getcwd())
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
];

test("gunicorn leaves the working directory alone, after a reload and a re-execution too", async (t) => {
  const artifact = await makeArtifactToStart(t, { distribution: GUNICORN });
  for (const name of ["gunicorn.conf", "gunicorn", "holdall_gunicorn", "json"]) {
    await writeFile(join(artifact.data, `${name}.py`), "raise SystemExit('planted')\n");
  }
  const run = async (...words: string[]) => {
    const { stdout, stderr } = await start(artifact, ["python", "-m", "holdall_gunicorn", ...words]);
    assert.equal(stderr, "");
    const facts = JSON.parse(stdout) as { argv: string[]; path: string[]; read: string | null };
    assert.ok(!facts.path.includes(artifact.data), facts.path.join(" "));
    return facts;
  };
  const first = await run("shop:app");
  assert.deepEqual([first.argv, first.read], [["shop:app"], null]);
  assert.deepEqual(await run("reexec", "shop:app"), first);
  assert.equal((await run("-c", "own.py", "shop:app")).read, "own.py");
});
