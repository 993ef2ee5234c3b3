import { join } from "node:path";
import {
  type CheckoutOptions as PrepareOptions,
  prepareCheckout,
} from "../builder/checkout/prepare-checkout.ts";
import { OWN_DIRECTORY } from "./directories.ts";
import type { Runnable } from "./runnable.ts";

export type CheckoutOptions = Omit<PrepareOptions, "environments">;

/** A checkout with its private virtual environment, which is in step with its locks when this returns. */
export async function openCheckout(
  options: CheckoutOptions,
): Promise<Runnable & { readonly isNew: boolean }> {
  const environments = join(options.directory, OWN_DIRECTORY, "python");
  const { description, plan, version, prefix, isNew } = await prepareCheckout({ ...options, environments });
  return {
    ...({ kind: "checkout", name: description.name, version, identity: undefined, plan, isNew } as const),
    ...{ app: options.directory, prefix },
  };
}
