import type { Platform } from "../platform.ts";
import { detectInterface, serveObject } from "../python/serve-object.ts";

const INTERFACE = { interface: "wsgi" } as const;

/** An application that WSGI servers load (PEP 3333): Flask, Django, Bottle, Pyramid. */
export const wsgiPlatform: Platform = {
  name: "wsgi",
  help: "A web application that WSGI servers load, such as one made with Flask.",
  requires: () => ["python"],
  detect: (input) => detectInterface(input, INTERFACE),
  refine: (plan, input) => serveObject(plan, input, INTERFACE),
};
