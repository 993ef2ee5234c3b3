import assert from "node:assert/strict";
import { test } from "node:test";
import { parseScripts } from "./entry-points.ts";

test("console and GUI scripts are read, other groups and other lines are not", () => {
  const text =
    "[console_scripts]\r\nshop = shop.cli : main [extra]\n; comment = a:b\n= a:b\nno colon = a\n\n[x]\ny = a:b\n[gui_scripts]\nwin=shop:Window.open\n";
  assert.deepEqual(parseScripts(text), { shop: "shop.cli:main", win: "shop:Window.open" });
});

test("a line of blanks is read once, however long it is", { timeout: 60_000 }, () => {
  const blanks = " ".repeat(500_000);
  assert.deepEqual(parseScripts(`[console_scripts]\na${blanks}b\nc${blanks}= d${blanks}: e${blanks}x`), {});
});
