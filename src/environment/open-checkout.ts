import { join } from "node:path";
import {
  type CheckoutOptions as PrepareOptions,
  prepareCheckout,
} from "../builder/checkout/prepare-checkout.ts";
import { OWN_DIRECTORY } from "./directories.ts";
import type { Runnable } from "./runnable.ts";

export interface CheckoutOptions extends Omit<PrepareOptions, "environments"> {
  /** Absolute; private virtual environments are made in it. Default: in the checkout's own `.holdall`. */
  readonly environments?: string;
}

/** A checkout with its private virtual environment, which is in step with its locks when this returns. */
export async function openCheckout(options: CheckoutOptions): Promise<Runnable> {
  const { environments = join(options.directory, OWN_DIRECTORY, "python") } = options;
  const { description, plan, version, prefix } = await prepareCheckout({ ...options, environments });
  return {
    ...({ kind: "checkout", name: description.name, version, identity: undefined, plan } as const),
    ...{ app: options.directory, prefix },
  };
}
