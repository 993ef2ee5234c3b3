import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ServerEvent } from "../services/service.ts";
import { LOCK_HELD } from "../system/guarded-process.ts";
import { needRoot } from "./needs.ts";
import {
  checkUsable,
  type MakePlace,
  makePlace,
  type Subject,
  type Suite,
  type TestPlace,
  valuesOf,
} from "./service-conformance.ts";

const SERVICES = join(import.meta.dirname, "../services");
const TESTING = join(import.meta.dirname, "service-conformance.ts");

/** What only servers can suffer. */
export async function testServer(subject: Subject, suite: Suite, makeShared: MakePlace): Promise<void> {
  const { kind, write, read } = subject;

  await suite("a server that is killed is started again where it was, with what it had; one that does not start is not", async (t) => {
    const place = await makePlace(t);
    const events = new EventEmitter<Record<ServerEvent["kind"], [ServerEvent]>>();
    const onServer = (event: ServerEvent) => void events.emit(event.kind, event);
    const service = await kind.open({ ...place, onServer });
    await service.setUp();
    await write(valuesOf(service), "kept", "before");
    // Redis writes to its file within a second, as it is told to: what a kill takes is not what this is about.
    if (kind.name === "redis") await service.backup(join(place.data, "synced"));
    const [ended, started] = [once(events, "ended"), once(events, "started")];
    killServer(place);
    assert.deepEqual(await ended, [{ kind: "ended", status: undefined, signal: "SIGKILL" }]);
    await started;
    await checkUsable(subject, service);
    assert.equal(await read(valuesOf(service), "kept"), "before");
    const failed = once(events, "failed");
    killServer(place);
    const [{ error }] = await failed;
    assert.equal(error.code, "service_failed");
    assert.match(error.message, /^cannot start \w+ again for database: /);
    await assert.rejects(service.check(), { code: "service_unreachable" });
    if (service.sql) await assert.rejects(service.sql.listDone(), { code: "service_unreachable" });
    await service.close();
  });

  await suite("when root starts it, it is not root's", async (t) => {
    if (!needRoot(t)) return;
    const place = await makePlace(t);
    const service = await kind.open(place);
    const uids = /^Uid:\s(.*)$/m.exec(readFileSync(`/proc/${serverOf(place)}/status`, "utf8"))?.[1];
    assert.doesNotMatch(uids ?? "0", /\b0\b/);
    await service.close();
  });

  await suite("a second holdall uses the server that is running; when the first is killed, the next has its own", async (t) => {
    const place = await makePlace(t);
    const holder = await startHolder(t, subject, place.directory);
    const joined = await kind.open(place);
    assert.equal((await place.servers.at(-1)?.ended)?.status, LOCK_HELD);
    await joined.setUp();
    await write(valuesOf(joined), "kept", "before");
    await joined.close();
    assert.equal(await read(valuesOf(joined), "kept"), "before"); // it ends with the first
    if (kind.name === "redis") await joined.backup(join(place.data, "synced"));
    holder.kill("SIGKILL");
    const next = await kind.open(place);
    await next.setUp();
    assert.equal(await read(valuesOf(next), "kept"), "before");
    await next.close();
  });

  await suite("the application can do nothing to the server, nor to other applications", async (t) => {
    const [one, other] = [await kind.open(await makeShared(t)), await kind.open(await makeShared(t))];
    for (const service of [one, other]) await service.setUp();
    await write(valuesOf(other), "secret", "of the other");
    for (const attempt of subject.forbidden ?? [])
      await assert.rejects(attempt(valuesOf(one), valuesOf(other)), attempt.toString());
    for (const service of [one, other]) await service.close();
  });
}

/** The first child of the last guard. */
function serverOf({ servers }: TestPlace): number {
  const guard = servers.at(-1)?.pid ?? 0;
  return Number(readFileSync(`/proc/${guard}/task/${guard}/children`, "utf8").trim().split(" ")[0]);
}

function killServer(place: TestPlace): void {
  process.kill(serverOf(place), "SIGKILL");
}

export async function testFull({ kind }: Subject, suite: Suite): Promise<void> {
  await suite("a full disk is told before anything is lost", async (t) => {
    if (!needRoot(t)) return;
    const place = await makePlace(t);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=160m,mode=0700", "none", place.directory]);
    try {
      const service = await kind.open(place);
      await service.setUp();
      const filler = join(place.directory, "filler");
      const { bavail, bsize } = statfsSync(place.directory);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 4096));
      await assert.rejects(service.check(), { code: "service_full" });
      rmSync(filler);
      await service.check();
      await service.close();
    } finally {
      execFileSync("umount", ["--lazy", place.directory]); // a server that is left still has it
    }
  });
}

/** Another program that opens the same service, and keeps it until it is killed. */
async function startHolder(t: TestContext, { kind }: Subject, directory: string) {
  const code = `
    import { findServiceKind } from ${JSON.stringify(join(SERVICES, "registry.ts"))};
    import { startPlace } from ${JSON.stringify(TESTING)};
    const place = startPlace(${JSON.stringify(directory)});
    const service = await findServiceKind(${JSON.stringify(kind.name)}).open(place);
    process.stdout.write("open");
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  return holder;
}
