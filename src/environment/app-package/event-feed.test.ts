import assert from "node:assert/strict";
import { test } from "node:test";
import { EventFeed } from "./event-feed.ts";

async function collect(events: AsyncIterable<number>): Promise<number[]> {
  const collected: number[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

test("each reader gets all events, those from before too, and the end", async () => {
  const feed = new EventFeed<number>();
  feed.publish(1);
  const early = collect(feed);
  feed.publish(2);
  await new Promise(setImmediate);
  feed.publish(3);
  feed.close();
  feed.publish(4);
  assert.deepEqual(await early, [1, 2, 3]);
  assert.deepEqual(await collect(feed), [1, 2, 3]);
});

test("what nobody reads is bounded: the last ones are kept", async () => {
  const feed = new EventFeed<number>();
  const slow = feed[Symbol.asyncIterator]();
  const first = slow.next();
  for (let number = 0; number < 100_000; number += 1) feed.publish(number);
  feed.close();
  assert.equal((await first).value !== undefined, true);
  const rest = await collect(slow);
  assert.ok(rest.length >= 999 && rest.length < 2000, `${rest.length} events`);
  assert.equal(rest.at(-1), 99_999);
  assert.deepEqual(
    rest,
    rest.toSorted((a, b) => a - b),
  );
});
