import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardedHeaders } from "./forwarded-headers.ts";

/** Who asks, and what `web` is told. */
const CASES: readonly (readonly [client: string, forwarded: readonly string[]])[] = [
  ["127.0.0.1", ["203.0.113.9, 127.0.0.1", "https", "tunnel.example"]],
  ["::1", ["203.0.113.9, ::1", "https", "tunnel.example"]],
  ["::ffff:127.0.0.1", ["203.0.113.9, 127.0.0.1", "https", "tunnel.example"]],
  ["192.0.2.7", ["203.0.113.9, 192.0.2.7", "http", "shop.example"]],
  ["::ffff:192.0.2.7", ["203.0.113.9, 192.0.2.7", "http", "shop.example"]],
  ["2001:db8::1", ["203.0.113.9, 2001:db8::1", "http", "shop.example"]],
];

for (const [client, forwarded] of CASES) {
  test(`${client} ${forwarded.includes("https") ? "may be a tunnel" : "cannot say how it asks"}`, () => {
    const headers = {
      host: "shop.example",
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "tunnel.example",
    };
    const socket = { remoteAddress: client, localAddress: "192.0.2.1", localPort: 8000 };
    const found = forwardedHeaders({ headers, rawHeaders: Object.entries(headers).flat(), socket });
    const [by, proto, host] = forwarded;
    assert.deepEqual(found, [
      ["host", "shop.example"],
      ["X-Forwarded-For", by],
      ["X-Forwarded-Proto", proto],
      ["X-Forwarded-Host", host],
    ]);
  });
}
