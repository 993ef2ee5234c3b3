import { NOWHERE, type PlannedObject, type Word } from "../../artifact/plan.ts";
import type { PlanInput } from "../platform.ts";
import type { ServedInterface } from "../python/scan-module.ts";
import { isBuilt } from "../python/source-roots.ts";

/** A program that serves an object over HTTP. */
export interface Server {
  /** The distribution that it comes from. */
  readonly name: string;
  /** Its console script. */
  readonly script: string;
  readonly interface: ServedInterface;
  /** What its argv starts with in a plan. */
  start(input: PlanInput): readonly Word[];
  /** Absent: it listens where the environment says without being told. */
  readonly listen?: {
    readonly words: readonly Word[];
    /** A word of a user's argv which shows that it says itself where to listen. */
    readonly unless: RegExp;
  };
  target(object: PlannedObject): readonly Word[];
  /** What to add to an application that lacks it: names alone, versions are for the lock. */
  readonly requirements: readonly string[];
}

/**
 * What is planned for an object is the first of these that the application brings, or else the first. Only servers
 * that can be kept from importing what lies in the working directory are here, as uploads land there: hypercorn,
 * daphne and granian cannot. Who wants another server names it in `processes.web`.
 */
export const SERVERS: readonly Server[] = [
  {
    name: "gunicorn",
    script: "gunicorn",
    interface: "wsgi",
    // A runner in every release: gunicorn itself puts the working directory first on sys.path. Where to listen is its
    // default, so that a `--bind` of the user replaces it; two of them would be two places.
    start: () => ["python", "-m", "holdall_gunicorn"],
    target: (object) => [`${referenceOf(object)}${object.isFactory ? "()" : ""}`],
    requirements: ["gunicorn"],
  },
  {
    name: "waitress",
    script: "waitress-serve",
    interface: "wsgi",
    start: () => ["waitress-serve"], // it appends the working directory, where it hides nothing
    listen: { words: ["--listen", "{host}:{port}"], unless: /^--(?:listen|host|port|unix-socket)\b/ },
    target: (object) => [...(object.isFactory ? ["--call"] : []), referenceOf(object)],
    requirements: ["waitress"],
  },
  {
    name: "uvicorn",
    script: "uvicorn",
    interface: "asgi",
    start: (input) => ["uvicorn", "--app-dir", appDirectory(input)],
    listen: { words: ["--host", "{host}", "--port", "{port}"], unless: /^--(?:host|port|uds|fd)\b/ },
    target: (object) => [...(object.isFactory ? ["--factory"] : []), referenceOf(object)],
    // uvicorn alone refuses web sockets. wsproto is pure Python and needs nothing that uvicorn does not bring; websockets
    // and most of uvicorn[standard] are compiled and would bind every artifact to one processor.
    requirements: ["uvicorn", "wsproto"],
  },
];

/**
 * uvicorn puts this directory first on sys.path; unless told otherwise, the working directory. The sources of an
 * application that is built must not hide what was built from them, so that one gets a directory that does not exist.
 */
function appDirectory(input: PlanInput): Word {
  return isBuilt(input) ? NOWHERE : "{app}";
}

function referenceOf({ module, attribute }: PlannedObject): string {
  return `${module}:${attribute}`;
}
