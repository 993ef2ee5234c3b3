import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import {
  REFERENCE_FILE,
  renderJsonSchema,
  renderReference,
  SCHEMA_FILE,
} from "../../../scripts/write-description-docs.ts";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { describe } from "../describe.ts";
import { FIELDS } from "./schema.ts";

const AGAIN = "run `node scripts/write-description-docs.ts`";

test("docs/description.md says what the records say", async () => {
  const page = await readFile(REFERENCE_FILE, "utf8");
  assert.equal(page, renderReference(page), AGAIN);
});

test("docs/holdall.schema.json says what the records say", async () => {
  assert.equal(await readFile(SCHEMA_FILE, "utf8"), renderJsonSchema(), AGAIN);
});

test("every description that docs/description.md shows can be read", async () => {
  const page = await readFile(REFERENCE_FILE, "utf8");
  const shown = [...page.matchAll(/^```(yaml|toml)\n([\s\S]*?)^```$/gm)];
  assert.ok(shown.length > FIELDS.length);
  for (const [, language, text = ""] of shown) {
    const file = language === "yaml" ? "holdall.yaml" : "pyproject.toml";
    const texts = { "requirements.txt": "flask", "tools/seed.py": "", [file]: text };
    const { origins } = await describe(appFilesOf(texts), { directoryName: "shop" });
    assert.ok(
      Object.values(origins).some(({ source }) => source === file),
      text,
    );
  }
});

test("the records are complete", () => {
  for (const { name, help, example } of FIELDS) {
    assert.match(help, /^[A-Z].*\.$/, `${name}: help is sentences`);
    assert.ok(example.startsWith(`${name}:`), `${name}: its example shows it`);
  }
});
