import * as v from "valibot";
import { SERVICE_TYPES, SETTING_TYPES } from "../description.ts";
import { SIZE_PATTERN } from "../quantity.ts";
import { BOOLEAN, field, list, mapping, NUMBER, named, oneOf, TEXT, textLike } from "./field.ts";

const SETTING_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const VARIABLE_REASON = "must be the name of an environment variable";

const SETTING = mapping({
  type: oneOf(SETTING_TYPES),
  default: v.optional(
    v.union([TEXT, NUMBER, BOOLEAN, list(TEXT)], "must be text, a whole number, true, false or a list"),
  ),
  required: v.optional(BOOLEAN),
  generate: v.optional(oneOf(["secret"])),
  choices: v.optional(list(TEXT)),
  help: v.optional(TEXT),
  env: v.optional(textLike(VARIABLE, VARIABLE_REASON)),
  file: v.optional(textLike(/^[^#]+(?:#[^#]+)?$/, "must be path#key, or a path")),
});
export type WrittenSetting = v.InferOutput<typeof SETTING>;

/** Which parts a service has is checked where its type is known. */
const SERVICE_PART = textLike(
  /^(?:[a-z]{1,40}|[a-z][a-z0-9+.-]{0,39}:\/\/)$/,
  "must be a part, like host, or a scheme, like postgresql+asyncpg://",
);

const SERVICE = v.union(
  [
    oneOf(SERVICE_TYPES),
    mapping({
      type: oneOf(SERVICE_TYPES),
      env: v.optional(
        v.union(
          [textLike(VARIABLE, VARIABLE_REASON), named(VARIABLE, VARIABLE_REASON, SERVICE_PART)],
          `${VARIABLE_REASON}, or a mapping of such names`,
        ),
      ),
      password: v.optional(oneOf(["none"])),
      quota: v.optional(textLike(SIZE_PATTERN, "must be a number with B, kB, MB, GB, KiB, MiB or GiB")),
    }),
  ],
  `must be one of ${SERVICE_TYPES.join(", ")}, or a mapping with type`,
);
export type WrittenService = v.InferOutput<typeof SERVICE>;

export const SETTINGS = [
  field({
    name: "settings",
    type: named(SETTING_NAME, "must be a name: letters, digits and _, at most 64", SETTING),
    default: "none",
    help: `What an environment tells the application, each with a \`type\` (${SETTING_TYPES.map((type) => `\`${type}\``).join(", ")}); \`default\`, \`required\`, \`generate: secret\`, \`choices\` of a \`choice\`, \`help\`. It arrives in the environment variable \`env\` (the name in upper case unless set), or in a file that the application reads, relative to its data directory: \`file: path#key\`. With both, \`file\` has no key, the value is all that is in this file, which others cannot read, and the variable has its path. That suits secrets.`,
    example: `settings:
  secret_key:
    type: secret
    generate: secret
  page_size:
    type: int
    default: 20
    help: Products on one page.`,
  }),
  field({
    name: "services",
    type: named(SETTING_NAME, "must be a name: letters, digits and _, at most 64", SERVICE),
    default: "none",
    help: `What the application needs beside itself: ${SERVICE_TYPES.map((type) => `\`${type}\``).join(", ")}. \`env\` names the environment variable that its URL, or its directory, goes into; docs/environment.md has the others. As a mapping, \`env\` names all variables that there are: each has a part (\`url\`, \`host\`, \`port\`, \`user\`, \`password\`, \`name\`, \`path\`, \`directory\`), or the scheme that the URL is to have. An application that can give \`redis\` no password says \`password: none\`. \`quota\` says how much \`public_files\` may have, 1 GiB unless set.`,
    example: `services:
  database:
    type: postgres
    env:
      DATABASE_URL: postgresql+asyncpg://
      POSTGRES_SERVER: host
  queue:
    type: redis
    env: REDIS_URL
  uploads:
    type: public_files
    quota: 200MB`,
  }),
] as const;
