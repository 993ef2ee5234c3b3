import assert from "node:assert/strict";
import { test } from "node:test";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { describe } from "../describe.ts";
import { detectTests } from "./tests.ts";

/** What is there, what the tests need by that, and where it was found; without the last two, nothing. */
const CASES: readonly (readonly [
  is: string,
  files: Readonly<Record<string, string>>,
  needs?: string,
  from?: string,
])[] = [
  ["nothing", {}],
  [
    "a group for tests before one for development",
    {
      "pyproject.toml": '[dependency-groups]\ndev = ["pytest", "ruff"]\ntest = ["PyTest>=8", "responses"]\n',
    },
    "pytest>=8 responses",
    "pyproject.toml [dependency-groups] test",
  ],
  [
    "the group that has pytest",
    { "pyproject.toml": '[dependency-groups]\ndev = ["pytest-cov"]\ntest = ["responses"]\n' },
    "pytest-cov",
    "pyproject.toml [dependency-groups] dev",
  ],
  [
    "a group that includes others, one of them itself",
    {
      "pyproject.toml":
        '[dependency-groups]\nTests = [{include-group = "base"}, "responses"]\nbase = ["pytest", {include-group = "tests"}, {include-group = "no"}, 3]\n',
    },
    "pytest responses",
    "pyproject.toml [dependency-groups] tests",
  ],
  [
    "groups of poetry",
    {
      "pyproject.toml":
        '[tool.poetry.group.test.dependencies]\npytest = "^8.1"\nvcr = { version = "*", optional = true }\n',
    },
    "pytest>=8.1,<9",
    "pyproject.toml [tool.poetry.group] test",
  ],
  [
    "development dependencies of an older poetry",
    { "pyproject.toml": '[tool.poetry.dev-dependencies]\npytest = "7.*"\n' },
    "pytest==7.*",
    "pyproject.toml [tool.poetry.group] dev",
  ],
  [
    "an extra that asks for another of the application",
    {
      "pyproject.toml":
        '[project]\nname = "My.Shop"\n[project.optional-dependencies]\ndev = ["my-shop[test]", "ruff"]\ntest = ["responses"]\nbase = ["pytest"]\n',
    },
    "responses",
    "pyproject.toml [project.optional-dependencies] test",
  ],
  [
    "what uv had before there were groups",
    { "pyproject.toml": '[tool.uv]\ndev-dependencies = ["pytest"]\n' },
    "pytest",
    "pyproject.toml [tool.uv] dev-dependencies",
  ],
  [
    "what pdm had before there were groups",
    { "pyproject.toml": '[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n' },
    "pytest",
    "pyproject.toml [tool.pdm.dev-dependencies] test",
  ],
  [
    "a requirement file",
    { "requirements-dev.txt": "-r requirements.txt\npytest\n", "requirements.txt": "flask\n" },
    "requirements-dev.txt",
    "requirements-dev.txt",
  ],
  [
    "a requirement file in a directory, though another cannot be understood",
    { "requirements/test.txt": "pytest\n", "requirements-test.txt": "-e ./plugin\n" },
    "requirements/test.txt",
    "requirements/test.txt",
  ],
  ["development dependencies without tests", { "requirements-dev.txt": "ruff\n" }],
  ["a group that is no list", { "pyproject.toml": '[dependency-groups]\ntest = "pytest"\n' }],
];

for (const [is, files, needs, from] of CASES) {
  test(`finds for tests: ${is}`, () => {
    const found = detectTests(appFilesOf(files));
    const texts = found?.value.map((source) =>
      source.kind === "requirement" ? source.text : "path" in source ? source.path : ".",
    );
    assert.equal(texts?.join(" "), needs);
    assert.equal(found?.origin.source, from);
  });
}

test("what is written for the tests replaces what was found, and never has the application in it", async () => {
  const files = { "requirements-test.txt": "pytest\n", "holdall.yaml": "name: shop\ntest_pip: []\n" };
  assert.deepEqual((await describe(appFilesOf(files))).description.testPip, []);
  await assert.rejects(describe(appFilesOf({ "holdall.yaml": "name: shop\ntest_pip: [pytest, .]\n" })), {
    code: "description_invalid",
    message: "cannot read holdall.yaml: test_pip has . in it, which is the application",
  });
});
