import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chownSync, copyFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { needProgram, needServer } from "../../testing/needs.ts";
import { makePlace, valuesOf } from "../../testing/service-conformance.ts";
import { postgresService } from "./service.ts";

const ACCESS = `hostssl all shop 127.0.0.1/32 scram-sha-256
host all holdall 127.0.0.1/32 scram-sha-256
`;

test("a server that asks for TLS has it, whatever the address says, and is verified when that says so", async (t) => {
  if (!(await needServer(t, "postgres")) || !needProgram(t, "openssl")) return;
  const place = await makePlace(t);
  const first = await postgresService.open(place);
  await first.setUp();
  await first.close();
  const data = join(place.directory, "postgres/home/data");
  const [key, certificate] = [join(data, "server.key"), join(data, "server.crt")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=other.example.org", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync("openssl", [...request, ...subject, "-keyout", key, "-out", certificate], { stdio: "pipe" });
  copyFileSync(certificate, join(place.data, "ca.crt"));
  const { uid, gid } = statSync(data);
  for (const file of [key, certificate]) chownSync(file, uid, gid);
  appendFileSync(join(data, "postgresql.conf"), "ssl = on\n");
  writeFileSync(join(data, "pg_hba.conf"), ACCESS);

  const own = await postgresService.open(place);
  const { _PORT: port = "", _PASSWORD: password = "" } = valuesOf(own);
  const address = (host: string) => `postgres://shop:${password}@${host}:${port}/shop`;
  const ca = encodeURIComponent(join(place.data, "ca.crt"));
  const connect = async (written: string) => {
    const given = await postgresService.connect(written, place);
    await given.setUp();
    return given;
  };
  for (const [at, written] of [
    address("127.0.0.1"),
    `${address("127.0.0.1")}?sslmode=require`,
    `${address("127.0.0.1")}?sslmode=verify-ca&sslrootcert=${ca}`,
    `${address("localhost")}?sslmode=verify-full&sslrootcert=${ca}`,
  ].entries()) {
    const given = await connect(written);
    const backup = join(place.data, `backup-${at}`);
    await given.backup(backup);
    await given.restore(backup);
  }
  for (const [written, reason] of [
    [`${address("127.0.0.1")}?sslmode=disable`, /no encryption$/],
    [`${address("127.0.0.1")}?sslmode=verify-full&sslrootcert=${ca}`, /IP: 127\.0\.0\.1/],
    [`${address("localhost")}?sslmode=verify-full`, /certificate/],
  ] as const)
    await assert.rejects(connect(written), { code: "service_unreachable", message: reason });
  await own.close();
});
