import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { eventually } from "./testing/eventually.ts";
import { makeDirectory } from "./testing/small-artifact.ts";
import {
  BARE,
  buildForDebian,
  type HostImage,
  SERVE_AND_FETCH,
  SYSTEMD_PYTHON,
  startTestHost,
  succeed,
  type TestHost,
} from "./testing/test-host.ts";

// The files of examples/deploy, as they are: each is used by the program that it is for, or by a stand-in for it.
const DEPLOY = join(PACKAGE_ROOT, "examples/deploy");
const PAGE = "http://127.0.0.1:8000/";
const IN_PAGE = /<title>Chat<\/title>/;

/** For base images, roots that have no more than they have: no Python, above all. */
const BASE_IMAGES: Readonly<Record<string, HostImage>> = { "debian:12-slim": BARE };

test("the Dockerfile's steps make a container that serves, and that ends as told", async (t) => {
  const { base, copies, command } = parseDockerfile(readFileSync(join(DEPLOY, "Dockerfile"), "utf8"));
  const image = BASE_IMAGES[base];
  assert.ok(image, `${base} has no stand-in`);
  const host = await startTestHost(t, image);
  if (host === undefined) return;
  const context = await buildChat(await makeDirectory(t));
  for (const [source, target] of copies)
    await host.put(join(context, source), join(target, basename(source)));
  // The only Python there is asks for the page: the artifact's own.
  const fetched = ["/chat.holdall", "python", "-c", SERVE_AND_FETCH, PAGE, "/bin/sh", "-c", command];
  const page = await host.run(fetched);
  assert.match(page, IN_PAGE);
});

interface Dockerfile {
  readonly base: string;
  /** Of a file in the context, to a directory. */
  readonly copies: readonly (readonly [source: string, directory: string])[];
  /** For `/bin/sh -c`. */
  readonly command: string;
}

/** Understands what the example uses, and says so when it does not. */
function parseDockerfile(text: string): Dockerfile {
  const [from = "", ...steps] = text.trim().split("\n");
  const command = steps.pop() ?? "";
  assert.match(from, /^FROM \S+$/);
  assert.match(command, /^CMD [^[]/, "the last step is CMD, in the form for a shell");
  const copies = steps.map((step) => {
    const match = /^COPY (\S+) (\S*\/)$/.exec(step);
    assert.ok(match, step);
    return [match[1] ?? "", match[2] ?? ""] as const;
  });
  return { base: from.slice("FROM ".length), copies, command: command.slice("CMD ".length) };
}

test("Ansible brings the artifact and its unit, and systemd runs it in a user of its own", async (t) => {
  const host = await startTestHost(t, SYSTEMD_PYTHON);
  if (host === undefined) return;
  const directory = await makeDirectory(t);
  await host.put(await buildChat(directory), "/root/deploy");
  await host.put(await buildAnsible(directory), "/root/ansible.holdall");
  const playbook = ["ansible-playbook", "-i", "localhost,", "-c", "local", "/root/deploy/playbook.yml"];
  await host.run(["env", "LANG=C.UTF-8", "/root/ansible.holdall", ...playbook]);

  assert.match(await fetchInHost(host), IN_PAGE);
  const first = await showUnit(host);
  assert.deepEqual([first["ActiveState"], first["UnitFileState"]], ["active", "enabled"]);
  const process = `/proc/${first["MainPID"]}`;
  assert.notEqual((await host.run(["stat", "-c", "%u", process])).trim(), "0");
  assert.equal((await host.run(["readlink", `${process}/cwd`])).trim(), "/var/lib/private/chat");

  await host.run(["systemctl", "restart", "chat"]);
  assert.match(await fetchInHost(host), IN_PAGE);
  assert.notEqual((await showUnit(host))["MainPID"], first["MainPID"]);

  await host.run(["systemctl", "stop", "chat"]);
  const last = await showUnit(host);
  assert.deepEqual([last["ActiveState"], last["Result"]], ["inactive", "success"]);
  const journal = await host.run(["journalctl", "--unit", "chat", "--output", "cat"]);
  assert.match(journal, /Uvicorn running on http:\/\/127\.0\.0\.1:8000/);
  assert.match(journal, /"GET \/ HTTP\/1\.1" 200/);
});

test("the unit has five lines", () => {
  const [, service = ""] = readFileSync(join(DEPLOY, "chat.service"), "utf8").split(/^\[.*\]\n/m);
  assert.equal(service.trim().split("\n").length, 5);
});

test("what other programs read is well-formed", async () => {
  for (const file of ["kubernetes.yaml", "playbook.yml"]) {
    const documents = parseAllDocuments(readFileSync(join(DEPLOY, file), "utf8"), { strict: true });
    for (const { errors } of documents) assert.deepEqual(errors, [], file);
  }
  JSON.parse(readFileSync(join(DEPLOY, "chat.nomad.json"), "utf8"));
  await succeed(["sh", "-n", join(DEPLOY, "deploy.sh")]);
});

/** A directory with the files of examples/deploy and the artifact that they name. */
async function buildChat(directory: string): Promise<string> {
  const context = join(directory, "context");
  await cp(DEPLOY, context, { recursive: true });
  await cp(join(PACKAGE_ROOT, "examples/starlette-chat"), join(directory, "chat"), { recursive: true });
  await cp(await buildForDebian(join(directory, "chat"), ["--with-python"]), join(context, "chat.holdall"));
  return context;
}

/** Ansible is a Python application too: it comes as an artifact, so the host needs no network for it. */
async function buildAnsible(directory: string): Promise<string> {
  const application = join(directory, "ansible");
  await mkdir(application);
  const description = "name: ansible\nplatform: python\npip: ansible-core==2.18.6\n";
  await writeFile(join(application, "holdall.yaml"), description);
  return buildForDebian(application);
}

function fetchInHost(host: TestHost): Promise<string> {
  const code = `import urllib.request; print(urllib.request.urlopen("${PAGE}").read().decode())`;
  return eventually("chat answers", async () => {
    const { status, stdout } = await host.try(["python3", "-c", code]);
    return status === 0 ? stdout : undefined;
  });
}

async function showUnit(host: TestHost): Promise<Record<string, string>> {
  const properties = "ActiveState,UnitFileState,MainPID,Result";
  const shown = await host.run(["systemctl", "show", "--property", properties, "chat"]);
  return Object.fromEntries(
    shown
      .trim()
      .split("\n")
      .map((line) => line.split("=", 2)),
  );
}
