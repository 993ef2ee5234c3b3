import type { TestContext } from "node:test";
import type { LayerEntry } from "../artifact/tar.ts";
import { describePython, makeArtifactToStart } from "./artifact-to-start.ts";
import { type ForeignServer, SERVER_PYTHON } from "./foreign-server.ts";
import { fileEntry } from "./small-artifact.ts";

const SITE = `import os

if os.environ.get("SITE_IS_BROKEN"):
    import module_that_nobody_has

STYLE = os.path.join(os.path.dirname(__file__), "site.css")


def child(queue):
    import cart

    queue.put(cart.__file__)


def spawn():
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    path = queue.get()
    process.join()
    return path


def answer(path):
    if path == "/static/site.css":
        with open(STYLE) as file:
            return file.read()
    if path == "/error":
        raise LookupError("nothing on this shelf")
    if path == "/spawn":
        return spawn()
    import cart

    return "%d items by %s" % (len(cart.items), cart.__name__)


def wsgi(environ, start_response):
    body = answer(environ["PATH_INFO"]).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def make_wsgi():
    return wsgi


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError("only http")
    body = answer(scope["path"]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
`;

export interface SiteOptions {
  /** Of the target's Python; that of the servers unless given. */
  readonly minor?: string;
  readonly distribution?: readonly LayerEntry[];
}

/** An artifact with one page, one file, one error, for the interface and the Python of a server. */
export function makeSite(
  t: TestContext,
  server: ForeignServer,
  { minor, distribution = [] }: SiteOptions = {},
) {
  const { version, abi } = describePython(SERVER_PYTHON);
  const python =
    minor === undefined ? { version, abi } : { version: minor, abi: `cp${minor.replace(".", "")}` };
  const app = { interface: server.interface, module: "site_app", isFactory: server.interface === "wsgi" };
  return makeArtifactToStart(t, {
    target: { python: { implementation: "cpython", ...python } },
    application: [fileEntry("app/site.css", "body { color: teal }\n"), fileEntry("app/site_app.py", SITE)],
    distribution,
    plan: { objects: { app: { ...app, attribute: app.isFactory ? "make_wsgi" : "asgi" } } },
  });
}
