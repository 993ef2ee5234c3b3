// A hosting service: several applications behind one port, by host name. Each is started at its first request and stopped when
// nobody has asked for a while. A WSGI or ASGI application is called without a port of its own; any other listens on one.
import { createServer } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppPackage } from "holdall";

// Of one connection, not of what goes over it (RFC 9110, 7.6.1).
const OF_CONNECTIONS = ["connection", "keep-alive", "transfer-encoding", "upgrade", "expect"];

/**
 * @param sites - host name to the path of a checkout or an artifact.
 * @param options - `data`: directory in which each application gets one of its own; `idleMs`: how long it may idle.
 */
export function createHostingService(sites, { data, idleMs = 60_000 }) {
  const hosted = new Map(Object.entries(sites).map(([name, path]) => [name, new Site(path, join(data, name), idleMs)]));
  const server = createServer(async (incoming, outgoing) => {
    const site = hosted.get(incoming.headers.host?.replace(/:\d+$/, "").toLowerCase());
    if (!site) return outgoing.writeHead(404).end("no such site\n");
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort());
    try {
      await site.use(async (ask) => {
        const { status, statusText, headers, body } = await ask(toRequest(incoming, gone.signal));
        outgoing.writeHead(status, statusText, passedOn(headers).flat());
        await pipeline(body ? Readable.fromWeb(body) : Readable.from([]), outgoing);
      });
    } catch (error) {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end(`${error.message}\n`);
    }
  });
  server.on("close", () => hosted.forEach((site) => site.stop()));
  return server;
}

/** One application, which runs while it is used. */
class Site {
  #users = 0;
  #running;
  #timer;
  constructor(path, base, idleMs) {
    Object.assign(this, { path, base, idleMs });
  }

  /** Calls `work` with a function like `fetch`; the application runs at least until that has ended. */
  async use(work) {
    this.#users += 1;
    clearTimeout(this.#timer);
    try {
      this.#running ??= this.#start();
      await work((await this.#running).ask);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#timer = setTimeout(() => this.stop(), this.idleMs).unref();
    }
  }
  async #start() {
    const app = await AppPackage.open(this.path, { base: this.base });
    try {
      const { objects } = await app.plan();
      if (["wsgi", "asgi"].includes(objects.app?.interface)) {
        const object = await app.loadObject();
        return { app, ask: (request) => object.fetch(request) };
      }
      const web = await app.start("web");
      web.done.catch(() => this.stop()); // it ends again and again: the next request starts it anew
      return { app, ask: (request) => forward(request, web.url) };
    } catch (error) {
      this.#running = undefined;
      await app.close();
      throw error;
    }
  }
  async stop() {
    const running = this.#running;
    this.#running = undefined;
    await (await running?.catch(() => undefined))?.app.close();
  }
}

function toRequest(incoming, signal) {
  const { method, url, headers, headersDistinct } = incoming;
  const each = Object.entries(headersDistinct).flatMap(([name, values]) => values.map((value) => [name, value]));
  const body = ["GET", "HEAD"].includes(method) ? null : Readable.toWeb(incoming);
  return new Request(`http://${headers.host}${url}`, { method, headers: passedOn(each), body, duplex: "half", signal });
}

function forward(request, url) {
  const there = new Request(request.url.replace(/^http:\/\/[^/]*\//, () => url), request);
  there.headers.set("accept-encoding", "identity"); // `fetch` would unpack what is for somebody else
  return fetch(there, { redirect: "manual" });
}

const passedOn = (headers) => [...headers].filter(([name]) => !OF_CONNECTIONS.includes(name));
if (import.meta.main) {
  const sites = Object.fromEntries(process.argv.slice(2).map((word) => word.split("=")));
  createHostingService(sites, { data: "sites" }).listen(8080);
}
