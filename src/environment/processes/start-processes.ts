import { join } from "node:path";
import type { Plan, Process } from "../../artifact/plan.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { workingDirectoryOf } from "../directories/directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import { type Address, joinAddress, resolveArgv } from "../resolve-argv.ts";
import { type KeptProcess, keepRunning } from "./keep-running.ts";
import { ProcessLog } from "./process-log.ts";
import type { RestartPolicy } from "./restart-policy.ts";
import { addressUrl } from "./wait-for-listener.ts";

export interface ProcessesOptions {
  /** Names of processes; default: all of the plan. */
  readonly only?: readonly string[] | undefined;
  /** Where `web` listens, if it is not asked there: behind a front. */
  readonly webAddress?: Address | undefined;
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  readonly policy?: RestartPolicy;
  readonly onEvent: OnEnvironmentEvent;
}

/** Processes of an application that are kept running. */
export interface RunningProcesses {
  readonly parts: readonly string[];
  /** Rejects with the first verdict (`process_failed`); resolves once all have been stopped. */
  readonly done: Promise<void>;
  /** All of them, or those of one name. */
  restart(name?: string): Promise<void>;
  /** `web` first, so that nothing new comes in, then the others. */
  stop(): Promise<void>;
}

interface Part {
  readonly name: string;
  readonly part: string;
  readonly log: ProcessLog;
  readonly kept: KeptProcess;
}

/** Names of what would be started: `web`, or `worker.2` where there are several. */
export function listParts({ processes }: Plan, only?: readonly string[]): readonly string[] {
  return Object.entries(processes)
    .filter(([name]) => only === undefined || only.includes(name))
    .flatMap(([name, process]) => partsOf(name, process));
}

/** One address has one listener, so `web` has one instance. */
function partsOf(name: string, { instances }: Process): readonly string[] {
  if (name === "web" || instances === 1) return [name];
  return Array.from({ length: instances }, (_, index) => `${name}.${index + 1}`);
}

export function startProcesses(environment: Environment, options: ProcessesOptions): RunningProcesses {
  const { processes } = environment.runnable.plan;
  const names = options.only ?? Object.keys(processes);
  const parts = names.flatMap((name) => {
    const process = processes[name];
    if (process === undefined) throw new Error(`the plan has no process ${name}`);
    return startParts(environment, name, process, options);
  });
  const stopped = Promise.all(parts.map(({ kept }) => kept.done)).then(() => {});
  stopped.catch(() => {}); // whoever waits for it hears of it
  const [web, others] = [
    parts.filter(({ name }) => name === "web"),
    parts.filter(({ name }) => name !== "web"),
  ];
  return {
    parts: parts.map(({ part }) => part),
    done: stopped,
    async restart(name) {
      const chosen = name === undefined ? parts : parts.filter((each) => each.name === name);
      await Promise.all(chosen.map(({ kept }) => kept.restart()));
    },
    async stop() {
      await Promise.all(web.map(({ kept }) => kept.stop()));
      await Promise.all(others.map(({ kept }) => kept.stop()));
      await Promise.all(parts.map(({ log }) => log.close()));
    },
  };
}

function startParts(
  environment: Environment,
  name: string,
  process: Process,
  { webAddress, graceMs, policy, onEvent }: ProcessesOptions,
): readonly Part[] {
  const { runnable, directories } = environment;
  const asked = environment.addresses[name];
  const address = (name === "web" ? webAddress : undefined) ?? asked;
  return partsOf(name, process).map((part, index) => {
    const log = new ProcessLog(join(directories.logs, `${part}.log`));
    const guard = {
      python: join(runnable.prefix, "bin/python"),
      argv: resolveArgv(process.argv, runnable, address ?? DEFAULT_ADDRESS),
      cwd: workingDirectoryOf(directories, runnable),
      env: environment.variablesOf({ kind: "process", name, instance: index + 1 }, address),
      graceMs,
      ...(process.overlap === "never" && { lock: join(directories.run, `${name}.lock`) }),
    };
    const shown = asked && (name === "web" ? addressUrl(asked) : joinAddress(asked));
    const kept = keepRunning({
      ...{ part, log, guard, onEvent, app: runnable.app },
      ...(address && shown && { listener: { address, shown } }),
      ...(policy && { policy }),
    });
    return { name, part, log, kept };
  });
}
