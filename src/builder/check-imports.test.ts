import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorkshop } from "../testing/build-fixture.ts";

const SHOP = {
  "holdall.yaml": "name: shop\nplatform: python\ncommands: { open: { function: shop:main } }\n",
  "shop.py": "import no_such_module\n\n\ndef main():\n    pass\n",
};

test("a module that is not there ends the build", async (t) => {
  const workshop = await makeWorkshop(t, SHOP);
  await assert.rejects(workshop.build(), {
    code: "import_failed",
    message: "cannot import shop:main: ModuleNotFoundError: No module named 'no_such_module'",
  });
});

test("a module that is not there is a warning when system packages are not there either", async (t) => {
  const description = `${SHOP["holdall.yaml"]}deb: no-such-package\nrpm: no-such-package\n`;
  const workshop = await makeWorkshop(t, { ...SHOP, "holdall.yaml": description });
  await workshop.build();
  const warnings = workshop.events.filter(({ kind }) => kind === "warning");
  assert.equal(warnings.length, 1);
  assert.match(
    JSON.stringify(warnings[0]),
    /shop:main cannot be imported here, a host may have what it needs: .*No module named 'no_such_module'; it needs /,
  );
});
