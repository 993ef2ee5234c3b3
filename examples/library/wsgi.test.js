// Tests of a WSGI application from Node, without a port: `node --test`. Each starts with an empty database.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { AppPackage } from "holdall";

const GUESTBOOK = fileURLToPath(new URL("../flask-guestbook", import.meta.url));

test("an entry that is signed is on the page", async () => {
  await using app = await AppPackage.open(GUESTBOOK, { kind: "test" });
  await using web = await app.loadObject("app");
  const body = new URLSearchParams({ name: "Ada", message: "Lovely <here>" });
  const signed = await web.fetch(new Request("http://localhost/", { method: "POST", body }));
  assert.equal(signed.status, 303);
  const page = await web.fetch(new Request("http://localhost/"));
  assert.match(await page.text(), /Lovely &lt;here&gt;/);
});
