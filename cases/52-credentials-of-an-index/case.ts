import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../src/errors/app-error.ts";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { makeWheel, startPackageIndex } from "../../src/testing/package-index.ts";

const USER = "builder-of-shops";
const PASSWORD = "s3cret-of-the-index";
const CART = makeWheel({ name: "cart", files: { "cart.py": "items = []\n" } });

/** Where people keep them, as uv reads it; `address` has none. */
const KEPT: readonly [name: string, keep: (home: string, address: string) => Record<string, string>][] = [
  ["its URL", (_, address) => ({ UV_DEFAULT_INDEX: address.replace("//", `//${USER}:${PASSWORD}@`) })],
  [
    "netrc",
    (home, address) => {
      const machine = `machine 127.0.0.1 login ${USER} password ${PASSWORD}\n`;
      writeFileSync(join(home, ".netrc"), machine, { mode: 0o600 });
      return { UV_DEFAULT_INDEX: address };
    },
  ],
  [
    "variables of a named index",
    (_, address) => ({
      ...{ UV_DEFAULT_INDEX: `own=${address}` },
      ...{ UV_INDEX_OWN_USERNAME: USER, UV_INDEX_OWN_PASSWORD: PASSWORD },
    }),
  ],
  [
    "uv.toml",
    (home, address) => {
      const url = address.replace("//", `//${USER}:${PASSWORD}@`);
      mkdirSync(join(home, ".config/uv"), { recursive: true });
      writeFileSync(join(home, ".config/uv/uv.toml"), `[[index]]\nurl = "${url}"\ndefault = true\n`);
      return {};
    },
  ],
];

export default defineCase({
  sentence:
    "user and password of an index, in its URL, netrc, variables or uv.toml, are in no artifact, release, lock, manifest, event or error",
  origin: ["pex#1571", "PyPA's advice on direct_url.json"],
  seenFailing:
    "when first tried, the output of the build command `env` had the user name of UV_INDEX_OWN_USERNAME; with redact() doing nothing, it had the address with its password",
  async shownBy({ workshop, build }, t) {
    const index = await startPackageIndex(t, [CART], { user: USER, password: PASSWORD });
    const address = index.url.replace(/\/\/[^@]+@/, "//");
    const { HOME: _, ...rest } = process.env;
    for (const [name, keep] of KEPT) {
      const home = join(workshop.home, name.replaceAll(" ", "-"));
      mkdirSync(home);
      const env = { ...rest, HOME: home, UV_HTTP_RETRIES: "0", ...keep(home, address) };
      for (const kept of [workshop.cache, join(workshop.directory, "holdall.lock")]) {
        rmSync(kept, { recursive: true, force: true });
      }
      mkdirSync(workshop.cache);
      const artifact = await build({ env });
      const shown = await start(artifact, ["show"]);
      assert.equal(shown.stdout, "[]\n", shown.stderr);
      const manifest = await start(artifact, ["--holdall", "inspect", "--json"]);
      const directories = [workshop.directory, workshop.output, workshop.cache, artifact.cache];
      // The release, too, where layers are not compressed. An address is in no file either.
      for (const text of [manifest.stdout, ...directories.map(readAll)]) assertClean(text, name, address);
      assertClean(JSON.stringify(workshop.events), name); // of the build command `env`, too

      const wrong = await startPackageIndex(t, [], { user: USER, password: "another" });
      const other = new URL(wrong.url).host;
      const changed = keep(home, `http://${other}/simple/`);
      rmSync(join(workshop.directory, "holdall.lock"));
      await assert.rejects(build({ env: { ...env, ...changed } }), (error: unknown) => {
        assert.ok(error instanceof AppError, String(error));
        assert.equal(error.code, "index_unreachable");
        const parts = [
          error.message,
          error.hint,
          error.excerpt,
          error.stack,
          JSON.stringify(error),
          error.cause,
        ];
        assertClean(`${parts.map(String).join("\n")}${JSON.stringify(workshop.events)}`, name);
        return true;
      });
    }
  },
});

function assertClean(text: string, name: string, address?: string): void {
  const secrets = [
    USER,
    PASSWORD,
    encodeURIComponent(PASSWORD),
    Buffer.from(`${USER}:${PASSWORD}`).toString("base64"),
  ];
  for (const secret of secrets) assert.ok(!text.includes(secret), `by ${name}: ${secret}`);
  if (address !== undefined) assert.ok(!text.includes(new URL(address).host), `by ${name}: ${address}`);
}

function readAll(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}
