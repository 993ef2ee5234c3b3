import type { Platform } from "../platform.ts";
import { detectInterface, serveObject } from "../python/serve-object.ts";

const INTERFACE = { interface: "asgi" } as const;

/** An application that ASGI 3 servers load, web sockets included: Starlette, FastAPI, Quart, Litestar. */
export const asgiPlatform: Platform = {
  name: "asgi",
  help: "A web application that ASGI servers load, such as one made with Starlette or FastAPI.",
  requires: () => ["python"],
  detect: (input) => detectInterface(input, INTERFACE),
  refine: (plan, input) => serveObject(plan, input, INTERFACE),
};
