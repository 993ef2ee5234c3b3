import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { runProcess } from "../../system/run-process.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { eventually } from "../../testing/eventually.ts";
import { fileEntry } from "../../testing/small-artifact.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { openArtifactRelease } from "../application/open-artifact.ts";
import type { EnvironmentEvent } from "../events.ts";
import { openEnvironment } from "../open-environment.ts";
import { type MailOptions, startMail } from "./start-mail.ts";

/** Does what the recipient is called. */
const TAKE = `import os, sys, time
sender, recipient = os.environ["SENDER"], os.environ["RECIPIENT"]
name = recipient.partition("@")[0]
open("started-" + name, "w").close()
if name == "early":
    sys.exit(0)
message = sys.stdin.buffer.read()
while name.startswith("slow") and not os.path.exists("go"):
    time.sleep(0.02)
if name == "crash":
    os.abort()
if name == "nobody":
    print("nobody is called " + name, file=sys.stderr)
    sys.exit(67)
if name == "refused":
    print("a line before\\nno spam, please\\n", file=sys.stderr)
    sys.exit(1)
if name == "later":
    sys.exit(75)
with open(name + ".eml", "wb") as file:
    file.write(sender.encode() + b"\\n" + message)
`;

/** A client that others have written: smtplib. Answers with the code for the message, or for each recipient that has one. */
const SEND = `import json, smtplib, sys
order = json.load(sys.stdin)
if "path" in order:
    client = smtplib.LMTP(order["path"])
else:
    client = smtplib.SMTP(order["host"], order["port"])
body = order.get("body", "Subject: hello\\n\\nHello.\\n.\\nend\\n") + "x" * order.get("filler", 0)
client.ehlo_or_helo_if_needed()
features = client.esmtp_features
if order.get("hidesSize"):
    client.does_esmtp = 0
def say(code, text):
    print(json.dumps({"answer": "%d %s" % (code, text.decode()), "features": features}))
try:
    if "path" in order:
        client.mail(order["from"])
        for recipient in order["to"]:
            client.rcpt(recipient)
        code, text = client.data(body.replace("\\n", "\\r\\n"))
        texts = [text] + [client.getreply()[1] for _ in order["to"][1:]]
        say(code, b" | ".join(texts))
    else:
        client.sendmail(order["from"], order["to"], body)
        say(250, b"")
    client.quit()
except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
    say(error.smtp_code, error.smtp_error)
`;

interface Order {
  readonly to: readonly string[];
  readonly from?: string;
  readonly body?: string;
  readonly filler?: number;
  readonly hidesSize?: boolean;
}

async function open(t: TestContext, options: Partial<MailOptions> = {}) {
  const artifact = await makeArtifactToStart(t, {
    application: [fileEntry("app/take.py", TAKE)],
    plan: {
      commands: {
        "take-mail": { kind: "argv", argv: ["python", "{app}/take.py"], help: "", origin: "own" },
      },
      mail: { command: "take-mail", maxBytes: 100_000 },
    },
  });
  const runnable = await openArtifactRelease(artifact.path, { env: artifact.env });
  const env = { ...artifact.env, PATH: process.env["PATH"] };
  const environment = await openEnvironment({
    ...{ runnable, base: artifact.data, env, kind: "run", address: { ...DEFAULT_ADDRESS, port: 18_100 } },
  });
  t.after(() => environment.close());
  const events: EnvironmentEvent[] = [];
  const mail = await startMail(environment, { onEvent: (event) => events.push(event), ...options });
  t.after(() => mail.stop());
  const address = options.address ?? environment.mailAddress;
  const send = async ({ from = "ann@example.org", ...order }: Order) => {
    const input = JSON.stringify({ ...address, from, ...order });
    const { stdout, stderr } = await runProcess(["python3", "-c", SEND], { env, input });
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout);
  };
  const file = (name: string) => join(artifact.data, name);
  const told = () => events.flatMap((event) => ("message" in event ? [event.message] : []));
  const started = (name: string) => existsSync(file(`started-${name}`));
  return { environment, mail, send, file, started, told, directories: environment.directories };
}

/** A client that does what it likes. */
async function dial(address: string): Promise<{ socket: Socket; received: () => string }> {
  const [host = "", port] = address.split(":");
  const socket = connect({ host, port: Number(port) });
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  socket.on("error", () => {}); // it is left on purpose
  await once(socket, "connect");
  return { socket, received: () => text };
}

async function beginMessage(address: string, to: string) {
  const client = await dial(address);
  const say = async (line: string, code: string) => {
    const before = client.received().length;
    if (line !== "") client.socket.write(`${line}\r\n`);
    await eventually(`${code} after ${line}`, () =>
      client.received().slice(before).includes(`${code} `) ? true : undefined,
    );
  };
  await say("", "220");
  await say("EHLO client", "250");
  await say("MAIL FROM:<ann@example.org>", "250");
  await say(`RCPT TO:<${to}>`, "250");
  await say("DATA", "354");
  return client;
}

test("a message reaches the command whole, with its envelope, once for each recipient", async (t) => {
  const { send, file, told, mail, environment } = await open(t);
  const { answer, features } = await send({ to: ["one@here", "two@here"] });
  assert.equal(answer, "250 ");
  assert.equal(features.size, "100000");
  assert.deepEqual(
    Object.keys(features).filter((name) => /auth|starttls/.test(name)),
    [],
    "on a loopback port nobody has to say who it is",
  );
  const whole = "ann@example.org\nSubject: hello\r\n\r\nHello.\r\n.\r\nend\r\n";
  assert.deepEqual(
    [readFileSync(file("one.eml"), "latin1"), readFileSync(file("two.eml"), "latin1")],
    [whole, whole],
  );
  assert.deepEqual(told(), [
    "mail from <ann@example.org> for <one@here>: 250 The application has taken the message",
    "mail from <ann@example.org> for <two@here>: 250 The application has taken the message",
  ]);
  await send({ from: "", to: ["bounce@here"] });
  assert.match(readFileSync(file("bounce.eml"), "latin1"), /^\nSubject/);
  const variables = environment.variablesOf({ kind: "process", name: "web", instance: 1 });
  assert.equal(variables["HOLDALL_ADDRESS_MAIL"], mail.address);
});

const REFUSALS: readonly [to: readonly string[], answer: string][] = [
  [["nobody@here"], "550 5.1.1 nobody is called nobody"],
  [["refused@here"], "554 5.6.0 no spam, please"],
  [["later@here"], "451 4.3.0 The application cannot take the message now, try again later"],
  [["crash@here"], "451 4.3.0 The application cannot take the message now, try again later"],
  [["early@here"], "250 "],
  [["one@here", "refused@here"], "554 5.6.0 no spam, please"],
];

test("how the command ends is what the sender is told", async (t) => {
  const { send, directories } = await open(t);
  for (const [to, answer] of REFUSALS) assert.equal((await send({ to })).answer, answer, to.join());
  const log = readFileSync(join(directories.logs, "mail.log"), "utf8");
  assert.match(log, /! a line before\n.*! no spam, please\n/);
});

test("what is put off for one recipient is not given to those after it", async (t) => {
  const { send, started } = await open(t);
  const { answer } = await send({ to: ["one@here", "later@here", "two@here"] });
  assert.match(answer, /^451 /);
  assert.deepEqual([started("one"), started("two")], [true, false]);
});

test("a message that is too large is refused, announced or not, and reaches neither disk nor command", async (t) => {
  const { send, started, directories, told } = await open(t);
  const announced = await send({ to: ["one@here"], filler: 200_000 });
  assert.match(announced.answer, /^552 5\.3\.4 /);
  const unannounced = await send({ to: ["one@here"], filler: 20_000_000, hidesSize: true });
  assert.equal(unannounced.answer, "552 5.3.4 Error: message exceeds fixed maximum message size 100000");
  assert.equal(started("one"), false);
  assert.deepEqual(readdirSync(directories.tmp), []);
  assert.deepEqual(told(), [
    "mail from <ann@example.org> for <one@here>: 552 The message is larger than 100000 bytes",
  ]);
});

test("a client that vanishes in the middle leaves nothing, and no half message", async (t) => {
  const { mail, send, started, directories, told } = await open(t);
  const { socket } = await beginMessage(mail.address, "half@here");
  socket.write("Subject: half\r\n\r\nnot all\r\n");
  socket.resetAndDestroy();
  await eventually("it is told", () => told()[0]);
  assert.deepEqual(told(), [
    "mail from <ann@example.org> for <half@here>: 421 The sender has gone before the message was whole",
  ]);
  assert.equal(started("half"), false);
  assert.deepEqual(readdirSync(directories.tmp), []);
  assert.equal((await send({ to: ["one@here"] })).answer, "250 ");
});

test("two messages are taken at once; who comes while there are too many is to come again", async (t) => {
  const { mail, send, file, started } = await open(t, { limits: { clients: 2 } });
  const sending = [send({ to: ["slow1@here"] }), send({ to: ["slow2@here"] })];
  await eventually("both commands run", () => (started("slow1") && started("slow2") ? true : undefined));
  const { received } = await dial(mail.address);
  await eventually("a third one is told", () => (received().startsWith("421 ") ? true : undefined));
  writeFileSync(file("go"), "");
  assert.deepEqual(
    (await Promise.all(sending)).map(({ answer }) => answer),
    ["250 ", "250 "],
  );
});

test("a stop lets the application finish, and gives what has not come in whole back", async (t) => {
  const { mail, send, file, started } = await open(t, { limits: { graceMs: 600_000 } });
  const half = await beginMessage(mail.address, "half@here");
  half.socket.write("Subject: half\r\n");
  const sending = send({ to: ["slow@here"] });
  await eventually("the command runs", () => (started("slow") ? true : undefined));
  const stopped = mail.stop();
  await eventually("the half one is told", () => (half.received().includes("\r\n421 ") ? true : undefined));
  await assert.rejects(dial(mail.address), { code: "ECONNREFUSED" });
  writeFileSync(file("go"), "");
  assert.equal((await sending).answer, "250 ");
  await stopped;
  assert.equal(started("half"), false);
});

test("a command that takes too long is ended, and its message put off", async (t) => {
  // A machine that is busy needs more than the first of these to start a program at all.
  for (const commandMs of [100, 1000, 10_000]) {
    const { mail, send, started } = await open(t, { limits: { graceMs: 100, commandMs } });
    assert.match((await send({ to: ["slow1@here"] })).answer, /^451 /);
    await mail.stop();
    if (started("slow1")) return;
  }
  assert.fail("the command was never started");
});

test("a stop waits no longer than it may", async (t) => {
  const { mail, send, started } = await open(t, { limits: { graceMs: 100 } });
  const sending = send({ to: ["slow@here"] });
  await eventually("the command runs", () => (started("slow") ? true : undefined));
  await mail.stop();
  assert.match((await sending).answer, /^451 /);
});

test("on a unix socket it speaks LMTP: each recipient has a reply", async (t) => {
  const { environment, mail } = await open(t);
  const path = join(environment.directories.run, "mail.sock");
  const onEvent = () => {};
  const leave = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  await runProcess(["python3", "-c", leave, path], { env: process.env });
  assert.ok(existsSync(path), "a socket that nobody listens at is no obstacle");
  const first = await startMail(environment, { address: { path }, onEvent });
  t.after(() => first.stop());
  const order = { path, from: "ann@example.org", to: ["later@here", "one@here", "nobody@here"] };
  const input = JSON.stringify(order);
  const { stdout } = await runProcess(["python3", "-c", SEND], { env: process.env, input });
  assert.equal(
    JSON.parse(stdout).answer,
    "451 4.3.0 The application cannot take the message now, try again later | 2.6.0 The application has taken the message | 5.1.1 nobody is called nobody",
  );
  await assert.rejects(startMail(environment, { address: { path }, onEvent }), {
    code: "port_in_use",
    message: `cannot start mail: another process listens at ${path}`,
  });
  assert.equal(mail.address, `127.0.0.1:${environment.mailAddress?.port}`);
});
