import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testConformance, type Values } from "../../testing/service-conformance.ts";
import { redisService } from "./service.ts";

/** redis-cli reads the password from its environment. @throws Error when the server refuses. */
function run({ _HOST = "", _PORT = "", _PASSWORD }: Values, ...words: readonly string[]): string {
  const options = ["--no-auth-warning", "-e", "--json", "-3", "-h", _HOST, "-p", _PORT];
  return execFileSync("redis-cli", [...options, ...words], {
    env: { ...process.env, REDISCLI_AUTH: _PASSWORD },
    encoding: "utf8",
    stdio: "pipe",
  });
}

testConformance({
  kind: redisService,
  server: "redis-server",
  write: async (values, name, text) => void run(values, "SET", name, text, "EX", "100000"),
  read: async (values, name) => JSON.parse(run(values, "GET", name)) ?? undefined,
  wrongAddresses: [
    "",
    "http://:SECRET@localhost/0",
    "redis://:SECRET@localhost/zero",
    "redis://:SECRET%@localhost/0",
    "redis://localhost/0?password=SECRET",
    "redis://:SECRET@",
  ],
  forbidden: [
    async (own) => run(own, "CONFIG", "SET", "dir", "/tmp"),
    async (own) => run(own, "ACL", "LIST"),
    async (own) => run(own, "SHUTDOWN"),
    async (own) => run(own, "REPLICAOF", "127.0.0.1", "1"),
    async (own) => run(own, "MODULE", "LIST"),
  ],
  nowhere: () => "redis://:SECRET@127.0.0.1:1/0",
  spoil(backup) {
    const file = join(backup, "keys.jsonl");
    const [first = "", ...rest] = readFileSync(file, "utf8").split("\n");
    const spoilt = { ...JSON.parse(first), value: "AAAA" };
    writeFileSync(
      file,
      [first, JSON.stringify(spoilt), ...rest].join("\n").replace(/^(\d+)$/m, (n) => `${Number(n) + 1}`),
    );
  },
});
