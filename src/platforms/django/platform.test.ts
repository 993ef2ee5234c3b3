import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../description/describe.ts";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { choosePlatforms, planApplication } from "../registry.ts";

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
  assert.deepEqual(commands["migrate"], {
    kind: "argv",
    argv: ["python", "{app}/manage.py", "upgrade"],
    help: "",
    origin: "own",
  });
});
