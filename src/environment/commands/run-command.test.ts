import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import type { Command, Plan } from "../../artifact/plan.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { eventually } from "../../testing/eventually.ts";
import { fileEntry } from "../../testing/small-artifact.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { openArtifactRelease } from "../application/open-artifact.ts";
import { openEnvironment } from "../open-environment.ts";
import { runCommand } from "./run-command.ts";

const PAGES = `import os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise ValueError("a defect of the application")
    start_response({"/tidy": "200 OK", "/away": "302 Found"}.get(path, "404 Not Found"), [])
    return [b"asked for " + path.encode()]

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/tidy" else 404)
        self.end_headers()
        self.wfile.write(b"web " + self.path.encode() + os.environ["HOLDALL_PROCESS"].encode())

if __name__ == "__main__":
    if sys.argv[1] == "serve":
        HTTPServer((sys.argv[2], int(sys.argv[3])), Handler).serve_forever()
    if sys.argv[1] == "flood":
        print("x" * 1_000_000 + "end")
    if sys.argv[1] == "stay":
        if os.fork() == 0:
            os.setsid()
        open(sys.argv[2] + str(os.getpid()), "w").close()
        time.sleep(600)
`;

const own = { help: "", origin: "own" } as const;
const argv = (...words: string[]): Command => ({ kind: "argv", argv: words, ...own });
const url = (path: string): Command => ({ kind: "url", path, ...own });

const COMMANDS: Plan["commands"] = {
  say: argv(
    "python",
    "-c",
    "import os,sys;print(os.environ['HOLDALL_COMMAND'], *sys.argv[1:]);print(os.getcwd());sys.exit(3)",
  ),
  read: argv("cat"),
  flood: argv("python", "{app}/pages.py", "flood"),
  stay: argv("python", "{app}/pages.py", "stay"),
  absent: argv("no-such-program"),
  schema: { kind: "sql", database: "main", files: ["sql/1.sql", "sql/2.sql"], ...own },
  tidy: url("/tidy"),
  away: url("/away"),
  lost: url("/lost"),
  broken: url("/broken"),
};

async function prepare(t: TestContext, plan: Partial<Plan> = {}) {
  const application = [
    fileEntry("app/pages.py", PAGES),
    fileEntry("app/sql/1.sql", "create table notes (text);\n"),
    fileEntry("app/sql/2.sql", "insert into notes values ('one');\ninsert into nothing values (1);\n"),
  ];
  const objects = {
    app: { interface: "wsgi", module: "pages", attribute: "app", isFactory: false },
  } as const;
  const artifact = await makeArtifactToStart(t, {
    application,
    plan: { commands: COMMANDS, objects, services: { main: { type: "sqlite" } }, ...plan },
  });
  const env = { ...artifact.env, PATH: process.env["PATH"] };
  const runnable = await openArtifactRelease(artifact.path, { env });
  const environment = await openEnvironment({
    ...{ runnable, base: artifact.data, kind: "run", env, address: DEFAULT_ADDRESS, starts: [] },
  });
  t.after(() => environment.close());
  return { environment, base: artifact.data };
}

test("a command of words gets what follows it, reads its input, and ends with its own status", async (t) => {
  const { environment, base } = await prepare(t);
  assert.deepEqual(await runCommand(environment, "say", { args: ["a b", "$HOME"] }), {
    ...{ status: 3, signal: undefined, stdout: `say a b $HOME\n${base}\n`, stderr: "" },
  });
  const read = await runCommand(environment, "read", { input: Readable.from(["one ", "two"]) });
  assert.deepEqual(read, { status: 0, signal: undefined, stdout: "one two", stderr: "" });
  const script = await runCommand(environment, "python", {
    args: ["-c", "import os; os.kill(os.getpid(), 9)"],
  });
  assert.deepEqual([script.status, script.signal], [undefined, "SIGKILL"]);
});

test("a command starts where the application's files are, when the plan says so", async (t) => {
  const { environment, base } = await prepare(t, { workingDirectory: "app" });
  const { stdout } = await runCommand(environment, "say");
  assert.equal(stdout, `say\n${environment.runnable.app}\n`);
  const program = await runCommand(environment, "python", {
    args: ["-c", "import os; print(open('sql/1.sql').read(), os.environ['STATE_DIRECTORY'])"],
  });
  assert.equal(program.stdout, `create table notes (text);\n ${base}\n`);
});

test("of a flood the end is kept", async (t) => {
  const { environment } = await prepare(t);
  const { stdout } = await runCommand(environment, "flood", { keepBytes: 8 });
  assert.equal(stdout, "xxxxend\n");
});

test("an abort ends a command and all that came of it", async (t) => {
  const { environment, base } = await prepare(t);
  const controller = new AbortController();
  const running = runCommand(environment, "stay", { args: [join(base, "pid-")], signal: controller.signal });
  const pids = await eventually("both have started", async () => {
    const names = (await readdir(base)).filter((name) => name.startsWith("pid-"));
    return names.length === 2 ? names.map((name) => name.slice(4)) : undefined;
  });
  controller.abort(new Error("enough"));
  await assert.rejects(running, { message: "enough" });
  assert.deepEqual(
    pids.filter(
      (pid) => existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8")),
    ),
    [],
  );
});

test("SQL files run once each, and the one that fails says where", async (t) => {
  const { environment } = await prepare(t);
  const failed = { code: "sql_failed", message: /sql\/2\.sql.*nothing/ };
  await assert.rejects(runCommand(environment, "schema"), failed);
  assert.deepEqual(await environment.services.services["main"]?.sql?.listDone(), ["sql/1.sql"]);
  await assert.rejects(runCommand(environment, "schema"), failed);
});

test("SQL files that have run before are told apart", async (t) => {
  const schema: Command = { kind: "sql", database: "main", files: ["sql/1.sql"], ...own };
  const { environment } = await prepare(t, { commands: { schema } });
  assert.equal((await runCommand(environment, "schema")).stdout, "sql/1.sql: ran\n");
  assert.equal((await runCommand(environment, "schema")).stdout, "sql/1.sql: had run before\n");
});

test("a request succeeds below 400", async (t) => {
  const { environment } = await prepare(t);
  const cases: [name: string, status: number, stdout: string, stderr: string][] = [
    ["tidy", 0, "asked for /tidy", ""],
    ["away", 0, "asked for /away", ""],
    ["lost", 1, "asked for /lost", "/lost: 404 Not Found\n"],
    ["broken", 1, "Internal Server Error", "/broken: 500\n"],
  ];
  for (const [name, status, stdout, stderr] of cases) {
    assert.deepEqual(await runCommand(environment, name), { status, signal: undefined, stdout, stderr });
  }
});

test("without an object, the web process is started for a request, on a port of its own", async (t) => {
  const web = {
    argv: ["python", "{app}/pages.py", "serve", "{host}", "{port}"],
    instances: 1,
    overlap: "allowed",
  };
  const { environment } = await prepare(t, { objects: {}, processes: { web } as Plan["processes"] });
  assert.deepEqual(await runCommand(environment, "tidy"), {
    ...{ status: 0, signal: undefined, stdout: "web /tidyweb", stderr: "" },
  });
});

test("a web process that dies is told with what it said", async (t) => {
  const web = { argv: ["sh", "-c", "echo no database >&2; exit 1"], instances: 1, overlap: "allowed" };
  const { environment } = await prepare(t, { objects: {}, processes: { web } as Plan["processes"] });
  await assert.rejects(runCommand(environment, "tidy"), {
    ...{ code: "process_failed", excerpt: "no database" },
    message: "cannot run tidy: the process web, which would answer it, does not start to listen",
  });
});

test("what cannot be run is refused, with what may have been meant", async (t) => {
  const web = { argv: ["cat"], instances: 1, overlap: "allowed" };
  const { environment } = await prepare(t, { processes: { web, worker: web } as Plan["processes"] });
  const refused: [words: [name: string, ...args: string[]], code: string, message: string, hint: string][] = [
    [
      ["schemas"],
      "command_not_found",
      "cannot run schemas: the application has no command of that name",
      "Did you mean schema?",
    ],
    [
      ["wroker"],
      "command_not_found",
      "cannot run wroker: the application has no command of that name",
      "Did you mean worker?",
    ],
    [
      ["worker"],
      "command_not_found",
      "cannot run worker as a command: it is a process, which keeps running",
      "`holdall dev` runs all processes of a checkout, and an artifact starts one by its name.",
    ],
    [
      ["absent"],
      "program_not_found",
      "cannot run absent: no-such-program is neither in the application nor in PATH",
      "Install it on this machine, or name the distribution that has it as a dependency.",
    ],
    [
      ["tidy", "now"],
      "usage_wrong",
      "cannot run tidy with now: it takes no arguments",
      "It is a command of kind url: run it alone.",
    ],
  ];
  for (const [[name, ...args], code, message, hint] of refused) {
    await assert.rejects(runCommand(environment, name, { args }), { code, message, hint });
  }
});
