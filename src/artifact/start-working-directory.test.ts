import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import { fileEntry } from "../testing/small-artifact.ts";

/** Says what it finds where it was started, and where data go. */
const LOOK = `import cart, os, sys
print(open("templates/page.txt").read(), os.environ["STATE_DIRECTORY"], *sys.argv[1:])
`;

test("an application that says so starts where its own files are, and is told where its data go", async (t) => {
  const application = [fileEntry("app/look.py", LOOK), fileEntry("app/templates/page.txt", "page")];
  const look = { kind: "argv", argv: ["python", "{app}/look.py"], help: "", origin: "own" } as const;
  const plan = { workingDirectory: "app", commands: { look } } as const;
  const artifact = await makeArtifactToStart(t, { application, plan });
  await writeFile(join(artifact.data, "cart.py"), "raise SystemExit('planted')\n");
  // Cold, warm, and as a program of the release.
  for (const words of [["look"], ["look"], ["python", "look.py"]]) {
    const { stdout, stderr } = await start(artifact, [...words, "a b"]);
    assert.deepEqual({ stdout, stderr }, { stdout: `page ${artifact.data} a b\n`, stderr: "" });
  }
  const { stdout } = await start(artifact, ["look"], { env: { STATE_DIRECTORY: "/srv/shop" } });
  assert.equal(stdout, "page /srv/shop\n");
});
