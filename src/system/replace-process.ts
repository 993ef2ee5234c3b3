/** What the system is told: nothing in it is left to be looked up. */
export interface Replacement {
  /** The first word is the absolute path of a file that may be executed. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/**
 * Goes on as another program (execve(2)): process id, terminal, streams and signals are then its own. Node ends with a report of
 * its own when the system refuses.
 */
export function replaceProcess({ argv, cwd, env }: Replacement): never {
  const [program] = argv;
  if (program === undefined) throw new Error("an argv has at least one word");
  if (process.execve === undefined) throw new Error("this build of Node has no execve"); // on Windows
  process.chdir(cwd);
  tellStarter();
  process.execve(program, [...argv], { ...env });
  throw new Error("execve returned");
}

/** bin/holdall.js, where it has started this process: the program knows nothing of the channel, and would inherit it. */
function tellStarter(): void {
  if (!process.connected) return;
  process.send?.({ isReplaced: true });
  process.disconnect();
}
