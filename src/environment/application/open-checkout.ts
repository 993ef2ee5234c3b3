import { join } from "node:path";
import {
  type CheckoutOptions as PrepareOptions,
  prepareCheckout,
} from "../../builder/checkout/prepare-checkout.ts";
import { ensureOwnDirectory, OWN_DIRECTORY } from "../directories/own-directory.ts";
import type { Runnable } from "./runnable.ts";

export interface CheckoutOptions extends Omit<PrepareOptions, "environments"> {
  /** Absolute; the private virtual environment is in its `.holdall`. Default: the checkout. */
  readonly base?: string | undefined;
}

/** A checkout with its private virtual environment, which is in step with its locks when this returns. */
export async function openCheckout(options: CheckoutOptions): Promise<Runnable> {
  const { base = options.directory } = options;
  const environments = async () => {
    await ensureOwnDirectory(base);
    return join(base, OWN_DIRECTORY, "python");
  };
  const { description, plan, version, prefix } = await prepareCheckout({ ...options, environments });
  return {
    ...({ kind: "checkout", name: description.name, version, identity: undefined, plan } as const),
    ...{ app: options.directory, prefix },
  };
}
