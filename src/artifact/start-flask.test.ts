import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ArgvCommand } from "../artifact/plan.ts";
import { makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import { fileEntry } from "../testing/small-artifact.ts";

/** The part of Flask (1 to 3) that the runner leans on: it asks for the application, and says what it was called with. */
const FLASK = [
  fileEntry(
    "site-packages/flask/__init__.py",
    `import os
import sys


class App:
    def __init__(self, place):
        self.place = place

    def auto_find_instance_path(self):
        if os.path.abspath(self.place).startswith(sys.prefix):
            return os.path.join(sys.prefix, "var", "blog-instance")
        return os.path.join(self.place, "instance")


class Flask(App):
    pass
`,
  ),
  fileEntry(
    "site-packages/flask/cli.py",
    `import json
import os
import sys


class FlaskGroup:
    def __init__(self, name, help, create_app):
        self.create_app = create_app

    def main(self, args, prog_name):
        application = self.create_app()
        migrate = application.extensions.get("migrate")
        address = [os.environ.get("FLASK_RUN_" + name) for name in ("HOST", "PORT")]
        directory = migrate and migrate.migrate.directory
        found = [application.name, directory, address]
        print(json.dumps([prog_name, args, *found, os.getcwd() in sys.path]))
`,
  ),
];

const BLOG = `class Migrate:
    def __init__(self, directory):
        self.directory = directory


class Configuration:
    def __init__(self, directory):
        self.migrate = Migrate(directory)
        self.directory = directory


class Blog:
    name = "blog"
    extensions = {"migrate": Configuration("migrations")}


class Elsewhere:
    name = "elsewhere"
    extensions = {"migrate": Configuration("/srv/migrations")}


class Shops:
    class Plain:
        name = "plain"
        extensions = {}


def create_app(test_config=None):
    return Blog


elsewhere = Elsewhere
`;

test("flask knows the application and its migrations, and leaves the working directory alone", async (t) => {
  const command = (directory: string, reference: string): ArgvCommand => {
    const argv = ["python", "-m", "holdall_flask", directory, reference];
    return { kind: "argv", argv, help: "", origin: "platform" };
  };
  const artifact = await makeArtifactToStart(t, {
    distribution: FLASK,
    application: [fileEntry("app/blog.py", BLOG)],
    plan: {
      importPath: ["."],
      commands: {
        flask: command("{app}", "blog:create_app()"),
        absolute: command("{app}", "blog:elsewhere"),
        plain: command("-", "blog:Shops.Plain"),
      },
    },
  });
  for (const name of ["blog", "flask", "holdall_flask", "json"])
    await writeFile(join(artifact.data, `${name}.py`), "raise SystemExit('planted')\n");
  const run = async (words: readonly string[], env = {}): Promise<readonly unknown[]> => {
    const { stdout, stderr } = await start(artifact, words, { env });
    assert.equal(stderr, "");
    return JSON.parse(stdout) as readonly unknown[]; // printed by FlaskGroup.main
  };
  const [, , , migrations, ...rest] = await run(["flask", "db", "--sql"]);
  assert.match(String(migrations), /\/app\/migrations$/);
  assert.deepEqual(rest, [[null, null], false]);
  assert.deepEqual((await run(["absolute", "run"], { PORT: "81", FLASK_RUN_PORT: "82" })).slice(0, 5), [
    ...["flask", ["run"], "elsewhere", "/srv/migrations"],
    [null, "82"],
  ]);
  assert.deepEqual((await run(["plain"], { PORT: "81" })).slice(2, 5), ["plain", null, [null, "81"]]);
});

test("the instance folder of Flask is in the working directory, and not in the release", async (t) => {
  const instance = `import flask
import sys
folders = [flask.Flask(place).auto_find_instance_path() for place in (__file__, "/srv/blog")]
print(flask.__spec__.loader.name, *folders, [type(each).__name__ for each in sys.meta_path].count("FlaskFinder"))
`;
  const artifact = await makeArtifactToStart(t, {
    distribution: FLASK,
    application: [fileEntry("app/instance.py", instance)],
  });
  const { stdout, stderr } = await start(artifact, ["python", "-m", "instance"], {});
  assert.equal(stderr, "");
  assert.equal(stdout, `flask ${artifact.data}/instance /srv/blog/instance 0\n`);
});
