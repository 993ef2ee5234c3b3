import type { Lab } from "../lab.ts";

export type Section = "size" | "start" | "change" | "inside" | "build";

export interface BuildInput {
  readonly lab: Lab;
  /** A copy of the application: `requirements.txt`, `holdall.yaml`, the package in `src/`. */
  readonly directory: string;
  readonly module: string;
  /** Where the file or directory goes; nothing is there yet, or what an earlier build left. */
  readonly output: string;
  /** Where this contender may keep things from build to build. */
  readonly cache: string;
  /** With all caches of tools in `cache`, and distributions from a local directory of wheels only. */
  readonly env: NodeJS.ProcessEnv;
}

/** A way to bring a Python application to a host. */
export interface Contender {
  readonly name: string;
  /** In which sections it is a row of its own. */
  readonly sections: readonly Section[];
  /** Its builds take so long that each kind of them is measured once, and an upgrade is not. */
  readonly isSlow?: boolean;
  /** Why it cannot be measured here, in words for the report. */
  readonly lacks?: (lab: Lab) => string | undefined;
  readonly build: (input: BuildInput) => void;
  /** The command line that runs a command of the application (`check`, `nothing`). */
  readonly start: (input: Pick<BuildInput, "output" | "module">, command: string) => [string, ...string[]];
}
