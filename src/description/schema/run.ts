import * as v from "valibot";
import { LIFECYCLE_NAMES, type LifecycleName } from "../description.ts";
import { SIZE_PATTERN } from "../quantity.ts";
import { BOOLEAN, field, list, mapping, NUMBER, named, oneOf, TEXT, textLike } from "./field.ts";

const NAME = /^(?=.{1,40}$)[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/;
const NAME_REASON = "must be a name: letters, digits and single . _ - between, at most 40";

const ARGV = v.union(
  [TEXT, v.pipe(list(TEXT), v.minLength(1, "must have a first word"))],
  "must be a command line or a list of words",
);
export type WrittenArgv = v.InferOutput<typeof ARGV>;

export const FUNCTION_PATTERN = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

const COMMAND_KINDS = {
  command: v.optional(ARGV),
  script: v.optional(TEXT),
  function: v.optional(textLike(FUNCTION_PATTERN, "must be module:function")),
  url: v.optional(textLike(/^\/[^\s#]*$/, "must be a path of the application that starts with /")),
  sql: v.optional(v.union([TEXT, list(TEXT)], "must be a file or a list of files")),
};

const SIZE = textLike(SIZE_PATTERN, "must be a number with B, kB, MB, GB, KiB, MiB or GiB");

const COMMAND_ENTRIES = { ...COMMAND_KINDS, database: v.optional(TEXT), help: v.optional(TEXT) };

const COMMAND = commandOf(COMMAND_ENTRIES);
export type WrittenCommand = v.InferOutput<typeof COMMAND>;

const MIGRATE = commandOf({ ...COMMAND_ENTRIES, compatible: v.optional(BOOLEAN) });

const MAIL = commandOf({ ...COMMAND_ENTRIES, max_size: v.optional(SIZE) });
export type WrittenMail = v.InferOutput<typeof MAIL>;

const UNIT_TEST = commandOf({ ...COMMAND_ENTRIES, own_data: v.optional(BOOLEAN) });

const LIFECYCLE = mapping({
  install: v.optional(COMMAND),
  verify: v.optional(COMMAND),
  migrate: v.optional(MIGRATE),
  backup: v.optional(COMMAND),
  restore: v.optional(COMMAND),
  uninstall: v.optional(COMMAND),
  health: v.optional(COMMAND),
  migrated: v.optional(COMMAND),
  unit_test: v.optional(UNIT_TEST),
} satisfies Record<LifecycleName, unknown>);
export type WrittenLifecycle = v.InferOutput<typeof LIFECYCLE>;

function commandOf<const T extends v.ObjectEntries>(entries: T) {
  const words = v.pipe(list(TEXT), v.minLength(1, "must have a first word"));
  return v.union([TEXT, words, mapping(entries)], "must be a command line, a list of words or a mapping");
}

const PROCESS = commandOf({
  command: ARGV,
  instances: v.optional(
    v.pipe(NUMBER, v.minValue(1, "must be 1 or more"), v.maxValue(1000, "must be at most 1000")),
  ),
  overlap: v.optional(oneOf(["allowed", "never"])),
});
export type WrittenProcess = v.InferOutput<typeof PROCESS>;

export const RUN = [
  field({
    name: "processes",
    type: named(NAME, NAME_REASON, PROCESS),
    default: "those of the `Procfile`; `web` is added by the platform",
    help: "Things that keep running. `web` serves and listens at `{host}` and `{port}`. A process is a command line, or a mapping with `command`, `instances` (how many run side by side) and `overlap: never` (two never run at the same time). No shell is involved.",
    example: `processes:
  web: gunicorn -b {host}:{port} shop.web:app
  scheduler:
    command: shop-scheduler
    overlap: never`,
  }),
  field({
    name: "development",
    type: named(NAME, NAME_REASON, PROCESS),
    default: "none; for Django, `web` is its own development server",
    help: "Processes of a checkout that is being developed: they run instead of those of the same name, or beside them. Written like `processes`. They are in no artifact.",
    example: `development:
  web: flask --app shop.web run --debug --host {host} --port {port}
  styles: npm run watch`,
  }),
  field({
    name: "working_directory",
    type: oneOf(["data", "app"]),
    default: "`data`",
    help: "Where everything starts: in `data`, the directory of the application's data, or in `app`, that of its files, for an application that opens its own files, as `templates` or `alembic.ini`, by paths relative to where it starts. Nothing can be written there then: data go to `$STATE_DIRECTORY` and to what services and settings name.",
    example: "working_directory: app",
  }),
  field({
    name: "commands",
    type: named(NAME, NAME_REASON, COMMAND),
    default: "the console scripts of the distributions that the description names, those of the platform",
    help: "Things that end. A command is a command line, or a mapping with one of `command`, `script` (a Python file), `function` (`module:function`), `url` (a path that is requested from the application), `sql` (files that are run once each, with `database` naming a service), and `help`.",
    example: `commands:
  report: python -m shop.report
  seed:
    script: tools/seed.py
    help: Fills an empty database with samples.
  refresh:
    url: /internal/refresh`,
  }),
  field({
    name: "schedule",
    type: named(NAME, NAME_REASON, mapping({ cron: TEXT, command: COMMAND })),
    default: "none",
    help: "Commands that run at set times: `cron` has five fields or is one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`; `command` is the name of a command or one written like those.",
    example: `schedule:
  nightly:
    cron: 30 3 * * *
    command: report`,
  }),
  field({
    name: "lifecycle",
    type: LIFECYCLE,
    default: "those of the platform, such as `migrate` of Django",
    help: `Commands for certain moments: ${LIFECYCLE_NAMES.map((name) => `\`${name}\``).join(", ")}. Written like those of \`commands\`, or the name of one. \`compatible: true\` of \`migrate\` says that the release before can live with the data after it. \`migrated\` tells by its status whether \`migrate\` has nothing to do: 0 when that is so. \`own_data: true\` of \`unit_test\` says that the tests make the data that they work on, so that \`migrate\` does not run before them.`,
    example: `lifecycle:
  migrate:
    command: shop-migrate
    compatible: true
  health:
    url: /health`,
  }),
  field({
    name: "mail",
    type: MAIL,
    default: "no mail comes in",
    help: "The command that gets each incoming message on standard input, whole, once for each recipient; `$SENDER` and `$RECIPIENT` are the addresses of its envelope. Written like those of `commands`, or the name of one. It ends with 0 when it took the message, with 75 (EX_TEMPFAIL of sysexits.h) to get it again later, with anything else to refuse it; the last line on standard error is the reason that the sender is told. `max_size` limits a message.",
    example: `mail:
  command: python -m shop.mail
  max_size: 10MB`,
  }),
] as const;
