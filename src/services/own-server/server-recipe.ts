import type { AppError } from "../../errors/app-error.ts";

/** How a server of the environment's own is made and started; everything else is the same for all. */
export interface ServerRecipe {
  /** `postgres`: also the directory in the service's own that has its data. */
  readonly type: string;
  /** What it becomes when root starts it; undefined: it stays who started it, unless the data are somebody else's. */
  readonly user: string | undefined;
  /** Where it sees its directory when it cannot use HELD_DIRECTORY. */
  readonly heldAt?: string | undefined;
  /** Fills `home`, which is empty. Programs run as the server's user and have `home` as HELD_DIRECTORY. */
  initialise(home: string, secret: string, run: (argv: readonly string[]) => Promise<void>): Promise<void>;
  argv(port: number): readonly string[];
  /** Rejects until the server answers to the administrator's password. */
  connect(port: number, secret: string): Promise<void>;
  /** What a user can do about a program of it that ends with an error; undefined where its output has to do. */
  explain?(output: string): AppError | undefined;
}
