import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../artifact/plan.ts";
import { describe } from "../description/describe.ts";
import { appFilesOf } from "../testing/app-files-of.ts";
import type { Distribution, PlanInput } from "./platform.ts";
import { choosePlatforms, planApplication, planRequirements } from "./registry.ts";

type Texts = Readonly<Record<string, string>>;

interface Case {
  readonly is: string;
  readonly files: Texts;
  readonly platforms: string;
  readonly requirements?: string;
  /** argv of the process `web`. */
  readonly web?: string;
  /** `interface module:attribute`. */
  readonly app?: string;
  readonly importPath?: string;
}

const FLASK = "from flask import Flask\napp = Flask(__name__)\n";
const FACTORY = "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n";
const STARLETTE = "from starlette.applications import Starlette\napp = Starlette()\n";
const PROJECT = '[project]\nname = "shop"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\n';
const GUNICORN = "python -m holdall_gunicorn";
const UVICORN = "uvicorn --app-dir {app} --host {host} --port {port}";

const CASES: readonly Case[] = [
  { is: "a script", files: { "tool.py": "" }, platforms: "python" },
  { is: "a list of requirements", files: { "requirements.txt": "flask\n" }, platforms: "python" },
  {
    is: "a Flask module",
    files: { "app.py": FLASK },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} app:app`,
    app: "wsgi app:app",
  },
  {
    is: "a Flask package with a factory",
    files: { "shop/__init__.py": FACTORY },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} shop:create_app()`,
    app: "wsgi shop:create_app()",
  },
  {
    is: "a factory with the module that calls it for servers",
    files: { "shop/__init__.py": FACTORY, "wsgi.py": "from shop import create_app\napp = create_app()\n" },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} wsgi:app`,
    app: "wsgi wsgi:app",
  },
  {
    is: "the src layout, not built",
    files: { "src/shop/__init__.py": "", "src/shop/app.py": FLASK, "requirements.txt": "waitress\n" },
    platforms: "python wsgi",
    web: "waitress-serve --listen {host}:{port} shop.app:app",
    app: "wsgi shop.app:app",
    importPath: "src .",
  },
  {
    is: "the src layout, built",
    files: { "src/shop/__init__.py": STARLETTE, "pyproject.toml": PROJECT },
    platforms: "python asgi",
    requirements: "uvicorn wsproto",
    web: "uvicorn --app-dir {app}/.nothing-to-import --host {host} --port {port} shop:app",
    importPath: "",
    app: "asgi shop:app",
  },
  {
    is: "an ASGI application that brings uvicorn",
    files: { "main.py": STARLETTE, "requirements.txt": "starlette\nuvicorn[standard]>=0.30\n" },
    platforms: "python asgi",
    web: `${UVICORN} main:app`,
    app: "asgi main:app",
  },
  {
    is: "an application whose object is made elsewhere, and which asks for FastAPI",
    files: {
      "main.py": "from shop import make\n\napp = make()\n",
      "requirements.txt": "fastapi>=0.110\nuvicorn\ngunicorn\n",
    },
    platforms: "python asgi",
    web: `${UVICORN} main:app`,
    app: "asgi main:app",
  },
  {
    is: "an object that the description names, of an application that asks for FastAPI",
    files: {
      "shop/web.py": "from .made import shop\n",
      "shop/__init__.py": "",
      "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi"]\n',
      "holdall.yaml": "app: shop.web:shop\n",
    },
    platforms: "python asgi",
    requirements: "uvicorn wsproto",
    web: `${UVICORN} shop.web:shop`,
    app: "asgi shop.web:shop",
  },
  {
    is: "an application with a Procfile",
    files: { "shop.py": FLASK, Procfile: "web: gunicorn shop:app\nworker: python work.py\n", "work.py": "" },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} shop:app`,
    app: "wsgi shop:app",
  },
  {
    is: "two applications, and a process that says which",
    files: { "app.py": FLASK, "main.py": FLASK, Procfile: "web: uvicorn other:app\n" },
    platforms: "python wsgi",
    requirements: "uvicorn wsproto",
    web: `${UVICORN} other:app`,
  },
  {
    is: "a module with a name of its own, beside others that serve nothing",
    files: { "hello.py": FLASK, "tool.py": "app = make()\n", "setup.py": FLASK, "tests/app.py": FLASK },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} hello:app`,
    app: "wsgi hello:app",
    importPath: "",
  },
  {
    is: "an application that asks for Flask",
    files: { "app.py": FLASK, "requirements.txt": "Flask>=3\n" },
    platforms: "python flask wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} app:app`,
    app: "wsgi app:app",
  },
  {
    is: "what .flaskenv names",
    files: {
      ".flaskenv": "FLASK_DEBUG=1\nexport FLASK_APP='blog.py'\n",
      "blog.py": "from shop import create_app\napp = create_app()\n",
      "shop/__init__.py": FACTORY,
      "app.py": FLASK,
    },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} blog:app`,
    app: "wsgi blog:app",
  },
  {
    is: "what a module imports that .flaskenv names",
    files: { ".flaskenv": "FLASK_APP=run\n", "run.py": "from shop import app\n", "shop/__init__.py": FLASK },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} run:app`,
    app: "wsgi run:app",
  },
  {
    is: "a factory that .flaskenv names",
    files: { ".flaskenv": "FLASK_APP=shop:create_app\n", "shop/__init__.py": FLASK + FACTORY },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} shop:create_app()`,
    app: "wsgi shop:create_app()",
  },
  {
    is: "an application whose .flaskenv names what is not there",
    files: { ".flaskenv": "FLASK_APP=../up:create_app('x')\n", "app.py": FLASK },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} app:app`,
    app: "wsgi app:app",
  },
  {
    is: "a package from an index",
    files: { "holdall.yaml": "name: shop\npip: shop\napp: shop.main:app\n" },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} shop.main:app`,
    app: "wsgi shop.main:app",
  },
  {
    is: "an application whose paths hold somebody else's modules",
    files: { "holdall.yaml": "name: shop\npaths: vendor/\n", "vendor/app.py": STARLETTE, "app.py": FLASK },
    platforms: "python wsgi",
    requirements: "gunicorn",
    web: `${GUNICORN} app:app`,
    app: "wsgi app:app",
    importPath: "vendor .",
  },
  {
    is: "an object for other programs than servers",
    files: { "holdall.yaml": "name: shop\nplatform: python\napp: shop:Shop.current\n" },
    platforms: "python",
    app: "python shop:Shop.current",
  },
];

for (const one of CASES) {
  test(`plans ${one.is}`, async () => {
    const input = await inputOf(one.files);
    const { processes, objects, importPath } = planApplication(input);
    const app = objects["app"];
    assert.deepEqual(
      {
        platforms: choosePlatforms(input)
          .map(({ name }) => name)
          .join(" "),
        requirements: planRequirements(input).join(" "),
        web: processes["web"]?.argv.join(" ") ?? "",
        app: app ? `${app.interface} ${app.module}:${app.attribute}${app.isFactory ? "()" : ""}` : "",
        importPath: importPath.join(" "),
      },
      {
        platforms: one.platforms,
        requirements: "",
        web: "",
        app: "",
        importPath: ".",
        ...without(one, ["is", "files"]),
      },
    );
  });
}

const REFUSED: [is: string, files: Texts, code: string, message: string, hint: string][] = [
  [
    "an empty folder",
    {},
    "platform_not_found",
    "cannot choose a platform: there is no known kind of application here",
    "Set `platform` to one of python, django, flask, wsgi, asgi, or name what to install under `pip`.",
  ],
  [
    "a misspelt platform",
    { "holdall.yaml": "name: shop\nplatform: wsig\n" },
    "platform_not_found",
    "cannot choose a platform: there is none named wsig",
    "Did you mean wsgi?",
  ],
  [
    "an unknown platform",
    { "holdall.yaml": "name: shop\nplatform: cobol\n" },
    "platform_not_found",
    "cannot choose a platform: there is none named cobol",
    "Use one of python, django, flask, wsgi, asgi.",
  ],
  [
    "two objects",
    { "app.py": FLASK, "shop/__init__.py": FLASK },
    "object_not_found",
    "cannot choose the object to serve: app:app and shop:app could be it",
    "Write `app: app:app` in the description, or another of them.",
  ],
  [
    "no object",
    { "holdall.yaml": "name: shop\nplatform: asgi\n" },
    "object_not_found",
    "cannot find the asgi object to serve: no module with a usual name has one",
    "Write `app: package.module:object` in the description, or say how to start it in `processes.web`.",
  ],
  [
    "a Django project without manage.py",
    { "holdall.yaml": "name: shop\nplatform: django\n" },
    "object_not_found",
    "cannot find the Django project: no manage.py names its settings",
    "Put manage.py into the application's directory, or into one directly below it.",
  ],
];

for (const [is, files, code, message, hint] of REFUSED) {
  test(`refuses ${is}`, async () => {
    const input = await inputOf(files);
    assert.throws(() => planApplication(input), { code, message, hint });
  });
}

test("commands: the description's win over entry points, and both over those of platforms", async () => {
  const yaml = `
name: shop
pip: shop
app: shop:app
commands:
  clean: shop.clean:main
  report: { function: "shop.report:main", help: Print the report. }
  gunicorn: gunicorn shop:app
  run: { script: "bin/{x}.py" }
  ping: { url: /ping }
lifecycle:
  migrate: shop-migrate
processes:
  worker: run-worker
`;
  const scripts = {
    serve: "shop:serve",
    clean: "shop:clean",
    "shop-migrate": "shop:migrate",
    constructor: "shop:a",
  };
  const shop: Distribution = { name: "shop", version: "1", isRequested: true, scripts };
  const other: Distribution = {
    name: "other",
    version: "1",
    isRequested: false,
    scripts: { other: "other:main" },
  };
  const plan = planApplication(await inputOf({ "holdall.yaml": yaml, "bin/{x}.py": "" }, [other, shop]));
  const own = { kind: "argv", help: "", origin: "own" };
  assert.deepEqual(plan.commands, {
    clean: { ...own, argv: ["shop.clean:main"] },
    report: { ...own, argv: ["report"], help: "Print the report." },
    gunicorn: { ...own, argv: ["python", "-m", "holdall_gunicorn", "shop:app"] },
    run: { ...own, argv: ["python", "{app}/bin/{{x}}.py"] },
    ping: { kind: "url", path: "/ping", help: "", origin: "own" },
    migrate: { ...own, argv: ["shop-migrate"] },
    serve: { ...own, argv: ["serve"] },
    "shop-migrate": { ...own, argv: ["shop-migrate"] },
    constructor: { ...own, argv: ["constructor"] },
  });
  assert.deepEqual(plan.scripts, { report: "shop.report:main" });
  assert.deepEqual(Object.keys(plan.processes), ["worker", "web"]);
});

const MIGRATIONS = {
  "migrations/env.py": "",
  "migrations/script.py.mako": "",
  "migrations/versions/1.py": "",
};

test("flask is a command that knows the application, wherever it is written", async () => {
  const yaml =
    "lifecycle: { health: flask check }\nschedule: { mail: { cron: '@daily', command: python -m flask mail } }\n";
  const files = { "shop/__init__.py": FACTORY, "requirements.txt": "Flask\n", "holdall.yaml": yaml };
  const flask: Distribution = {
    ...{ name: "flask", version: "3", isRequested: true },
    scripts: { flask: "flask.cli:main" },
  };
  const { commands, lifecycle } = planApplication(await inputOf(files));
  const words = ["python", "-m", "holdall_flask", "-", "shop:create_app()"];
  assert.deepEqual(argvsOf(commands), {
    flask: words,
    health: [...words, "check"],
    mail: [...words, "mail"],
    serve: [...GUNICORN.split(" "), "shop:create_app()"],
  });
  assert.equal(commands["flask"]?.origin, "platform");
  const named = planApplication(await inputOf(files, [flask])).commands["flask"];
  assert.deepEqual(named, { kind: "argv", argv: words, help: "", origin: "own" });
  assert.deepEqual(Object.keys(lifecycle ?? {}), ["health"]);
  const own = { ...files, "holdall.yaml": "commands: { flask: flask run }\n" };
  const described = planApplication(await inputOf(own)).commands["flask"];
  assert.deepEqual(described, { kind: "argv", argv: [...words, "run"], help: "", origin: "own" });
});

test("migrations of Flask-Migrate are brought up to date by `migrate`, unless the application says how", async () => {
  const texts = { "app.py": FLASK, "requirements.txt": "Flask\nFlask-Migrate\n" };
  const words = ["python", "-m", "holdall_flask", "{app}", "app:app"];
  const { commands, lifecycle } = planApplication(await inputOf({ ...texts, ...MIGRATIONS }));
  assert.deepEqual(argvsOf(commands)["migrate"], [...words, "db", "upgrade"]);
  assert.deepEqual(lifecycle, { migrate: { command: "migrate" } });
  assert.equal(planApplication(await inputOf(texts)).commands["migrate"], undefined);
  const yaml = "lifecycle: { migrate: shop-migrate }\n";
  const own = planApplication(await inputOf({ ...texts, ...MIGRATIONS, "holdall.yaml": yaml }));
  assert.deepEqual(argvsOf(own.commands)["migrate"], ["shop-migrate"]);
});

test("a process may name a command, with more arguments", async () => {
  const yaml = "name: shop\ncommands: { shop: gunicorn shop:app }\nprocesses: { web: shop -w 5 }\n";
  const plan = planApplication(await inputOf({ "holdall.yaml": yaml, "shop.py": FLASK }));
  assert.deepEqual(plan.processes["web"]?.argv, [...GUNICORN.split(" "), "shop:app", "-w", "5"]);
  assert.deepEqual(plan.commands["serve"]?.origin, "platform");
});

function argvsOf(commands: Plan["commands"]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, command.kind === "argv" ? command.argv : []]),
  );
}

async function inputOf(texts: Texts, distributions: readonly Distribution[] = []): Promise<PlanInput> {
  const files = appFilesOf(texts);
  const { description } = await describe(files, { directoryName: "shop" });
  return { description, files, distributions };
}

function without<Value extends object>(value: Value, names: readonly string[]): Partial<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !names.includes(name)),
  ) as Partial<Value>; // fewer keys
}
