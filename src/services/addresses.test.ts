import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../errors/app-error.ts";
import { makeRandom, pick } from "../testing/random.ts";
import { makePlace } from "../testing/service-conformance.ts";
import { type DatabaseAccount, parseDatabaseUrl, whereOf } from "./parse-database-url.ts";
import { parseRedisAddress } from "./redis/parse-address.ts";

const FORM = {
  ...{ schemes: ["postgres", "postgresql"], defaultPort: 5432, hostParameters: ["host"] },
  ...{ defaultSocket: "/run/default", example: "postgres://..." },
};

const NONE = { host: "/run/default", port: 5432, user: "", password: "", database: "shop" };
const ADDRESSES: readonly (readonly [address: string, account: Omit<DatabaseAccount, "parameters">])[] = [
  ["postgresql:///shop", NONE],
  ["postgresql+psycopg2cffi:///shop?user=ada", { ...NONE, user: "ada" }],
  ["postgres:///shop?host=/tmp&port=5433", { ...NONE, host: "/tmp", port: 5433 }],
  ["postgres://%2Frun%2Fpg/shop", { ...NONE, host: "/run/pg" }],
  [
    "postgres://ada:a%40b@/shop?host=/cloud/a:b:c",
    { ...NONE, host: "/cloud/a:b:c", user: "ada", password: "a@b" },
  ],
  ["POSTGRES://ada@Example.org./shop", { ...NONE, host: "Example.org.", user: "ada" }],
  ["postgres://ada@[2001:db8::1]:6/shop", { ...NONE, host: "2001:db8::1", port: 6, user: "ada" }],
  [
    "postgres://ada:a@b@h/sh%20op%25",
    { ...NONE, host: "h", user: "ada", password: "a@b", database: "sh op%" },
  ],
];

test("addresses in the forms that drivers take", async (t) => {
  const place = await makePlace(t);
  for (const [address, expected] of ADDRESSES) {
    const { parameters: _, ...account } = parseDatabaseUrl(address, FORM, place);
    assert.deepEqual(account, expected, address);
  }
  const { host, database, user, password } = parseRedisAddress("unix://:p%20w@/run/redis.sock?db=3", place);
  assert.deepEqual([host, database, user, password], ["/run/redis.sock", 3, undefined, "p w"]);
  const tls = parseRedisAddress("rediss://h/1?ssl_cert_reqs=none", place);
  assert.deepEqual([tls.isTls, tls.certificate?.isVerified], [true, false]);
  assert.equal(whereOf({ host: "::1", port: 1 }), "[::1]:1");
});

const CHARACTERS = [..."aZ09-._~!$&'()*+,;=:@/?#[]% \"<>\\^`{|}é✓\u{1f34b}\t"];

test("what is written with percent signs is what the database is given, whatever it is", async (t) => {
  const random = makeRandom(t);
  const place = await makePlace(t);
  const word = () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(random, CHARACTERS)).join("");
  for (let round = 0; round < 500; round++) {
    const [user, password] = [word(), word()];
    const database = `d${word().replaceAll("/", "_")}`; // a URL has no part that is a dot
    const [host, written] = pick(random, [
      ["db.example.org", "db.example.org"],
      ["::1", "[::1]"],
      ["/run/a b", "%2Frun%2Fa%20b"],
    ] as const);
    const port = 1 + Math.floor(random() * 65_535);
    const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    const parsed = parseDatabaseUrl(
      `postgres://${account}@${written}:${port}/${encodeURIComponent(database)}?sslmode=disable`,
      FORM,
      place,
    );
    assert.deepEqual(parsed, { host, port, user, password, database, parameters: { sslmode: "disable" } });
    const address = `redis://${account}@cache:${port}/2`;
    const redis = parseRedisAddress(address, place);
    assert.deepEqual([redis.user, redis.password, redis.port], [user, password, port]);
  }
});

test("an address that is refused is not quoted, wherever it is broken", async (t) => {
  const random = makeRandom(t);
  const place = await makePlace(t);
  const whole = "postgres://ada:hunter2secret@db.example.org:5432/shop?sslmode=require";
  for (let round = 0; round < 500; round++) {
    const at = Math.floor(random() * whole.length);
    const broken = whole.slice(0, at) + pick(random, CHARACTERS) + whole.slice(at + Math.floor(random() * 3));
    for (const parse of [
      () => parseDatabaseUrl(broken, FORM, place),
      () => parseRedisAddress(broken, place),
    ]) {
      try {
        parse();
      } catch (error) {
        assert.ok(error instanceof AppError, broken);
        assert.doesNotMatch(JSON.stringify([error, error.message, error.hint, error.cause]), /hunter|secret/);
      }
    }
  }
});
