import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../description/describe.ts";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { planApplication } from "../registry.ts";

const NEEDED = { "shop.py": "", "requirements-test.txt": "pytest\n" };

/** Files beside a requirement of pytest for tests, and where the tests are looked for; empty: none are planned. */
const CASES: readonly (readonly [files: Readonly<Record<string, string>>, places: string])[] = [
  [{ "shop.py": "" }, ""],
  [{ "tests/test_shop.py": "" }, "{app}/tests"],
  [{ "test/conftest.py": "" }, "{app}/test"],
  [{ "tests/data.json": "" }, ""],
  [{ "conftest.py": "", "shop/shop_test.py": "" }, "{app}"],
  [{ "pytest.ini": "[pytest]\naddopts = -q\n", "tests/test_shop.py": "" }, "{app}"],
  [
    {
      "pytest.ini": "[pytest]\ntestpaths =\n    unit\n    whole/{x}\n    gone\n",
      "unit/a.py": "",
      "whole/{x}/b.py": "",
    },
    "{app}/unit {app}/whole/{{x}}",
  ],
  [{ "tox.ini": "[pytest]\ntestpaths = unit\n", "unit/a.py": "" }, "{app}/unit"],
  [{ "setup.cfg": "[tool:pytest]\ntestpaths = unit\n", "unit/a.py": "" }, "{app}/unit"],
  [{ "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["unit"]\n', "unit/a.py": "" }, "{app}/unit"],
  [{ "pyproject.toml": '[tool.pytest]\ntestpaths = ["unit"]\n', "unit/a.py": "" }, "{app}/unit"],
  [{ "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["../up", "*/x"]\n' }, "{app}"],
];

for (const [files, places] of CASES) {
  test(`looks for tests in ${places || "no place"} with ${JSON.stringify(files)}`, async () => {
    const { commands, lifecycle } = await planned({ ...NEEDED, ...files }, { forTests: true });
    const command = commands["unit_test"];
    const words = command?.kind === "argv" ? command.argv.join(" ") : "";
    const start = "python -m pytest -p no:cacheprovider --rootdir {app}";
    assert.equal(words, places && `${start} ${places}`);
    const moment = { command: "unit_test", hasOwnData: true };
    assert.deepEqual(lifecycle?.unit_test, places === "" ? undefined : moment);
  });
}

test("tests are planned where pytest is: in an artifact only if the application itself has it", async () => {
  const tests = { "tests/test_shop.py": "" };
  assert.equal((await planned({ ...NEEDED, ...tests })).commands["unit_test"], undefined);
  const own = await planned({ "requirements.txt": "pytest\n", ...tests });
  assert.equal(own.commands["unit_test"]?.origin, "platform");
  const yaml = "lifecycle: { unit_test: python -m unittest }\n";
  const said = await planned({ ...NEEDED, ...tests, "holdall.yaml": yaml }, { forTests: true });
  assert.deepEqual(said.commands["unit_test"], {
    ...{ kind: "argv", argv: ["python", "-m", "unittest"], help: "", origin: "own" },
  });
});

async function planned(texts: Readonly<Record<string, string>>, more: { readonly forTests?: boolean } = {}) {
  const files = appFilesOf(texts);
  const { description } = await describe(files, { directoryName: "shop" });
  return planApplication({ description, files, distributions: [], ...more });
}
