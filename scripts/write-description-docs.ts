import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { parse } from "yaml";
import type { Field } from "../src/description/schema/field.ts";
import { FIELDS, SCHEMA } from "../src/description/schema/schema.ts";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";
import { writeFileAtomic } from "../src/system/write-file.ts";

/** Documents that are made from the records in src/description/schema/: run this file to write them again. */
export const SCHEMA_FILE = join(PACKAGE_ROOT, "docs/holdall.schema.json");
export const REFERENCE_FILE = join(PACKAGE_ROOT, "docs/description.md");

const START = "<!-- Written by scripts/write-description-docs.ts from src/description/schema/: -->\n";
const END = "<!-- End of what is written. -->\n";

export function renderJsonSchema(): string {
  const { properties = {}, ...rest } = toJsonSchema(SCHEMA);
  const documented = FIELDS.map(({ name, help, example, default: otherwise }: Field) => {
    const value: unknown = parse(example);
    const examples = typeof value === "object" && value !== null ? Object.values(value) : [];
    return [
      name,
      { description: `${help} Otherwise: ${otherwise}.`, ...asObject(properties[name]), examples },
    ];
  });
  const schema = { ...rest, title: "holdall.yaml", properties: Object.fromEntries(documented) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** @param page - docs/description.md as it is; what people wrote in it stays. */
export function renderReference(page: string): string {
  const [before, after] = [page.indexOf(START), page.indexOf(END)];
  if (before === -1 || after < before) {
    throw new Error(`${REFERENCE_FILE} lacks the lines between which to write`);
  }
  const rows = FIELDS.map(({ name, default: otherwise, platform }: Field) => {
    return `| [\`${name}\`](#${name}) | ${otherwise} | ${platform ?? "any"} |`;
  });
  const table = ["| key | when it is absent | platform |", "| --- | --- | --- |", ...rows].join("\n");
  const sections = FIELDS.map(
    ({ name, help, example }) => `### ${name}\n\n${help}\n\n\`\`\`yaml\n${example}\n\`\`\``,
  );
  const reference = [table, ...sections].join("\n\n");
  return `${page.slice(0, before)}${START}\n${reference}\n\n${page.slice(after)}`;
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

if (import.meta.main) {
  await writeFileAtomic(SCHEMA_FILE, renderJsonSchema());
  await writeFileAtomic(REFERENCE_FILE, renderReference(await readFile(REFERENCE_FILE, "utf8")));
}
