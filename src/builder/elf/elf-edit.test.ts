import assert from "node:assert/strict";
import { readFileSync, realpathSync } from "node:fs";
import { test } from "node:test";
import { PYTHON } from "../../testing/artifact-to-start.ts";
import { LibraryFinder } from "../inside/library-finder.ts";
import { parseElf } from "./elf.ts";
import { trimElf, withLibraryPath } from "./elf-edit.ts";
import { ElfView, listSegments, PT } from "./elf-view.ts";

// Real files: what linkers make is what has to be understood. That edited ones run is seen where they are packed.
const PROGRAM = readFileSync(realpathSync(PYTHON.path));
const LIBRARIES = new LibraryFinder().findLibraries(realpathSync(PYTHON.path)) ?? [];
const FILES = [PROGRAM, ...LIBRARIES.map(({ path }) => readFileSync(path))];

test("a trimmed file needs the same, and has all that is loaded", () => {
  for (const bytes of FILES) {
    const trimmed = trimElf(bytes);
    assert.ok(trimmed.length <= bytes.length);
    assert.deepEqual(parseElf(trimmed), parseElf(bytes));
    const [before, after] = [bytes, trimmed].map((one) => listSegments(new ElfView(one)));
    assert.deepEqual(after, before);
    for (const { offset, size } of before ?? []) assert.ok(offset + size <= trimmed.length);
    assert.deepEqual(trimElf(trimmed), trimmed, "trimming twice is trimming once");
  }
});

test("a search path is added, replaced and taken away, and nothing else changes", () => {
  for (const bytes of FILES) {
    const elf = parseElf(bytes);
    const added = withLibraryPath(bytes, "$ORIGIN/../lib");
    assert.ok(added);
    assert.deepEqual(parseElf(added), { ...elf, searchPath: ["$ORIGIN/../lib"] });
    assert.deepEqual(parseElf(withLibraryPath(added, undefined) ?? added), { ...elf, searchPath: [] });
    // Loaders want segments in the order of their addresses, and each at its place in a page.
    const loaded = listSegments(new ElfView(added)).filter(({ type }) => type === PT.load);
    for (const [index, { address, offset, alignment }] of loaded.entries()) {
      assert.equal(address % alignment, offset % alignment);
      assert.ok(index === 0 || address >= (loaded[index - 1]?.address ?? 0) + (loaded[index - 1]?.span ?? 0));
    }
  }
});

test("a file without room for a search path is left alone", () => {
  const view = new ElfView(PROGRAM);
  const full = Buffer.from(PROGRAM);
  // Without a note there is no header to give away.
  for (const { type, at } of listSegments(view)) if (type === PT.note) view.writeInt(full, at, 0);
  assert.equal(withLibraryPath(full, "$ORIGIN/../lib"), undefined);
});
