import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import { findTestUv } from "./build-fixture.ts";
import { eventually } from "./eventually.ts";
import { needProgram } from "./needs.ts";
import { type Server, startServer } from "./server.ts";

/** The servers of Debian have this Python inside, so the others run with it as well. */
export const SERVER_PYTHON = "/usr/bin/python3";

const SERVERS = join(PACKAGE_ROOT, "node_modules/.cache/holdall-servers");

export interface ForeignServer {
  readonly name: string;
  readonly interface: "wsgi" | "asgi";
  /** What its environment has: pinned, and nothing of any application. Without it, the server is one of Debian's. */
  readonly requirements?: readonly string[];
  /** Programs that a machine needs for it. */
  readonly programs?: readonly string[];
  /** For sh: `$BIN` has the server's programs, `$ARTIFACT` is the file, `$PORT` where to listen. */
  readonly command: string;
}

const UVICORN = ["uvicorn==0.35.0", "click==8.1.7", "h11==0.16.0"];
const GUNICORN = ["gunicorn==23.0.0", "packaging==25.0"];

export const FOREIGN_SERVERS: readonly ForeignServer[] = [
  {
    ...{ name: "gunicorn", interface: "wsgi", requirements: GUNICORN },
    command: "$BIN/gunicorn --bind 127.0.0.1:$PORT --pythonpath $ARTIFACT holdall_app:app",
  },
  {
    ...{ name: "gunicorn with threads, preloaded", interface: "wsgi", requirements: GUNICORN },
    command:
      "$BIN/gunicorn --worker-class gthread --threads 4 --preload --bind 127.0.0.1:$PORT --pythonpath $ARTIFACT holdall_app:app",
  },
  {
    ...{ name: "waitress", interface: "wsgi", requirements: ["waitress==3.0.2"] },
    command: "env PYTHONPATH=$ARTIFACT $BIN/waitress-serve --listen 127.0.0.1:$PORT holdall_app:app",
  },
  {
    ...{ name: "uWSGI", interface: "wsgi", programs: ["uwsgi_python3"] },
    command:
      "uwsgi_python3 --plugin http --http 127.0.0.1:$PORT --master --die-on-term --need-app --pythonpath $ARTIFACT --module holdall_app:app",
  },
  {
    ...{ name: "Apache", interface: "wsgi", programs: ["apache2"] },
    command: "apache2 -f $DATA/apache.conf -DFOREGROUND",
  },
  {
    ...{ name: "uvicorn", interface: "asgi", requirements: UVICORN },
    command: "$BIN/uvicorn --port $PORT --app-dir $ARTIFACT holdall_app:app",
  },
  {
    name: "hypercorn",
    interface: "asgi",
    requirements: ["hypercorn==0.17.3", "h11==0.16.0", "h2==4.2.0", "wsproto==1.2.0", "priority==2.0.0"],
    command: "$BIN/hypercorn --bind 127.0.0.1:$PORT $ARTIFACT/holdall_app:app",
  },
];

export interface Surroundings {
  readonly artifact: string;
  readonly cache: string;
  /** The working directory. */
  readonly data: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer extends Pick<Server, "address"> {
  log(): string;
  /** Waits until the server's log has a text. */
  logHas(text: string): Promise<void>;
  stop(): Promise<void>;
}

/** @returns undefined where the machine lacks what the server needs. */
export async function startForeignServer(
  t: TestContext,
  server: ForeignServer,
  surroundings: Surroundings,
): Promise<RunningServer | undefined> {
  const { programs = [], requirements, command } = server;
  if (!programs.every((program) => needProgram(t, program))) return undefined;
  const { artifact, cache, data, env = {} } = surroundings;
  const isApache = programs.includes("apache2");
  if (isApache) await configureApache(surroundings);
  const bin = requirements === undefined ? "" : join(await ensureEnvironment(requirements), "bin");
  const running = await startServer(["sh", "-c", `exec ${command}`], {
    cwd: data,
    env: {
      PATH: process.env["PATH"],
      ...{ BIN: bin, ARTIFACT: artifact, DATA: data, HOLDALL_CACHE: cache, HOME: data },
      ...env,
    },
  });
  const log = () => running.output() + (isApache ? readFileSync(join(data, "error.log"), "utf8") : "");
  return {
    address: running.address,
    log,
    logHas: async (text) => {
      await eventually(`${text} is in: ${log()}`, () => (log().includes(text) ? true : undefined));
    },
    stop: async () => {
      await running.stop("SIGTERM");
    },
  };
}

/** What a server says that cannot start the application: most end, Apache answers with 500. */
export async function logOfFailedStart(
  t: TestContext,
  server: ForeignServer,
  surroundings: Surroundings,
): Promise<string | undefined> {
  try {
    const running = await startForeignServer(t, server, surroundings);
    if (running === undefined) return undefined;
    await running.stop();
    return running.log();
  } catch (error) {
    if (error instanceof Error && error.message.includes("ended before it answered")) return error.message;
    throw error;
  }
}

/** An environment with these distributions and nothing else, made once. */
async function ensureEnvironment(requirements: readonly string[]): Promise<string> {
  const key = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 12);
  const path = join(SERVERS, `${requirements[0]?.replace(/=.*/, "")}-${key}`);
  const whole = join(path, "whole");
  if (existsSync(whole)) return path;
  await rm(path, { recursive: true, force: true });
  await mkdir(SERVERS, { recursive: true });
  const uv = await findTestUv();
  await succeed([uv, "venv", "--quiet", "--no-project", "--python", SERVER_PYTHON, path]);
  await succeed([uv, "pip", "install", "--quiet", "--python", join(path, "bin/python"), ...requirements]);
  await writeFile(whole, "");
  return path;
}

/** An Apache of its own, with the script that the artifact prints. As root it changes to the user of Debian's. */
async function configureApache({ artifact, cache, data }: Surroundings): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const script = await succeed([artifact, "--holdall", "wsgi-script"]);
  await writeFile(join(data, "application.wsgi"), script);
  const modules = ["mpm_event", "authz_core", "wsgi"].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  const port = "$" + "{PORT}"; // replaced by Apache, from its environment
  const lines = [
    ...["ServerName localhost", `ServerRoot ${data}`, `DefaultRuntimeDir ${data}`, `Mutex file:${data}`],
    ...[`Listen 127.0.0.1:${port}`, `PidFile ${data}/pid`, `ErrorLog ${data}/error.log`],
    ...(isRoot ? ["User www-data", "Group www-data"] : []),
    ...modules,
    `WSGIDaemonProcess application home=${data}`,
    `WSGIScriptAlias / ${data}/application.wsgi process-group=application application-group=%{GLOBAL}`,
    `<Directory ${data}>`,
    "Require all granted",
    "</Directory>",
  ];
  await writeFile(join(data, "apache.conf"), `${lines.join("\n")}\n`);
  await mkdir(cache, { recursive: true });
  if (!isRoot) return;
  for (const directory of [data, cache]) execFileSync("chown", ["-R", "www-data:", directory]);
  for (const directory of [data, join(artifact, "..")]) await chmod(directory, 0o755);
}

async function succeed(argv: readonly string[]): Promise<string> {
  const { status, signal, stdout, stderr } = await runProcess(argv, { env: process.env });
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status ?? signal}\n${stdout}\n${stderr}`);
  return stdout;
}
