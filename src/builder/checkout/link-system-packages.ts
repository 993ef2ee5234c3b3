import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as v from "valibot";
import type { Plan } from "../../artifact/plan.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { runProcess } from "../../system/run-process.ts";
import type { BuildRun } from "../build-run.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { sitePackages } from "./ensure-prefix.ts";

const LINK = join(PACKAGE_ROOT, "support/build/link_system_packages.py");
const RefusalSchema = v.nullable(v.object({ reason: v.string(), hint: v.string() }));

/**
 * Links the modules of the host's packages that the plan names into a checkout's environment; the program that does so
 * for a release decides which. What the host lacks is a warning here: the rest of an application can be worked on
 * without.
 */
export async function linkSystemPackages(
  { env, onEvent, signal }: Pick<BuildRun, "env" | "onEvent" | "signal">,
  prefix: string,
  {
    plan,
    interpreter,
  }: {
    readonly plan: Pick<Plan, "systemPackages">;
    readonly interpreter: Pick<Interpreter, "executable" | "version">;
  },
): Promise<void> {
  const packages = sitePackages(prefix, interpreter);
  const hasLinks = existsSync(join(dirname(packages), "system-packages"));
  if (plan.systemPackages === undefined && !hasLinks) return;
  const input = JSON.stringify({
    ...{ packages: plan.systemPackages ?? null, prefix, site_packages: relative(prefix, packages) },
  });
  const argv = [interpreter.executable, "-I", "-S", "-B", LINK];
  const { status, stdout, stderr } = await runProcess(argv, { env, input, signal });
  if (status !== 0) throw new Error(`${LINK} ended with ${status}: ${stderr}`);
  const refused = v.parse(RefusalSchema, JSON.parse(stdout));
  if (refused !== null) onEvent({ kind: "warning", message: `${refused.reason}. ${refused.hint}` });
}
