import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Published } from "../../services/service.ts";
import { checkPort } from "../addresses.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Address } from "../resolve-argv.ts";
import { findPublishedFile } from "./find-published-file.ts";
import { Gate } from "./gate.ts";
import type { Front } from "./open-front.ts";
import { MAX_HEADER_BYTES, passOn } from "./pass-on.ts";
import { passUpgrade } from "./pass-upgrade.ts";
import type { PlannedFront } from "./plan-front.ts";
import { serveFile } from "./serve-file.ts";
import { watchQuotas } from "./watch-quotas.ts";

const READING = ["GET", "HEAD"];

/** @throws AppError `port_in_use`, `address_unusable`. */
export async function startFront(
  { address, web, published, limited }: PlannedFront,
  onEvent: OnEnvironmentEvent,
): Promise<Front> {
  const gate = new Gate(web);
  const quotas = watchQuotas(limited, (message) => onEvent({ kind: "warning", message }));
  const upgraded = new Set<Duplex>();
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: 0, // an upload may take its time
    // What is no web socket is answered as if nothing else had been asked for: RFC 9110, section 7.8.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
  });
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    tellDefect(answerRequest(request, response), response);
  };
  server.on("request", answer).on("checkContinue", answer);
  server.on("upgrade", (request, client, head) => {
    upgraded.add(client.once("close", () => upgraded.delete(client)));
    tellDefect(passUpgrade(request, client, { head, gate }), client);
  });
  await listen(server, address);
  tellPublished(published, onEvent);
  const closed = new Promise((resolve) => server.once("close", resolve));
  return {
    webAddress: web,
    onEvent(event) {
      gate.hear(event);
      return onEvent(event);
    },
    hold: () => gate.hold(),
    stopListening: () => void server.close(),
    async close() {
      server.close();
      server.closeAllConnections();
      for (const client of upgraded) client.destroy();
      await closed;
    },
  };

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    if (READING.includes(method)) {
      const file = await findPublishedFile(published, url);
      if (file !== undefined && (await serveFile(request, response, file))) return;
    }
    await passOn(request, response, gate);
    if (!READING.includes(method)) quotas.look();
  }

  function tellDefect(work: Promise<void>, client: { destroy(): unknown }): void {
    work.catch((error: unknown) => {
      client.destroy();
      onEvent({ kind: "warning", message: `cannot answer a request: ${error}` });
    });
  }
}

function tellPublished(published: readonly Published[], onEvent: OnEnvironmentEvent): void {
  const paths = published.map(({ path }) => path);
  onEvent({ kind: "note", message: `files below ${paths.join(", ")} are served here, web gets the rest` });
  for (const { path, directory } of published.filter((each) => !existsSync(each.directory)))
    onEvent({ kind: "note", message: `there are no files below ${path} yet: ${directory} does not exist` });
}

async function listen(server: Server, { host, port }: Address): Promise<void> {
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    await checkPort({ host, port }, { name: "web" }); // who has taken it since the environment was opened
    throw error;
  }
}
