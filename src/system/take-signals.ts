import { existsSync, readFileSync } from "node:fs";

/** `starter`: for this process alone; `system`: perhaps for others too, as a terminal sends Ctrl-C to a whole group. */
export type SignalOrigin = "system" | "starter";
export type OnSignal = (name: NodeJS.Signals, origin: SignalOrigin) => void;

/** The last one has the signal. */
const takers = new Map<NodeJS.Signals, OnSignal[]>();
/** How often each has come; by way of the starter, too. */
const received = new Map<NodeJS.Signals, number>();

/** Until they are given back, these signals do this, and whoever listened to them before rests. */
export function takeSignals(names: readonly NodeJS.Signals[], onSignal: OnSignal): () => void {
  const resting = names.map((name) => [name, process.listeners(name)] as const);
  for (const name of names) {
    process.removeAllListeners(name);
    process.on(name, hear);
    takers.set(name, [...(takers.get(name) ?? []), onSignal]);
  }
  return () => {
    for (const [name, listeners] of resting) {
      takers.set(name, takers.get(name)?.filter((each) => each !== onSignal) ?? []);
      process.removeAllListeners(name);
      for (const listener of listeners) process.on(name, listener);
    }
  };
}

function hear(name: NodeJS.Signals): void {
  dispatch(name, "system");
}

function dispatch(name: NodeJS.Signals, origin: SignalOrigin): void {
  received.set(name, (received.get(name) ?? 0) + 1);
  const taker = takers.get(name)?.at(-1);
  if (taker !== undefined) taker(name, origin);
  else if (origin === "starter") process.kill(process.pid, name); // what it does where nobody takes it
}

/** From the signal of a group until all of the group have it. */
const SETTLE_MS = 50;

interface StarterMessage {
  readonly signal: NodeJS.Signals;
  /** How often the starter has got it. */
  readonly count: number;
}

/**
 * Hears of signals that bin/holdall.js got, which starts this process where its own Node is too old. Those that came to
 * the whole group came here as well, and count once.
 */
export function hearStarter(): void {
  process.on("message", ({ signal, count }: StarterMessage) => {
    setTimeout(() => {
      if ((received.get(signal) ?? 0) < count) dispatch(signal, "starter");
    }, SETTLE_MS);
  });
}

/** Whether this process is in the group that the terminal sends its signals to: proc_pid_stat(5), `pgrp` and `tpgid`. */
export function isInForeground(): boolean {
  if (!existsSync("/proc/self/stat")) return true; // not Linux: most programs are in a terminal
  const stat = readFileSync("/proc/self/stat", "latin1");
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}
