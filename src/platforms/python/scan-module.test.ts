import assert from "node:assert/strict";
import { test } from "node:test";
import { scanModule } from "./scan-module.ts";

/** Source, name of the module, and what is found: interface, attribute and, for a factory, `()`. */
const CASES: [source: string, module: string, found: string[]][] = [
  ["app = Flask(__name__)", "app", ["wsgi app"]],
  ["app: Flask = flask.Flask(__name__)", "app", ["wsgi app"]],
  ["shop = fastapi.FastAPI()", "main", ["asgi shop"]],
  ["app = Flask(__name__)\napi = Flask(__name__)", "app", ["wsgi app"]],
  ["one = Flask(__name__)\ntwo = Flask(__name__)", "app", ["wsgi one", "wsgi two"]],
  ["app = Flask(__name__)\napp = wrap(app)", "app", ["wsgi app"]],
  ["app = Starlette()\napplication = Sentry(app)", "app", ["? application"]],
  ["from starlette import x\napp = make()", "app", ["asgi app"]],
  ["app = make()", "app", ["? app"]],
  ["application = get_wsgi_application()", "wsgi", ["wsgi application"]],
  ["from shop import app", "wsgi", ["wsgi app"]],
  ["from shop import make, app as application", "asgi", ["asgi application"]],
  ["from shop import app", "main", []],
  ["from shop import app_name", "wsgi", []],
  [
    "import flask\ndef create_app():\n    app = flask.Flask('x')\n    return app",
    "shop",
    ["wsgi create_app()"],
  ],
  [
    "def create_app(config: Mapping[str, int] | None = None, *, debug=False): ...",
    "shop",
    ["? create_app()"],
  ],
  ["def create_app(config): ...", "shop", []],
  ["def create_app(): ...\napp = create_app()", "shop", ["? app"]],
  ["def application(environ, start_response): ...", "shop", ["wsgi application"]],
  ["async def app(scope, receive, send): ...", "shop", ["asgi app"]],
  ["def app(): ...", "shop", []],
  ["# app = Flask(__name__)", "app", []],
  ['"""\napp = Flask(__name__)\n"""', "app", []],
  ["if True:\n    app = Flask(__name__)", "app", []],
  ["app == Flask()", "app", []],
  ["app = None\ndef create_app(): ...", "app", ["? create_app()"]],
  ["app = {}", "app", []],
  ["app = typer.Typer()", "main", []],
  ["from flask import Flask\napp = Celery('shop')", "app", []],
  ["app = (\n    Flask(__name__)\n)", "app", ["? app"]],
  ["", "app", []],
];

for (const [source, module, expected] of CASES) {
  test(`finds ${expected.join(", ") || "nothing"} in ${JSON.stringify(source)} of ${module}`, () => {
    const found = scanModule(source, module).map(
      (object) => `${object.interface ?? "?"} ${object.attribute}${object.isFactory ? "()" : ""}`,
    );
    assert.deepEqual(found, expected);
  });
}
