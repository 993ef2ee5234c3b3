import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../errors/app-error.ts";
import { appFilesOf } from "../testing/app-files-of.ts";
import { describe } from "./describe.ts";

/** Stands in a text before the character that the caret should point at. */
const MARK = "‸";

type Refused = readonly [text: string, reason: string, hint?: string];

const SHAPE: readonly Refused[] = [
  ["‸- shop", "the text must be a mapping of keys and values", "Write `key: value` lines."],
  ["‸proceses:\n  web: x", "proceses is not a key of the description", "Did you mean processes?"],
  ["name: a\n‸plattform: wsgi", "plattform is not a key of the description", "Did you mean platform?"],
  [
    "processes:\n  web:\n    ‸comand: x",
    "processes.web.comand is not a key of the description",
    "Did you mean command?",
  ],
  [
    "services:\n  db:\n    type: redis\n    ‸port: 1",
    "services.db.port is not a key of the description",
    "Keys here are type, env, password, quota.",
  ],
  ["lifecycle:\n  ‸migrat: x", "lifecycle.migrat is not a key of the description", "Did you mean migrate?"],
  [
    "lifecycle: {health: {url: /h, ‸compatible: true}}",
    "lifecycle.health.compatible is not a key of the description",
    "Keys here are command, script, function, url, sql, database, help.",
  ],
  ["name: ‸[a, b]", "name must be text, not a list"],
  ["processes: ‸[gunicorn]", "processes must be a mapping of names, not a list"],
  [
    "processes:\n  ‸a b: x",
    "processes.a b must be a name: letters, digits and single . _ - between, at most 40",
  ],
  ["processes:\n  web: ‸3", "processes.web must be a command line, a list of words or a mapping, not 3"],
  ["processes:\n  web: [a, ‸3]", "processes.web[1] must be text, not 3"],
  ["processes:\n  web: ‸[]", "processes.web must have a first word, not an empty list"],
  ["processes:\n  web: ‸''", "processes.web must have a first word"],
  ["processes:\n  web:‸", "processes.web must be a command line, a list of words or a mapping, not nothing"],
  ["processes:\n  web: ‸{instances: 2}", "processes.web needs command"],
  ["processes:\n  web: {command: x, instances: ‸0}", "processes.web.instances must be 1 or more, not 0"],
  [
    "processes:\n  web: {command: x, instances: ‸1.5}",
    "processes.web.instances must be a whole number, not 1.5",
  ],
  [
    "processes:\n  web: {command: x, overlap: ‸nevr}",
    'processes.web.overlap must be one of allowed, never, not "nevr"',
    "Did you mean never?",
  ],
  [
    "settings:\n  a: {type: ‸strin}",
    'settings.a.type must be one of string, int, bool, url, duration, size, list, secret, choice, flag, not "strin"',
    "Did you mean string?",
  ],
  ["settings:\n  a: ‸{default: 1}", "settings.a needs type"],
  [
    "services:\n  db: ‸postgre",
    'services.db must be one of postgres, mysql, redis, sqlite, files, public_files, not "postgre"',
    "Did you mean postgres?",
  ],
  ["commands:\n  ‸constructor: x", "commands.constructor is a reserved name"],
  ["‸__proto__: x", "__proto__ is a reserved name"],
];

const VALUES: readonly Refused[] = [
  ["name: ‸My App", 'name must be lower-case letters, digits and single dashes, at most 40, not "My App"'],
  ["version: ‸1 2", 'version must be 1 to 64 letters, digits and . _ + ! -, not "1 2"'],
  ["platform: ‸python; wsgi", 'platform must name platforms, such as wsgi, not "python; wsgi"'],
  ["platform: [python, ‸'']", 'platform[1] must name platforms, such as wsgi, not ""'],
  [
    "os: ‸windows",
    'os must be linux or posix, not "windows": artifacts run on Linux',
    "Leave it out, or write linux.",
  ],
  ["os: ‸linus", 'os must be linux or posix, not "linus": artifacts run on Linux', "Did you mean linux?"],
  [
    "targets: ‸x86_64, arm64",
    "targets has a wrong word: arm64 is not one of x86_64, aarch64",
    "Did you mean aarch64?",
  ],
  [
    "targets: [cp311, ‸'3.13']",
    "targets[1] has a wrong word: 3.13 is not of the form cp3XX",
    "Write `cp311` for Python 3.11.",
  ],
  [
    "python: ‸^3.11",
    'python must be a PEP 440 specifier, not "^3.11"',
    'Write it as `">=3.11"`, `"<3"` or `">=3.9,<4"`.',
  ],
  ["deb: ‸libpq5 gdal", 'deb must name packages, with commas between, not "libpq5 gdal"'],
  ["pip: ‸flask=1", 'pip must be a requirement, not "flask=1"', "Write == instead of =."],
  ["pip: [flask, ‸requirements.txt]", "pip[1] names requirements.txt, which does not exist"],
  [
    "pip: ‸a @ https://me:secret@example.com/a.whl",
    "pip must have no user name or password in its address",
    "Put them into the netrc or keyring of the machine that builds.",
  ],
  [
    "app: ‸shop.web",
    'app must be module:object, not "shop.web"',
    "Write it as `shop.web:app`, or `shop.web:create_app()` for a factory.",
  ],
  ["build: ‸npm 'ci", "build has a ' that is not closed"],
  ["commands:\n  a: ‸{}", "commands.a needs one of command, script, function, url, sql"],
  ["commands:\n  a: {script: ‸x.py}", "commands.a.script names x.py, which does not exist"],
  ["commands:\n  a: {function: ‸x.y}", 'commands.a.function must be module:function, not "x.y"'],
  [
    "commands:\n  a: {url: ‸health}",
    'commands.a.url must be a path of the application that starts with /, not "health"',
  ],
  ['commands:\n  a: {command: x, help: ‸"a\\nb"}', "commands.a.help must be one line"],
  [
    "schedule:\n  a: {cron: ‸1 2 3, command: x}",
    "schedule.a.cron must have five fields (minute, hour, day of the month, month, day of the week), not 3",
  ],
  ["settings:\n  a: {type: int, default: ‸many}", 'settings.a.default must be a whole number, not "many"'],
  ["settings:\n  a: {type: flag, default: ‸on}", 'settings.a.default must be true or false, not "on"'],
  [
    "settings:\n  a: {type: duration, default: ‸10}",
    "settings.a.default must be a number with ms, s, m, h or d, not 10",
  ],
  ["settings:\n  ‸1st: {type: int}", "settings.1st must be a name: letters, digits and _, at most 64"],
  ["static:\n  ‸static: public", "static.static must be a URL path that starts with /"],
];

const CONTRADICTIONS: readonly Refused[] = [
  [
    "processes:\n  cron:\n    command: x\n    instances: ‸3\n    overlap: never",
    "processes.cron.instances contradicts overlap: never, which allows one and not 3",
  ],
  [
    "commands:\n  a:\n    command: x\n    ‸url: /x",
    "commands.a.url contradicts command: a command is one of command, script, function, url, sql",
  ],
  ["commands:\n  a: {command: x, ‸database: db}", "commands.a.database belongs to sql"],
  [
    "build: make\ncommands:\n  a: {sql: a.sql, database: ‸man}\nservices: {main: sqlite, cache: redis}",
    "commands.a.database names man, which is no database of services",
    "Did you mean main?",
  ],
  [
    "development: {tick: x}\ncommands: {‸tick: y}",
    "commands.tick is the name of a process too",
    "Rename one: processes keep running, commands end.",
  ],
  [
    "processes: {tick: x}\ncommands: {‸tick: y}",
    "commands.tick is the name of a process too",
    "Rename one: processes keep running, commands end.",
  ],
  [
    "commands: {migrate: x}\nlifecycle: {‸migrate: y}",
    "lifecycle.migrate is another command in commands",
    "Rename that one, or write `migrate: migrate` here if it is the same.",
  ],
  [
    "settings:\n  a:\n    type: int\n    env: A\n    file: ‸conf.json#a",
    "settings.a.file contradicts env: a value goes to one of them",
    "With env write the path alone: the variable then has its path. Or leave env out.",
  ],
  [
    "settings:\n  a:\n    type: int\n    file: ‸conf.json",
    "settings.a.file must be path#key, or have env for the variable that tells its path",
  ],
  ["mail: {command: a, max_size: ‸2GiB}", "mail.max_size must be from 1B to 1GiB, not 2GiB"],
  [
    "mail: ‸{url: /mail}",
    "mail is a command of kind url, which reads no message",
    "Name a program, a script or a function.",
  ],
  [
    "services: {uploads: {type: files, quota: ‸1GB}}",
    "services.uploads.quota belongs to the type public_files, not files",
  ],
  [
    "services: {uploads: {type: public_files, quota: ‸0MB}}",
    "services.uploads.quota must be from 1B to 9007TB, not 0MB",
  ],
  ["mail: {command: a, max_size: ‸0B}", "mail.max_size must be from 1B to 1GiB, not 0B"],
  [
    "settings:\n  a: {type: choice, choices: [b, c], default: ‸d}",
    'settings.a.default must be one of b, c, not "d"',
  ],
  ["settings:\n  a: ‸{type: choice}", "settings.a needs choices"],
  ["settings:\n  a: {type: int, choices: ‸[b]}", "settings.a.choices belongs to the type choice, not int"],
  [
    "settings:\n  a: {type: string, generate: ‸secret}",
    "settings.a.generate makes a secret, but type is string",
    "Set type to secret.",
  ],
  [
    "settings:\n  a: {type: int, default: 1, required: ‸true}",
    "settings.a.required contradicts default: with a default nobody has to give a value",
  ],
  [
    "settings:\n  a: {type: int}\nservices:\n  b: ‸{type: redis, env: A}",
    "services.b goes into A, as settings.a does",
    "Set env of one of them.",
  ],
  [
    "services:\n  a: {type: redis, env: {A: url}}\n  b: ‸{type: redis, env: {A: url}}",
    "services.b goes into A, as services.a does",
    "Set env of one of them.",
  ],
  [
    "services: {a: {type: redis, env: {HOST: ‸hots, URL: url}}}",
    "services.a.env.HOST is hots, which redis does not have",
    "Did you mean host?",
  ],
  [
    'services: {a: {type: files, env: {A: ‸"s3://"}}}',
    "services.a.env.A is s3://, which files does not have",
    "It has directory.",
  ],
  ["services: {a: {type: files, env: ‸{}}}", "services.a.env names no variable", "Leave it out."],
  [
    "services: {a: {type: postgres, env: ‸{A: host}}}",
    "services.a.env has no password, so the application could not log in",
    "Give a variable the part password or url.",
  ],
  [
    "services: {a: {type: redis, env: ‸{A: host}}}",
    "services.a.env has no password, so the application could not log in",
    "Give a variable the part password or url; or write `password: none` beside env, if the application can give none.",
  ],
  [
    "services: {a: {type: postgres, password: ‸none}}",
    "services.a.password is for redis, not postgres",
    "Name a variable for it in env.",
  ],
];

const YAML: readonly Refused[] = [
  [
    "name: shop\npython: ‸>=3.11 # or later",
    "the text has a value that starts with > without quotes",
    'Write it as ">=3.11".',
  ],
  ["files:\n  - ‸*.py", "the text has a value that starts with * without quotes", 'Write it as "*.py".'],
  ["files:\n  - ‸!tests/", "the text has the tag !tests/", 'If it is a value, write it as "!tests/".'],
  ["app: ‸@x", "the text has a value that starts with @ without quotes", 'Write it as "@x".'],
  [
    "commands:\n  a: ‸b --format '{\"c\": 1}'",
    "the text has a value with `: ` in it without quotes",
    'Write it as "b --format \'{\\"c\\": 1}\'".',
  ],
  [
    "platform: python\n  ‸os: posix",
    "the text has a key that is indented too far",
    "Start keys that belong together in the same column.",
  ],
  ["name: a\n‸name: b", "the text has the same key twice", "Keep one of the two."],
  ["build:\n‸\t- make", "the text has a tab as indentation", "Indent with spaces."],
  ["name: a\n‸---\nname: b", "the text has more than one document", "Keep one of them."],
  ["files: &a [b, ‸*a]", "the text has the alias *a in what it stands for"],
  ["‸[a]: b", "the text has a key that is not text"],
];

for (const [text, reason, hint] of [...SHAPE, ...VALUES, ...CONTRADICTIONS, ...YAML]) {
  test(`refuses ${JSON.stringify(text.replace(MARK, ""))}`, async () => {
    await assertRefused("holdall.yaml", text, reason, hint);
  });
}

const TOML: readonly Refused[] = [
  ['[tool.holdall]\n‸proceses = "x"', "proceses is not a key of the description", "Did you mean processes?"],
  ["[tool.other]\nname = 1\n\n[tool.holdall]\nname = ‸1", "name must be text, not 1"],
  [
    '[tool.holdall.processes.web]\ncommand = "x"\n‸instancse = 3',
    "processes.web.instancse is not a key of the description",
    "Did you mean instances?",
  ],
  [
    "[tool]\nholdall.processes.web = { command = 'x', ‸instances = 0 }",
    "processes.web.instances must be 1 or more, not 0",
  ],
  [
    '[tool.holdall]\npip = [\n  "flask",\n]\npython = ‸"x"',
    'python must be a PEP 440 specifier, not "x"',
    'Write it as `">=3.11"`, `"<3"` or `">=3.9,<4"`.',
  ],
  [
    '[project]\ndependencies = ["flask", "‸x==="]',
    'project.dependencies must be a requirement with a PEP 440 specifier, such as flask>=3, not "x==="',
  ],
  [
    "[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\na = ‸{ git = 'https://example.com/a.git' }",
    "dependencies.a must have a version that a PEP 440 specifier can say",
    "List what is needed as `pip` in holdall.yaml.",
  ],
];

for (const [text, reason, hint] of TOML) {
  test(`refuses a pyproject.toml with ${JSON.stringify(text.replace(MARK, ""))}`, async () => {
    await assertRefused("pyproject.toml", text, reason, hint);
  });
}

const PROCFILE: readonly Refused[] = [
  ["web: a ‸'b", "web has a ' that is not closed"],
  ["web: a\n‸web: b", "web is there twice"],
  ["‸web", "the line must be `name: command`"],
  ["‸web:", "web has no command"],
];

for (const [text, reason, hint] of PROCFILE) {
  test(`refuses a Procfile with ${JSON.stringify(text.replace(MARK, ""))}`, async () => {
    await assertRefused("Procfile", text, reason, hint);
  });
}

async function assertRefused(file: string, marked: string, reason: string, hint: string | undefined) {
  const text = marked.replace(MARK, "");
  const before = marked.slice(0, marked.indexOf(MARK)).split("\n");
  const [line, column] = [before.length, [...(before.at(-1) ?? "")].length + 1];
  const shown = (text.split("\n")[line - 1] ?? "").replaceAll("\t", " ").replace("me:secret@", "*********@");

  const error = await refusalOf({ [file]: text });
  assert.equal(error.message, `cannot read ${file}: ${reason}`);
  assert.equal(error.code, "description_invalid");
  assert.equal(error.hint, hint);
  assert.equal(error.excerpt, `${file}:${line}:${column}\n  ${shown}\n  ${" ".repeat(column - 1)}^`);
  const { field, ...place } = error.details;
  assert.deepEqual(place, { file, line, column });
  if (field !== undefined) assert.ok(typeof field === "string" && field !== "");
}

async function refusalOf(texts: Readonly<Record<string, string>>): Promise<AppError> {
  const error: unknown = await describe(appFilesOf(texts), { directoryName: "shop" }).then(
    () => assert.fail("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
}

for (const [text, reason] of [
  ["pip: ../requirements.txt", 'pip must be inside the application, not "../requirements.txt"'],
  ["paths: [a, /usr/lib]", 'paths[1] must be inside the application, not "/usr/lib"'],
  ["static: {/s: a/../../b}", 'static./s must be inside the application, not "a/../../b"'],
  ["files: [../other]", 'files[0] must be inside the application, not "../other"'],
  [
    "settings: {a: {type: int, file: /etc/a.json#a}}",
    'settings.a.file must be inside the application, not "/etc/a.json"',
  ],
] as const) {
  test(`refuses ${text}, which is outside`, async () => {
    const error = await refusalOf({ "holdall.yaml": text });
    assert.deepEqual([error.code, error.message], ["file_outside", `cannot read holdall.yaml: ${reason}`]);
  });
}

test("the default of a secret is not repeated in its error", async () => {
  const error = await refusalOf({ "holdall.yaml": "settings:\n  key: {type: secret, default: hunter2}" });
  assert.equal(
    error.message,
    "cannot read holdall.yaml: settings.key.default must be left out of a secret, as the artifact would hold it",
  );
  assert.equal(error.excerpt, "holdall.yaml:2:32");
  assert.equal(error.cause, undefined);
});

test("keys that run together are shown one per line", async () => {
  const sketch =
    "platform: python, wsgi os: posix python: >=2.6\nrpm: m2crypto deb: python-m2crypto pip: requirements.txt\npaths: vendor/ app: shop:app\n";
  const error = await refusalOf({ "holdall.yaml": sketch });
  assert.equal(error.message, "cannot read holdall.yaml: the text has several keys on one line");
  assert.equal(error.hint, "Write one key per line, as shown.");
  const lines = [
    "holdall.yaml:1:11",
    "  platform: python, wsgi os: posix python: >=2.6",
    "            ^",
    "",
    "  platform: python, wsgi",
    "  os: posix",
    '  python: ">=2.6"',
    "  rpm: m2crypto",
    "  deb: python-m2crypto",
    "  pip: requirements.txt",
    "  paths: vendor/",
    "  app: shop:app",
  ];
  assert.equal(error.excerpt, lines.join("\n"));

  const fixed = lines.slice(4).join("\n").replaceAll(/^ {2}/gm, "");
  const { description } = await describe(
    appFilesOf({ "holdall.yaml": `name: shop\n${fixed}`, "requirements.txt": "" }),
  );
  assert.deepEqual([description.platforms, description.python], [["python", "wsgi"], ">=2.6"]);
});

const WHOLE_FILES: readonly (readonly [name: string, texts: Record<string, string>, message: string])[] = [
  [
    "two descriptions",
    { "holdall.yaml": "name: a", "pyproject.toml": '[tool.holdall]\nname = "a"' },
    "cannot read holdall.yaml: pyproject.toml has a [tool.holdall] as well",
  ],
  [
    "another file name",
    { "holdall.yml": "name: a" },
    "cannot read holdall.yml: the description's name is holdall.yaml",
  ],
  [
    "a large text",
    { "holdall.yaml": `# ${" ".repeat(1024 * 1024)}` },
    "cannot read holdall.yaml: it has 1048578 bytes, more than 1048576",
  ],
  [
    "deep nesting",
    { "holdall.yaml": `a: ${"[".repeat(100_000)}` },
    "cannot read holdall.yaml: the text is nested too deeply",
  ],
  [
    "deep nesting in TOML",
    { "pyproject.toml": `a = ${"[".repeat(100_000)}` },
    "cannot read pyproject.toml: the text is nested too deeply",
  ],
  [
    "aliases of aliases",
    { "holdall.yaml": "a: &a [1,1,1]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]" },
    "cannot read holdall.yaml: the text grows too much by its aliases",
  ],
  [
    "many aliases",
    { "holdall.yaml": `name: &a shop\nfiles: [${"*a,".repeat(51)}]` },
    "cannot read holdall.yaml: the text has more than 50 aliases",
  ],
  [
    "broken TOML",
    { "pyproject.toml": "[tool.holdall" },
    "cannot read pyproject.toml: the text is not TOML: incomplete key-value: cannot find end of key",
  ],
];

for (const [name, texts, message] of WHOLE_FILES) {
  test(`refuses ${name}`, async () => assert.equal((await refusalOf(texts)).message, message));
}

test("an application without any name is refused", async () => {
  await assert.rejects(describe(appFilesOf({})), {
    code: "description_invalid",
    message: "cannot describe the application: nothing tells its name",
    hint: "Write `name: …` in holdall.yaml.",
  });
});

test("a line of blanks is read once, however long it is", { timeout: 60_000 }, async () => {
  const blanks = " ".repeat(400_000);
  const files = {
    "setup.cfg": `[metadata]\nname = shop\nversion${blanks}x\n`,
    "requirements.txt": `flask${blanks}>=3\n`,
    "pyproject.toml": `[tool.holdall]\nname = "shop"\nfiles = ["""\n[${blanks}\n""", "app"]\n`,
  };
  const { description } = await describe(appFilesOf(files));
  assert.equal(description.name, "shop");
});
