import { join } from "node:path";
import * as v from "valibot";
import type { Description } from "../description/description.ts";
import { findProgram } from "../system/find-program.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";

const CHECK = join(PACKAGE_ROOT, "support/build/check_system_packages.py");

const LackingSchema = v.object({
  reason: v.string(),
  hint: v.string(),
  kind: v.nullable(v.picklist(["deb", "rpm"])),
  lacking: v.array(v.string()),
});

/** Written out, as it is part of the library: its types need no package but Node's. */
export interface LackingPackages {
  readonly reason: string;
  readonly hint: string;
  /** Null: this machine has no package manager that knows any of them. */
  readonly kind: "deb" | "rpm" | null;
  readonly lacking: readonly string[];
}

/**
 * What a start on this machine would say of the system packages that it lacks, from the program that says it there.
 * @returns undefined when it lacks none, and when there is no Python to ask with.
 */
export async function findLackingPackages(
  { deb, rpm }: Pick<Description, "deb" | "rpm">,
  env: NodeJS.ProcessEnv,
): Promise<LackingPackages | undefined> {
  if (deb.length + rpm.length === 0) return undefined;
  const python = await findProgram(env, "python3");
  if (python === undefined) return undefined;
  const input = JSON.stringify({ deb, rpm });
  const { status, stdout, stderr } = await runProcess([python, "-I", "-S", "-B", CHECK], { env, input });
  if (status !== 0) throw new Error(`${CHECK} ended with ${status}: ${stderr}`);
  return v.parse(v.nullable(LackingSchema), JSON.parse(stdout)) ?? undefined;
}
