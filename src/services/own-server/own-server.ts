import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { ServicePlace } from "../service.ts";
import { failed } from "../service-errors.ts";
import { ensureServer } from "./make-server.ts";
import type { ServerRecipe } from "./server-recipe.ts";
import { type RunningServer, startServer } from "./start-server.ts";

export interface OwnServer {
  readonly port: number;
  /** Of the administrator. */
  readonly secret: string;
  /** Absolute path of its data. */
  readonly home: string;
  /** Ends it, when it was started here. */
  close(): Promise<void>;
}

/** A server that ends sooner again has a reason that another start does not take away. */
const STEADY_MS = 10_000;

/**
 * Starts the server of a place and keeps it running, or uses the one that another program has started in the same environment.
 * @throws AppError `service_failed` with the end of its output.
 */
export async function openServer(recipe: ServerRecipe, place: ServicePlace): Promise<OwnServer> {
  const directory = join(place.directory, recipe.type);
  await ensureServer(recipe, place, directory);
  const secret = await readFile(join(directory, "secret"), "utf8");
  const home = join(directory, "home");
  const [lock, running] = [`${directory}.lock`, `${directory}.json`];
  const start = (signal: AbortSignal | undefined, port?: number) =>
    startServer(
      recipe,
      { ...place, signal },
      { files: { home, lock, running }, secret, ...(port !== undefined && { port }) },
    );
  const first = await start(place.signal);
  const { port } = first;
  if (first.process === undefined) return { port, secret, home, close: async () => {} };
  await writeFileAtomic(running, JSON.stringify({ port, owner: process.pid }), { mode: 0o600 });
  const kept = keepServer(first, recipe, place, (signal) => start(signal, port));
  return {
    ...{ port, secret, home },
    async close() {
      await rm(running, { force: true });
      await kept.stop();
    },
  };
}

/** Starts a server again that ends although nobody has asked it to: at the same port, which the application was told. */
function keepServer(
  first: RunningServer,
  { type }: ServerRecipe,
  place: ServicePlace,
  start: (signal: AbortSignal) => Promise<RunningServer>,
): { stop(): Promise<void> } {
  const { onServer } = place;
  const stopping = new AbortController();
  let current = first;
  const keep = async () => {
    for (;;) {
      const startedAt = performance.now();
      const end = await current.process?.ended;
      if (end === undefined || stopping.signal.aborted) return;
      if (current !== first && performance.now() - startedAt < STEADY_MS)
        throw failed(place, `start ${type} again for`, current.output());
      onServer?.({ kind: "ended", ...end });
      current = await start(stopping.signal);
      if (stopping.signal.aborted) void current.process?.stop();
      else onServer?.({ kind: "started" });
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!stopping.signal.aborted) onServer?.({ kind: "failed", error });
  });
  return {
    async stop() {
      stopping.abort();
      await current.process?.stop();
      await kept;
    },
  };
}
