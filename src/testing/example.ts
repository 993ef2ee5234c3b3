import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";

const EXAMPLES = join(PACKAGE_ROOT, "examples");

/** A folder of examples/, with how to use the application once it is built: examples/README.md. */
export interface Example {
  readonly name: string;
  readonly directory: string;
  /** Commands that end before it serves. */
  readonly setup: readonly SetupCommand[];
  /** Programs of the servers that it needs: then it runs in an environment, which starts them. None: by itself. */
  readonly servers: readonly string[];
  /** Done in order: a later one sees what an earlier one left. */
  readonly requests: readonly ExampleRequest[];
}

export interface SetupCommand {
  readonly command: readonly string[];
  /** Name of the file that its output goes into. */
  readonly stdout?: string;
}

export interface ExampleRequest {
  readonly method?: string;
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** 101: a web socket is opened. */
  readonly status: number;
  readonly contains?: string;
  readonly websocket?: { readonly send: string; readonly receive: string };
}

export function readExamples(): readonly Example[] {
  // examples/deploy is not an application: it has nothing to request.
  const names = globSync("*/requests.json", { cwd: EXAMPLES }).map(dirname).sort();
  return names.map((name) => {
    const directory = join(EXAMPLES, name);
    const {
      setup = [],
      servers = [],
      requests,
    } = JSON.parse(readFileSync(join(directory, "requests.json"), "utf8"));
    const commands = setup.map((each: unknown) => (Array.isArray(each) ? { command: each } : each));
    return { name, directory, setup: commands, servers, requests };
  });
}
