import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../description/describe.ts";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { choosePlatforms, listNotes, planApplication } from "../registry.ts";

type Texts = Readonly<Record<string, string>>;

const manage = (settings: string) =>
  `import os\n# os.environ.setdefault("DJANGO_SETTINGS_MODULE", "old")\n` +
  `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n`;
const WSGI = "application = get_wsgi_application()\n";
const ASGI = "application = get_asgi_application()\n";

/** What it is, its files, the platforms beside python and django, the object, the import path. */
const CASES: [is: string, files: Texts, interface_: string, app: string, importPath: string[]][] = [
  [
    "a project as startproject makes it",
    {
      "manage.py": manage("shop.settings"),
      "shop/__init__.py": "",
      "shop/settings.py": 'WSGI_APPLICATION = "shop.wsgi.application"\n',
      "shop/wsgi.py": WSGI,
      "shop/asgi.py": ASGI,
    },
    "wsgi",
    "shop.wsgi:application",
    ["."],
  ],
  [
    "the same, named asgi",
    {
      "holdall.yaml": "name: shop\nplatform: django, asgi\n",
      "manage.py": manage("shop.settings"),
      "shop/settings.py": 'WSGI_APPLICATION = "shop.wsgi.application"\n',
      "shop/wsgi.py": WSGI,
      "shop/asgi.py": ASGI,
    },
    "asgi",
    "shop.asgi:application",
    ["."],
  ],
  [
    "a project with nothing but asgi.py",
    { "manage.py": manage("shop.settings"), "shop/settings.py": "", "shop/asgi.py": ASGI },
    "asgi",
    "shop.asgi:application",
    ["."],
  ],
  [
    "settings that are split into a package",
    {
      "manage.py": manage("config.settings.local"),
      "config/settings/__init__.py": "",
      "config/settings/base.py": "WSGI_APPLICATION = 'config.servers.wsgi.app'  # for all\n",
      "config/settings/local.py": "from .base import *\n# WSGI_APPLICATION = 'no.such'\n",
    },
    "wsgi",
    "config.servers.wsgi:app",
    ["."],
  ],
  [
    "settings in a package, and wsgi.py beside it",
    {
      "manage.py": manage("config.settings"),
      "config/settings/__init__.py": "",
      "config/wsgi.py": WSGI,
    },
    "wsgi",
    "config.wsgi:application",
    ["."],
  ],
  [
    "a settings module without a package",
    { "manage.py": manage("settings"), "settings.py": "", "wsgi.py": WSGI },
    "wsgi",
    "wsgi:application",
    ["."],
  ],
  [
    "a project one level down",
    {
      "requirements.txt": "django\n",
      "backend/manage.py": manage("shop.settings"),
      "backend/shop/settings.py": "",
      "backend/shop/wsgi.py": WSGI,
    },
    "wsgi",
    "shop.wsgi:application",
    ["backend", "."],
  ],
  [
    "a project whose description says which object",
    {
      "holdall.yaml": "name: shop\napp: shop.servers:application\n",
      "manage.py": manage("shop.settings"),
      "shop/settings.py": "",
      "shop/wsgi.py": WSGI,
    },
    "wsgi",
    "shop.servers:application",
    ["."],
  ],
];

for (const [is, texts, served, app, importPath] of CASES) {
  test(`plans ${is}`, async () => {
    const files = appFilesOf(texts);
    const { description } = await describe(files, { directoryName: "shop" });
    const input = { description, files, distributions: [] };
    assert.deepEqual(
      choosePlatforms(input).map(({ name }) => name),
      ["python", "django", served],
    );
    const plan = planApplication(input);
    const object = plan.objects["app"];
    assert.equal(`${object?.module}:${object?.attribute}`, app);
    assert.equal(object?.interface, served);
    assert.deepEqual(plan.importPath, importPath);
    assert.equal(plan.processes["web"]?.argv.at(-1), app);
  });
}

const PROJECT: Texts = {
  "manage.py": manage("shop.settings"),
  "shop/settings.py": 'INSTALLED_APPS = ["django.contrib.staticfiles"]\n',
  "shop/wsgi.py": WSGI,
  "shop/asgi.py": ASGI,
};
const SOCKETS = 'ASGI_APPLICATION = "shop.asgi.application"\nINSTALLED_APPS = ["channels"]\n';
const DAPHNE = SOCKETS.replace("channels", "daphne.apps.DaphneConfig");
const RUNSERVER = "python {app}/manage.py runserver --noreload {host}:{port}";
const GUNICORN = "python -m holdall_gunicorn shop.wsgi:application";
const UVICORN = "uvicorn --app-dir {app} --host {host} --port {port} shop.asgi:application";

async function inputOf(texts: Texts) {
  const files = appFilesOf(texts);
  const { description } = await describe(files, { directoryName: "shop" });
  return { description, files, distributions: [] };
}

/** Files beside those of the project, and the process `web` of an artifact and of development. */
const SERVERS: [is: string, files: Texts, artifact: string, development: string][] = [
  ["a project", {}, GUNICORN, RUNSERVER],
  [
    "one with gunicorn in its Procfile",
    { Procfile: "web: gunicorn shop.wsgi:application" },
    GUNICORN,
    RUNSERVER,
  ],
  [
    "one whose Procfile has another program",
    { Procfile: "web: python serve.py" },
    "python serve.py",
    "python serve.py",
  ],
  ["one with web sockets", { "shop/settings.py": SOCKETS }, UVICORN, UVICORN],
  [
    "one with web sockets and daphne, which replaces runserver",
    { "shop/settings.py": DAPHNE },
    UVICORN,
    RUNSERVER,
  ],
  [
    "one with another object than its settings name",
    { "holdall.yaml": "name: shop\napp: shop.other:application" },
    "python -m holdall_gunicorn shop.other:application",
    "python -m holdall_gunicorn shop.other:application",
  ],
  [
    "one that says what it wants in development",
    { "holdall.yaml": "name: shop\ndevelopment: {web: daphne shop.asgi}" },
    GUNICORN,
    "daphne shop.asgi",
  ],
];

for (const [is, texts, artifact, development] of SERVERS) {
  test(`serves ${is}`, async () => {
    const input = await inputOf({ ...PROJECT, ...texts });
    const plans = [planApplication(input), planApplication({ ...input, isDevelopment: true })];
    assert.deepEqual(
      plans.map(({ processes }) => processes["web"]?.argv.join(" ")),
      [artifact, development],
    );
  });
}

const TESTS = "from django.test import TestCase\n\nclass NoteTest(TestCase):\n    pass\n";

/** Files beside those of the project, and the command that runs its tests. */
const UNIT_TESTS: [is: string, files: Texts, command: string | undefined][] = [
  ["none", { "shop/__init__.py": "", "shop/tests.py": "# Create your tests here.\n" }, undefined],
  ["none where discovery does not look", { "notes/tests.py": TESTS }, undefined],
  [
    "those of an application",
    { "notes/__init__.py": "", "notes/tests/__init__.py": "", "notes/tests/test_notes.py": TESTS },
    "python {app}/manage.py test --noinput {app}",
  ],
  [
    "those of pytest",
    { "requirements.txt": "django\npytest-django\n" },
    "python -m pytest -p no:cacheprovider --rootdir {app} {app}",
  ],
  [
    "those of pytest where its configuration says",
    {
      "requirements.txt": "django\npytest-django\n",
      "pytest.ini": "[pytest]\ntestpaths = checks\n",
      "checks/a.py": "",
    },
    "python -m pytest -p no:cacheprovider --rootdir {app} {app}/checks",
  ],
  [
    "those of Django where pytest does not know it",
    {
      "requirements.txt": "django\npytest\n",
      "pytest.ini": "",
      "shop/__init__.py": "",
      "shop/tests.py": TESTS,
    },
    "python {app}/manage.py test --noinput {app}",
  ],
];

for (const [is, texts, command] of UNIT_TESTS) {
  test(`finds tests: ${is}`, async () => {
    const plan = planApplication(await inputOf({ ...PROJECT, ...texts }));
    const planned = plan.commands["unit_test"];
    assert.equal(planned?.kind === "argv" ? planned.argv.join(" ") : undefined, command);
    const moment = command === undefined ? undefined : { command: "unit_test", hasOwnData: true };
    assert.deepEqual(plan.lifecycle?.unit_test, moment);
  });
}

/** Files beside those of the project, and whether there is something to know about its static files. */
const NOTES: [is: string, files: Texts, isNoted: boolean][] = [
  ["a project with static files", {}, true],
  ["one without", { "shop/settings.py": "" }, false],
  ["one with whitenoise", { "requirements.txt": "django\nWhiteNoise\n" }, false],
  [
    "one that stores them elsewhere",
    { "shop/settings.py": '"django.contrib.staticfiles"; S = "storages.backends.s3"' },
    false,
  ],
  [
    "one that names them for a server in front",
    { "holdall.yaml": "name: shop\nstatic: {/static: static}" },
    false,
  ],
];

for (const [is, texts, isNoted] of NOTES) {
  test(`tells who serves static files: ${is}`, async () => {
    const notes = listNotes(await inputOf({ ...PROJECT, "static/a.css": "", ...texts }));
    assert.equal(notes.length, isNoted ? 1 : 0);
  });
}

test("refuses two projects side by side", async () => {
  const files = appFilesOf({
    "holdall.yaml": "name: shop\nplatform: django\n",
    "one/manage.py": manage("a"),
    "two/manage.py": manage("b"),
  });
  const { description } = await describe(files);
  assert.throws(() => planApplication({ description, files, distributions: [] }), {
    code: "object_not_found",
    message: "cannot find the Django project: there are one/manage.py and two/manage.py",
    hint: "Build from the directory of the one that you mean.",
  });
});

test("the application's own migrate wins over that of manage.py", async () => {
  const files = appFilesOf({
    "holdall.yaml": "name: shop\nlifecycle: { migrate: python manage.py upgrade }\n",
    "manage.py": manage("shop.settings"),
    "shop/wsgi.py": WSGI,
  });
  const { description } = await describe(files);
  const { commands } = planApplication({ description, files, distributions: [] });
  assert.equal(commands["migrated"], undefined, "of which Django cannot tell whether it is done");
  assert.deepEqual(commands["migrate"], {
    kind: "argv",
    argv: ["python", "{app}/manage.py", "upgrade"],
    help: "",
    origin: "own",
  });
});
