import assert from "node:assert/strict";
import { test } from "node:test";
import { findServiceKind } from "../../services/registry.ts";
import { findAddress, nameValues } from "./service-variables.ts";

type Env = string | Readonly<Record<string, string>> | undefined;
type Texts = Readonly<Record<string, string>>;

const PARTS = { SERVER: "host", PORT: "port", USER: "user", SECRET: "password", DB: "name" };

/** Type and `env` of the service `main`, what is given, and the address and its variable that are found. */
const GIVEN: readonly (readonly [string, Env, Texts, readonly [string, string] | undefined])[] = [
  ["postgres", undefined, { MAIN_URL: "postgres://a/b" }, ["postgres://a/b", "MAIN_URL"]],
  ["postgres", "DB", { MAIN_URL: "postgres://a/b" }, undefined],
  ["postgres", "DB", { DB: "" }, undefined],
  ["files", { UPLOADS: "directory" }, { UPLOADS: "/srv" }, ["/srv", "UPLOADS"]],
  ["sqlite", { PLACE: "path" }, { PLACE: "shop.sqlite" }, ["shop.sqlite", "PLACE"]],
  ["postgres", { B: "url", A: "asyncpg://" }, { A: "asyncpg://u:p@h/d" }, ["postgresql://u:p@h/d", "A"]],
  ["postgres", { B: "url", A: "asyncpg://" }, { B: "postgres://u:p@h/d" }, ["postgres://u:p@h/d", "B"]],
  ["postgres", { A: "asyncpg://" }, { A: "postgres://u:p@h/d" }, ["postgres://u:p@h/d", "A"]],
  [
    "postgres",
    { ...PARTS, URL: "url" },
    { SERVER: "h", URL: "postgres://u@i/d" },
    ["postgres://u@i/d", "URL"],
  ],
  ["postgres", PARTS, { USER: "u", SECRET: "p", DB: "d" }, undefined],
  [
    "postgres",
    PARTS,
    { SERVER: "db.example.org", PORT: "5433", USER: "a@b", SECRET: "p/w:%", DB: "d e" },
    ["postgresql://a%40b:p%2Fw%3A%25@db.example.org:5433/d%20e", "SERVER"],
  ],
  ["redis", { H: "host" }, { H: "::1" }, ["redis://[::1]", "H"]],
  ["redis", { H: "host", S: "password" }, { H: "cache", S: "p" }, ["redis://:p@cache", "H"]],
];

for (const [type, env, given, expected] of GIVEN) {
  test(`of ${type} with ${JSON.stringify(env)}, ${JSON.stringify(given)} names ${expected?.[0] ?? "nothing"}`, () => {
    const planned = env === undefined ? { type } : { type, env };
    const found = findAddress("main", planned, findServiceKind(type), given);
    assert.deepEqual(found && [found.address, found.variable], expected);
  });
}

const VALUES = {
  _URL: { value: "postgresql://u:p@127.0.0.1:5432/d", isSecret: true },
  _HOST: { value: "127.0.0.1", isSecret: false },
};

test("variables that the description names get parts, and the URL in the scheme that the application wants", () => {
  const kind = findServiceKind("postgres");
  const env = { A: "url", B: "postgresql+asyncpg://", C: "host", D: "host" };
  assert.deepEqual(nameValues("main", { type: "postgres", env }, { kind, values: VALUES }), {
    A: VALUES._URL,
    B: { value: "postgresql+asyncpg://u:p@127.0.0.1:5432/d", isSecret: true },
    C: VALUES._HOST,
    D: VALUES._HOST,
  });
});

test("what somebody has given reaches the application as it is", () => {
  const kind = findServiceKind("postgres");
  const texts = { A: "postgres://u:p@127.0.0.1/d?ssl=1" };
  const named = nameValues(
    "main",
    { type: "postgres", env: { A: "url", B: "host" } },
    { kind, values: VALUES, texts },
  );
  assert.deepEqual(named, { A: { value: texts.A, isSecret: true }, B: VALUES._HOST });
});

test("a part that the service does not have is refused by its name", () => {
  const kind = findServiceKind("postgres");
  assert.throws(
    () => nameValues("main", { type: "postgres", env: { A: "colour" } }, { kind, values: VALUES }),
    {
      code: "service_not_found",
      message: "cannot supply colour of the service main: postgres has no such part",
    },
  );
});
