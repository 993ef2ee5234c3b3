import assert from "node:assert/strict";
import { test } from "node:test";
import { listHidden } from "./warn-of-hidden.ts";

const STANDARD = ["http", "select"];
/** Of two distributions: a module, a package, an extension, a namespace of each kind. */
const DISTRIBUTIONS = [
  {
    name: "settings",
    digests: {
      "site-packages/config.py": "1",
      "site-packages/zope/__init__.py": "namespace",
      "site-packages/google/api.py": "1",
      "scripts/run.py": "1",
    },
  },
  {
    name: "numbers",
    digests: {
      "site-packages/maths/__init__.py": "1",
      "site-packages/fast.cpython-311-x86_64-linux-gnu.so": "1",
    },
  },
];

/** Files of the application, on the import path `src` and `.`; whose module is imported for the last of its parts. */
const CASES: readonly [path: string, owner: string | undefined][] = [
  ["http.py", "the standard library"],
  ["src/select/__init__.py", "the standard library"],
  ["config.py", "settings"],
  ["config/__init__.py", "settings"],
  ["src/maths.py", "numbers"],
  ["fast/__init__.py", "numbers"],
  ["shop/http.py", undefined],
  ["config/production.py", undefined],
  ["http/page.html", undefined],
  ["zope/__init__.py", undefined],
  ["google/__init__.py", undefined],
  ["run.py", undefined],
  ["shop.py", undefined],
];

for (const [path, owner] of CASES) {
  test(`${path} of the application is ${owner === undefined ? "imported" : `hidden by ${owner}`}`, () => {
    const own = {
      contents: { [`app/${path}`]: "2" },
      importPath: ["src", "."],
      standardModules: STANDARD,
    };
    const hidden = listHidden(own, DISTRIBUTIONS);
    assert.deepEqual(
      hidden.map((each) => [each.path, each.owner]),
      owner === undefined ? [] : [[path, owner]],
    );
  });
}

test("what is not on the import path is hidden by nothing", () => {
  const own = { contents: { "app/http.py": "2" }, importPath: ["src"], standardModules: STANDARD };
  assert.deepEqual(listHidden(own, DISTRIBUTIONS), []);
});
