import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { findPortOwner, findPortUser, isPortFree } from "./port-owner.ts";

test("a port that is taken is taken by somebody", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  assert.equal(await isPortFree("127.0.0.1", port), false);
  const owner = await findPortOwner(port);
  assert.equal(owner?.pid, process.pid);
  assert.match(owner?.program ?? "", /^node/);
  assert.equal(await findPortUser(port), process.getuid?.());
  server.close();
  await once(server, "close");
  assert.equal(await isPortFree("127.0.0.1", port), true);
  assert.equal(await findPortOwner(port), undefined);
  assert.equal(await findPortUser(port), undefined);
});
