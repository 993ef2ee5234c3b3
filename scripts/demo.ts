import { mkdir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { renderBytes } from "../src/cli/render/bytes.ts";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";
import { runProcess } from "../src/system/run-process.ts";
import { startServer } from "../src/testing/server.ts";
import { replaceBlock } from "./replace-block.ts";

// `npm run demo`: a real application becomes one file, the file alone serves it. `--record` puts what it printed into
// README.md. The file stays in tmp/demo, to play with.
const EXAMPLE = "examples/django-notes";
const PLACE = join(PACKAGE_ROOT, "tmp/demo");
const ARTIFACT = "notes.holdall";

const transcript: string[] = [];
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

await rm(PLACE, { recursive: true, force: true });
await mkdir(PLACE, { recursive: true });

await build();
say("", `# An empty directory with nothing but the file: no checkout, no virtual environment.`);
await command(["ls", "-A"]);
await command([`./${ARTIFACT}`], { lines: 12 });
await command([`./${ARTIFACT}`, "migrate"], { lines: 3 });
await command([`./${ARTIFACT}`, "manage", "addnote", "Packed lunch", "Everything in one box."]);
await serve();
await command(["ls", "-A"]);
sayNext();
if (process.argv.includes("--record")) {
  await replaceBlock(
    join(PACKAGE_ROOT, "README.md"),
    "demo",
    `\`\`\`console\n${transcript.join("\n").trim()}\n\`\`\``,
  );
}

async function build(): Promise<void> {
  const output = relative(PACKAGE_ROOT, join(PLACE, ARTIFACT));
  const start = performance.now();
  say(`$ holdall build ${EXAMPLE} --output ${output}`);
  await run(
    [process.execPath, join(PACKAGE_ROOT, "bin/holdall.js"), "build", EXAMPLE, "--output", output],
    PACKAGE_ROOT,
  );
  const { size } = await stat(join(PLACE, ARTIFACT));
  say(
    `# ${renderBytes(size)} in ${seconds(start)}; what was downloaded and compiled is kept for the next build.`,
  );
}

async function serve(): Promise<void> {
  const start = performance.now();
  const server = await startServer([`./${ARTIFACT}`, "serve"], { cwd: PLACE, env: process.env });
  try {
    say("", `$ ./${ARTIFACT} serve &`, `# It answers on ${server.address} after ${seconds(start)}.`);
    const response = await fetch(server.address);
    const page = await response.text();
    const title = /<title>\s*(.*?)\s*<\/title>/s.exec(page)?.[1] ?? "no title";
    say("", `$ curl ${server.address}/`);
    say(`# ${response.status}, ${renderBytes(Buffer.byteLength(page))}: "${title}"`);
    say(
      ...page
        .split("\n")
        .filter((line) => line.includes("Packed lunch"))
        .slice(0, 2)
        .map((line) => line.trim()),
    );
  } finally {
    const { status, signal } = await server.stop("SIGTERM");
    say("", "$ kill %1", `# Ended with ${status ?? signal}; no process is left.`);
  }
}

/** Runs a command beside the artifact and shows the first lines that it prints. */
async function command(argv: readonly string[], shown: Shown = {}): Promise<void> {
  say("", `$ ${argv.map((word) => (word.includes(" ") ? `"${word}"` : word)).join(" ")}`);
  await run(argv, PLACE, shown);
}

interface Shown {
  readonly lines?: number;
}

async function run(argv: readonly string[], cwd: string, { lines: most = 20 }: Shown = {}): Promise<void> {
  const lines: string[] = [];
  const { status, stderr } = await runProcess(argv, {
    cwd,
    env: process.env,
    onLine: (line) => {
      lines.push(line);
      if (lines.length <= most) say(line);
    },
  });
  if (lines.length > most) say(`... ${lines.length - most} more lines`);
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}\n${stderr}`);
}

function say(...lines: string[]): void {
  // A path of this machine is of no use to a reader.
  const shown = lines.map((line) => line.replaceAll(`${PLACE}/`, "./"));
  transcript.push(...shown);
  process.stdout.write(`${shown.join("\n")}\n`);
}

function sayNext(): void {
  const place = relative(PACKAGE_ROOT, PLACE);
  const lines = [
    "",
    "Try next:",
    `  $ cd ${place} && ./${ARTIFACT} createsuperuser && ./${ARTIFACT} serve`,
    "      and open http://127.0.0.1:8000/admin/",
    `  $ ./bin/holdall.js inspect ${place}/${ARTIFACT}`,
    "      what is inside: layers, commands, which Pythons it runs on",
    `  $ ./bin/holdall.js check ${EXAMPLE}`,
    "      what holdall saw in the source, and where",
    "  $ ./bin/holdall.js check /path/to/your/application",
    "      the same for yours; then build it",
    "",
  ];
  process.stdout.write(lines.join("\n"));
}
