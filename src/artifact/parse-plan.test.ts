import assert from "node:assert/strict";
import { test } from "node:test";
import type { Forged } from "../testing/forge-artifact.ts";
import { SMALL_PLAN } from "../testing/small-artifact.ts";
import { parsePlan } from "./parse-plan.ts";
import type { Plan, UrlCommand } from "./plan.ts";

const URL_COMMAND: UrlCommand = {
  kind: "url",
  path: "/health?full=1",
  help: "Ask it how it is",
  origin: "own",
};

const GOOD: Plan = {
  importPath: [".", "src", "vendor/lib"],
  scripts: { "shop-admin": "shop.admin:Cli.main", shop: "geschäft:los" },
  commands: {
    serve: {
      kind: "argv",
      argv: ["gunicorn", "--bind={host}:{port}", "{app}/conf.py", "{{raw}}", ""],
      help: "",
      origin: "platform",
    },
    constructor: URL_COMMAND,
    größe: { kind: "sql", database: "main", files: ["sql/1.sql"], help: "", origin: "own" },
  },
  processes: {
    web: { argv: ["shop"], instances: 4, overlap: "allowed" },
    tick: { argv: ["tick"], instances: 1, overlap: "never" },
  },
  objects: { app: { interface: "asgi", module: "shop.web", attribute: "make.app", isFactory: true } },
  systemPackages: { deb: ["python3-apt", "libstdc++6"], rpm: [] },
};

test("a plan comes out as it went in", () => {
  assert.deepEqual(parsePlan(GOOD, "plan"), GOOD);
  assert.deepEqual(parsePlan(SMALL_PLAN, "plan"), SMALL_PLAN);
});

const BRACES = "not a word whose braces are {{, }} or one of {app}, {host}, {port}";
const NAME = "not a name: 1 to 100 characters, no white space, no slash, no - in front";
const FUNCTION = "not module:function";

const REFUSED: readonly (readonly [change: (plan: Forged) => unknown, message: string])[] = [
  [(p) => delete p.objects, 'plan lacks the key "objects"'],
  [(p) => Object.assign(p, { env: {} }), 'plan has the unknown key "env"'],
  [(p) => p.importPath.push("../lib"), 'path "../lib" has a part ".."'],
  [(p) => p.importPath.push("/lib"), 'path "/lib" is empty, or has an empty part'],
  [(p) => p.importPath.push(7), "plan.importPath[3] is 7, not a path"],
  [
    (p) => Object.assign(p.scripts, { "a/b": "a:b" }),
    'a key of plan.scripts is "a/b", not a file name of A-Z a-z 0-9 . _ -',
  ],
  [
    (p) => Object.assign(p.scripts, { python3: "a:b" }),
    'a key of plan.scripts is "python3", not free: it names the interpreter',
  ],
  [(p) => Object.assign(p.scripts, { a: "a" }), `plan.scripts["a"] is "a", ${FUNCTION}`],
  [(p) => Object.assign(p.scripts, { a: "a:b()" }), `plan.scripts["a"] is "a:b()", ${FUNCTION}`],
  [(p) => Object.assign(p.scripts, { a: "os;evil:b" }), `plan.scripts["a"] is "os;evil:b", ${FUNCTION}`],
  [(p) => Object.assign(p.scripts, { a: "a:b\n" }), `plan.scripts["a"] is "a:b\\n", ${FUNCTION}`],
  [(p) => Object.assign(p.scripts, { a: "1a:b" }), `plan.scripts["a"] is "1a:b", ${FUNCTION}`],
  [
    (p) => Object.assign(p.commands, { "--holdall": p.commands.serve }),
    `a key of plan.commands is "--holdall", ${NAME}`,
  ],
  [(p) => Object.assign(p.commands, { "a/b": p.commands.serve }), `a key of plan.commands is "a/b", ${NAME}`],
  [(p) => Object.assign(p.commands, { "a b": p.commands.serve }), `a key of plan.commands is "a b", ${NAME}`],
  [
    (p) => Object.assign(p.commands, { "a\u001b": p.commands.serve }),
    `a key of plan.commands is "a\\u001b", ${NAME}`,
  ],
  [(p) => Object.assign(p.commands, { "": p.commands.serve }), `a key of plan.commands is "", ${NAME}`],
  [(p) => Object.assign(p.commands, { "..": p.commands.serve }), `a key of plan.commands is "..", ${NAME}`],
  [(p) => Object.assign(p.commands, { a: "serve" }), 'plan.commands["a"] is "serve", not an object'],
  [
    (p) => Object.assign(p.commands.serve, { kind: "shell" }),
    'plan.commands["serve"].kind is "shell", not "argv" or "url" or "sql"',
  ],
  [
    (p) => Object.assign(p.commands.serve, { kind: "url" }),
    'plan.commands["serve"] has the unknown key "argv"',
  ],
  [
    (p) => Object.assign(p.commands.serve, { help: "two\nlines" }),
    'plan.commands["serve"].help is "two\\nlines", not one line of at most 1000 characters',
  ],
  [
    (p) => Object.assign(p.commands.serve, { origin: "user" }),
    'plan.commands["serve"].origin is "user", not "own" or "platform"',
  ],
  [
    (p) => Object.assign(p.commands.serve, { argv: [] }),
    'plan.commands["serve"].argv has 0 items, and may have 1 to 1000',
  ],
  [
    (p) => Object.assign(p.commands.serve, { argv: [""] }),
    'plan.commands["serve"].argv[0] is "", not a program',
  ],
  [
    (p) => Object.assign(p.commands.serve, { argv: ["{home}"] }),
    `plan.commands["serve"].argv[0] is "{home}", ${BRACES}`,
  ],
  [
    (p) => Object.assign(p.commands.serve, { argv: ["a", "{port"] }),
    `plan.commands["serve"].argv[1] is "{port", ${BRACES}`,
  ],
  [
    (p) => Object.assign(p.commands.serve, { argv: ["a", "}"] }),
    `plan.commands["serve"].argv[1] is "}", ${BRACES}`,
  ],
  [
    (p) => Object.assign(p.commands.serve, { argv: ["a\0"] }),
    `plan.commands["serve"].argv[0] is "a\\u0000", ${BRACES}`,
  ],
  [
    (p) => Object.assign(p.commands.constructor, { path: "health" }),
    'plan.commands["constructor"].path is "health", not a path that starts with /',
  ],
  [
    (p) => Object.assign(p.commands.größe, { files: [] }),
    'plan.commands["größe"].files has 0 items, and may have 1 to 1000',
  ],
  [(p) => Object.assign(p.commands.größe, { files: ["."] }), 'path "." has a part "."'],
  [
    (p) => Object.assign(p.processes.web, { instances: 0 }),
    'plan.processes["web"].instances is 0, not a number from 1 to 1000',
  ],
  [
    (p) => Object.assign(p.processes.tick, { instances: 2 }),
    'plan.processes["tick"] has 2 instances, and may have 1 when overlap is "never"',
  ],
  [
    (p) => Object.assign(p.objects.app, { interface: "php" }),
    'plan.objects["app"].interface is "php", not "wsgi" or "asgi" or "python"',
  ],
  [
    (p) => Object.assign(p.objects.app, { module: "shop/web" }),
    'plan.objects["app"].module is "shop/web", not a dotted Python name',
  ],
  [
    (p) => Object.assign(p.objects.app, { isFactory: 1 }),
    'plan.objects["app"].isFactory is 1, not true or false',
  ],
  [(p) => delete p.systemPackages.rpm, 'plan.systemPackages lacks the key "rpm"'],
  [(p) => p.systemPackages.deb.push("a b"), `plan.systemPackages.deb[2] is "a b", not a package's name`],
  [
    (p) => p.systemPackages.rpm.push("--root=/x"),
    `plan.systemPackages.rpm[0] is "--root=/x", not a package's name`,
  ],
  [(p) => p.systemPackages.deb.push("python3-apt"), "plan.systemPackages.deb has a name twice"],
  [(p) => Object.assign(p, { systemPackages: { deb: [], rpm: [] } }), "plan.systemPackages names no package"],
];

for (const [change, message] of REFUSED) {
  test(`refuses: ${message}`, () => {
    const plan: Forged = structuredClone(GOOD);
    change(plan);
    assert.throws(() => parsePlan(plan, "plan"), { name: "BrokenRule", message });
  });
}

test("refuses more names than anybody reads", () => {
  const commands = Object.fromEntries(
    Array.from({ length: 1001 }, (_, index) => [`c${index}`, GOOD.commands["serve"]]),
  );
  const message = "plan.commands has 1001 keys, and may have 1000";
  assert.throws(() => parsePlan({ ...GOOD, commands }, "plan"), { name: "BrokenRule", message });
});
