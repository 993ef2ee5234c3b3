import { MOMENTS, type Plan, SETTING_TYPES, type UrlCommand } from "../artifact/plan.ts";
import type { Forged } from "./forge-artifact.ts";

const URL_COMMAND: UrlCommand = {
  kind: "url",
  path: "/health?full=1",
  help: "Ask it how it is",
  origin: "own",
};

/** A plan with everything that plans may have. */
export const WHOLE_PLAN: Plan = {
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
  settings: {
    page_size: {
      type: "int",
      help: "Products on one page",
      isRequired: false,
      default: 20,
      env: "PAGE_SIZE",
    },
    colours: { type: "list", help: "", isRequired: false, default: ["red", ""], env: "COLOURS" },
    secret_key: {
      type: "secret",
      help: "",
      isRequired: false,
      generate: "secret",
      env: "KEY_FILE",
      file: "key",
    },
    level: {
      type: "choice",
      help: "",
      isRequired: true,
      choices: ["low", "high"],
      file: "conf/app.toml#log.level",
    },
    beta: { type: "flag", help: "", isRequired: false, default: false, env: "BETA" },
  },
  workingDirectory: "app",
  services: {
    main: { type: "postgres", env: "DATABASE_URL" },
    queue: { type: "redis", env: { QUEUE_HOST: "host", QUEUE_URL: "redis+async://" }, password: "none" },
    uploads: { type: "public_files", quotaBytes: 200_000_000 },
  },
  schedule: { nightly: { cron: "30 3 * * *", command: "serve" } },
  lifecycle: {
    migrate: { command: "größe", isCompatible: true },
    migrated: { command: "serve" },
    health: { command: "constructor" },
    unit_test: { command: "serve", hasOwnData: true },
  },
  mail: { command: "serve", maxBytes: 1_000_000 },
  static: { "/static": "public", "/": "." },
};

const BRACES = "not a word whose braces are {{, }} or one of {app}, {host}, {port}";
const NAME = "not a name: 1 to 100 characters, no white space, no slash, no - in front";
const FUNCTION = "not module:function";
const KEY = "not a name of letters, digits and _, at most 64";
const TYPES = SETTING_TYPES.map((each) => JSON.stringify(each)).join(" or ");

/** A change of the whole plan, and what the reader in TypeScript says of it. */
export const REFUSED_PLANS: readonly (readonly [change: (plan: Forged) => unknown, message: string])[] = [
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
  [(p) => Object.assign(p.settings, { "a-b": p.settings.beta }), `a key of plan.settings is "a-b", ${KEY}`],
  [
    (p) => Object.assign(p.settings.beta, { type: "float" }),
    `plan.settings["beta"].type is "float", not ${TYPES}`,
  ],
  [(p) => delete p.settings.beta.env, 'plan.settings["beta"] has neither env nor file'],
  [
    (p) => Object.assign(p.settings.beta, { env: "A=B" }),
    'plan.settings["beta"].env is "A=B", not the name of an environment variable',
  ],
  [(p) => Object.assign(p.settings.level, { file: "../a#b" }), 'path "../a" has a part ".."'],
  [
    (p) => Object.assign(p.settings.level, { file: "/etc/a#b" }),
    'path "/etc/a" is empty, or has an empty part',
  ],
  [
    (p) => Object.assign(p.settings.level, { file: "app.toml" }),
    'plan.settings["level"].file is "app.toml", not PATH#KEY',
  ],
  [
    (p) => Object.assign(p.settings.secret_key, { file: "a#b" }),
    'plan.settings["secret_key"].file is "a#b", not a path alone',
  ],
  [
    (p) => Object.assign(p.settings.page_size, { default: "20" }),
    'plan.settings["page_size"].default is "20", not a number from -9007199254740991 to 9007199254740991',
  ],
  [
    (p) => Object.assign(p.settings.beta, { default: 1 }),
    'plan.settings["beta"].default is 1, not true or false',
  ],
  [
    (p) => Object.assign(p.settings.colours, { default: [7] }),
    'plan.settings["colours"].default[0] is 7, not text without NUL of at most 65536 characters',
  ],
  [
    (p) => Object.assign(p.settings.secret_key, { default: "abc" }),
    'plan.settings["secret_key"].default is there, and its type is secret',
  ],
  [
    (p) => Object.assign(p.settings.beta, { generate: "secret" }),
    'plan.settings["beta"].generate is "secret", not absent, as its type is flag',
  ],
  [
    (p) => delete p.settings.level.choices,
    'plan.settings["level"].choices is missing, and its type is choice',
  ],
  [
    (p) => Object.assign(p.settings.level, { choices: [] }),
    'plan.settings["level"].choices has 0 items, and may have 1 to 1000',
  ],
  [
    (p) => Object.assign(p.settings.beta, { choices: ["a"] }),
    'plan.settings["beta"].choices is there, and its type is flag',
  ],
  [
    (p) => Object.assign(p.settings.beta, { env: "DATABASE_URL" }),
    "plan puts two values into the variable DATABASE_URL",
  ],
  [(p) => Object.assign(p, { workingDirectory: "data" }), 'plan.workingDirectory is "data", not "app"'],
  [
    (p) => Object.assign(p.services.main, { type: "Postgres!" }),
    'plan.services["main"].type is "Postgres!", not the name of a kind of service',
  ],
  [
    (p) => Object.assign(p.services.main, { password: "x" }),
    'plan.services["main"].password is "x", not "none"',
  ],
  [(p) => Object.assign(p.services.main, { user: "x" }), 'plan.services["main"] has the unknown key "user"'],
  [
    (p) => Object.assign(p.services.main, { env: ["DATABASE_URL"] }),
    'plan.services["main"].env is ["DATABASE_URL"], not the name of an environment variable',
  ],
  [
    (p) => Object.assign(p.services.queue.env, { "QUEUE-PORT": "port" }),
    'a key of plan.services["queue"].env is "QUEUE-PORT", not the name of an environment variable',
  ],
  [
    (p) => Object.assign(p.services.queue.env, { QUEUE_URL: "redis:/" }),
    'plan.services["queue"].env["QUEUE_URL"] is "redis:/", not a part of a service, or a scheme with ://',
  ],
  [
    (p) => Object.assign(p.services.queue.env, { DATABASE_URL: "url" }),
    "plan puts two values into the variable DATABASE_URL",
  ],
  [
    (p) => Object.assign(p.services.uploads, { quotaBytes: 0 }),
    'plan.services["uploads"].quotaBytes is 0, not a number from 1 to 9007199254740991',
  ],
  [
    (p) => Object.assign(p.services.uploads, { quotaBytes: "200MB" }),
    'plan.services["uploads"].quotaBytes is "200MB", not a number from 1 to 9007199254740991',
  ],
  [
    (p) => Object.assign(p.schedule.nightly, { command: "absent" }),
    'plan.schedule.nightly.command is "absent", not a command of the plan',
  ],
  [
    (p) => Object.assign(p.schedule.nightly, { cron: "* * * * *\n" }),
    'plan.schedule["nightly"].cron is "* * * * *\\n", not a time as crontab has it',
  ],
  [
    (p) => Object.assign(p.lifecycle, { start: { command: "serve" } }),
    `a key of plan.lifecycle is "start", not ${MOMENTS.map((each) => JSON.stringify(each)).join(" or ")}`,
  ],
  [
    (p) => Object.assign(p.lifecycle.health, { isCompatible: true }),
    "plan.lifecycle.health has isCompatible, which belongs to migrate",
  ],
  [
    (p) => Object.assign(p.lifecycle.migrate, { hasOwnData: true }),
    "plan.lifecycle.migrate has hasOwnData, which belongs to unit_test",
  ],
  [
    (p) => Object.assign(p.lifecycle.unit_test, { hasOwnData: false }),
    'plan.lifecycle["unit_test"].hasOwnData is false, not true',
  ],
  [
    (p) => Object.assign(p.lifecycle.migrate, { isCompatible: false }),
    'plan.lifecycle["migrate"].isCompatible is false, not true',
  ],
  [
    (p) => Object.assign(p.lifecycle.migrate, { command: "toString" }),
    'plan.lifecycle.migrate.command is "toString", not a command of the plan',
  ],
  [(p) => Object.assign(p.mail, { command: "web" }), 'plan.mail.command is "web", not a command of the plan'],
  [
    (p) => Object.assign(p.mail, { maxBytes: 0 }),
    "plan.mail.maxBytes is 0, not a number from 1 to 1073741824",
  ],
  [
    (p) => Object.assign(p.static, { static: "public" }),
    'a key of plan.static is "static", not a path that starts with /',
  ],
  [(p) => Object.assign(p.static, { "/a": "../public" }), 'path "../public" has a part ".."'],
];
