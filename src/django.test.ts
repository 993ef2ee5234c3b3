import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { startDevelopment } from "./testing/development.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

// A Django project as its developer has it at home: nothing in it is for holdall. Django comes from the index.

const MANAGE = `import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_of.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`;
const SETTINGS = `from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "not a secret"
DEBUG = True
INSTALLED_APPS = ["notes", "django.contrib.staticfiles"]
ROOT_URLCONF = "site_of.urls"
WSGI_APPLICATION = "site_of.wsgi.application"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
`;
const WSGI = `import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_of.settings")
application = get_wsgi_application()
`;
const TESTS = `from django.test import TestCase
from notes.models import Note

class NoteTest(TestCase):
    def test_there_are_none(self):
        self.assertEqual(Note.objects.count(), 0)
`;
const migration = (dependencies: string, operation: string) =>
  `from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = [${dependencies}]\n    operations = [${operation}]\n`;
const FILES: Readonly<Record<string, string>> = {
  "requirements.txt": "django>=4.2,<6\n",
  "manage.py": MANAGE,
  "site_of/__init__.py": "",
  "site_of/settings.py": SETTINGS,
  "site_of/urls.py": "from django.urls import path\nurlpatterns = [path('broken', lambda request: 1 / 0)]\n",
  "site_of/wsgi.py": WSGI,
  "notes/__init__.py": "",
  "notes/models.py":
    "from django.db import models\n\nclass Note(models.Model):\n    text = models.CharField(max_length=9)\n",
  "notes/migrations/__init__.py": "",
  "notes/migrations/0001_initial.py": migration(
    "",
    'migrations.CreateModel("Note", [("id", models.AutoField(primary_key=True)), ("text", models.CharField(max_length=9))])',
  ),
  "notes/static/notes/page.css": "body { color: red }\n",
  "notes/tests.py": TESTS,
};

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

async function runTests(t: TestContext, directory: string) {
  const cache = join(PACKAGE_ROOT, "node_modules/.cache/holdall");
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "bin/holdall.js"), "test", directory], {
    cwd: await makeDirectory(t),
    env: { ...process.env, HOLDALL_CACHE: cache },
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { stdout, stderr, status };
}

test("the tests of an example run from its checkout", async (t) => {
  const tested = await runTests(t, join(PACKAGE_ROOT, "examples/django-notes"));
  assert.equal(tested.status, 0, tested.stderr);
  assert.match(tested.stderr, /^Ran 2 tests in/m);
});

test("a Django project is tested and developed without a word of its own", async (t) => {
  const directory = join(await makeDirectory(t), "notes");
  await writeFiles(directory, FILES);

  const tested = await runTests(t, directory);
  assert.equal(tested.status, 0, tested.stderr);
  assert.match(tested.stderr, /^Ran 1 test in/m);
  assert.match(tested.stdout, /unit tests of notes 0: passed\n$/);
  const database = join(directory, "db.sqlite3");
  assert.ok(!existsSync(database), "tests have a database of their own, and migrate has made no other");

  const options = { args: ["--migrate"] };
  const first = await startDevelopment(t, directory, options);
  const listens = (event: { kind: string }) => event.kind === "listening";
  await first.until("web listens", listens);
  assert.ok(
    first.events.some(({ kind }) => kind === "command-ended"),
    "migrate has run",
  );
  const style = await fetch(`${first.address}static/notes/page.css`);
  assert.equal(await style.text(), FILES["notes/static/notes/page.css"]);
  const broken = await fetch(`${first.address}broken`);
  assert.equal(broken.status, 500);
  assert.match(await broken.text(), /<h1>ZeroDivisionError/, "a page for developers");

  const from = first.events.length;
  await writeFiles(directory, {
    "notes/migrations/0002_more.py": migration(
      '("notes", "0001_initial")',
      'migrations.RunSQL("SELECT 1", "")',
    ),
  });
  await first.until("the new migration has run", ({ kind }) => kind === "command-ended", from);
  first.interrupt("SIGINT");
  assert.equal(await first.ended, 0);

  const second = await startDevelopment(t, directory, options);
  await second.until("web listens", listens);
  assert.ok(!second.events.some(({ kind }) => kind === "command-started"), "nothing is to be migrated");
  second.interrupt("SIGTERM");
  assert.equal(await second.ended, 0);
});
