import { readFile } from "node:fs/promises";

/**
 * When a process was started, in ticks since the boot (proc_pid_stat(5), field 22): with its id that is one process, as
 * ids are used again. Undefined when it has ended, or is of another namespace.
 */
export async function findBirth(pid: number): Promise<string | undefined> {
  return (await readStat(pid))?.[19];
}

export async function findParent(pid: number): Promise<number | undefined> {
  const parent = (await readStat(pid))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** From the third field on: the second one, the program's name, may have spaces and parentheses. */
async function readStat(pid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined); // it has ended meanwhile
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" ? undefined : fields; // a zombie has ended, and nobody has asked yet how
}
