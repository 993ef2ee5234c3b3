import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeWorkshop, type Workshop } from "../../testing/build-fixture.ts";

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

const READER = {
  "holdall.yaml": "name: shop\nplatform: python\ncommands: { open: { function: shop:main } }\n",
  "shop.py":
    'import pathlib\nimport cart\n\nif "closed" in pathlib.Path(__file__).with_name("sign.txt").read_text():\n    raise ImportError("closed")\n\n\ndef main():\n    import till\n',
  "cart.py": "",
  "sign.txt": "open\n",
  "till.py": "",
};

async function countChecks(workshop: Workshop, change: Record<string, string>): Promise<number> {
  workshop.write(change);
  const told = workshop.events.length;
  await workshop.build();
  return workshop.events
    .slice(told)
    .filter((event) => event.kind === "step-started" && event.step === "check-imports").length;
}

test("imports are checked again when a file that they read changes, or one comes", async (t) => {
  const workshop = await makeWorkshop(t, READER);
  assert.equal(await countChecks(workshop, {}), 1);
  assert.equal(await countChecks(workshop, {}), 0);
  assert.equal(await countChecks(workshop, { "till.py": "# more\n" }), 0);
  assert.equal(await countChecks(workshop, { "cart.py": "# more\n" }), 1);
  assert.equal(await countChecks(workshop, { "pathlib.py": "" }), 1);
  await assert.rejects(countChecks(workshop, { "sign.txt": "closed\n" }), {
    message: "cannot import shop:main: ImportError: closed",
  });
  assert.equal(workshop.leftovers().length, 1); // the artifact that was there
});

test("imports that start programs are checked again when any file changes", async (t) => {
  const starter = `import subprocess\nsubprocess.run(["true"])\n\n\ndef main():\n    pass\n`;
  const workshop = await makeWorkshop(t, { ...READER, "shop.py": starter });
  assert.equal(await countChecks(workshop, {}), 1);
  assert.equal(await countChecks(workshop, {}), 0);
  assert.equal(await countChecks(workshop, { "till.py": "# more\n" }), 1);
});

test("a link that an import follows counts as what it leads to", async (t) => {
  const workshop = await makeWorkshop(t, READER);
  rmSync(join(workshop.directory, "cart.py"));
  symlinkSync("kept/cart.py", join(workshop.directory, "cart.py"));
  assert.equal(await countChecks(workshop, { "kept/cart.py": "" }), 1);
  assert.equal(await countChecks(workshop, { "kept/cart.py": "# more\n" }), 1);
});
