import type { Digest } from "../../artifact/manifest.ts";
import type { Plan } from "../../artifact/plan.ts";

/** What an environment runs: an application with a plan, and a Python in which all that it needs can be imported. */
export interface Runnable {
  /**
   * `checkout`: its files as they are being edited, with a private virtual environment. `release`: composed from an
   * artifact.
   */
  readonly kind: "checkout" | "release";
  readonly name: string;
  readonly version: string;
  /** Of the artifact; undefined for a checkout. */
  readonly identity: Digest | undefined;
  readonly plan: Plan;
  /** Absolute directory of the application's files: `{app}`. */
  readonly app: string;
  /** Absolute directory of the virtual environment: its `bin` has `python` and all scripts. */
  readonly prefix: string;
}
