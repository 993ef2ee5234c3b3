import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { assertGolden } from "../testing/golden.ts";
import { renderCliDocument } from "./cli-document.ts";
import { commandRecords } from "./commands/registry.ts";

test("docs/cli.md is made from the command table", () => {
  assertGolden(join(PACKAGE_ROOT, "docs/cli.md"), renderCliDocument(commandRecords()));
});
