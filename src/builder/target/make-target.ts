import type { Identity, Target } from "../../artifact/manifest.ts";
import type { ArtifactLayer } from "../../artifact/write-artifact.ts";
import type { BuildRun } from "../build-run.ts";
import { compileLayers } from "../bytecode.ts";
import { installDistributions } from "../distributions/install-distributions.ts";
import { compareVersions, machineOf, nameMachine } from "../elf/libc-floor.ts";
import { gatherSources, type SourceInput } from "../gather-sources.ts";
import { checkImports } from "../imports/check-imports.ts";
import { packInterpreter } from "../inside/pack-interpreter.ts";
import type { LockedDistribution } from "../lock/lock.ts";
import type { MadeFor } from "./arrange-targets.ts";
import { type BuildTarget, renderBuildTarget } from "./build-target.ts";

export interface MadeTarget extends MadeFor {
  /** Those that the target names, in its order. */
  readonly layers: readonly ArtifactLayer[];
  /** Those of them that were not in the cache. */
  readonly madeLayers: readonly Identity[];
  /** Of the application. */
  readonly version: string;
  /** Rejects when imports fail. Until it is settled, the check may use the work directory. */
  readonly verdict: Promise<void>;
}

/**
 * The layers and the plan of one target. Targets are made one after the other: what they share, the first one makes and
 * the others find in the cache.
 */
export async function makeTarget(
  run: BuildRun,
  locked: readonly LockedDistribution[],
  input: SourceInput & { readonly isChecked: boolean; readonly isInside: boolean },
): Promise<MadeTarget> {
  const { description, target } = input;
  const { interpreter } = target;
  const installed = await installDistributions(run, locked, input);
  const sources = await gatherSources(run, installed.distributions, input);
  const { plan, version, distributions, own, ownFiles } = sources;
  const others = sources.layers.filter((layer) => !own.includes(layer));
  const inside = input.isInside ? [await packInterpreter(run, interpreter)] : [];
  const machine = machineOf([...sources.contents, ...inside], target);
  const isChecked = input.isChecked && isRunnable(machine, target);
  if (input.isChecked && !isChecked) {
    const message = `imports are not checked for ${renderBuildTarget(target)}: this machine does not run it`;
    run.onEvent({ kind: "note", message });
  }
  const verdict = isChecked
    ? checkImports(run, { description, plan, interpreter, layers: others, own, ownFiles, distributions })
    : Promise.resolve();
  verdict.catch(() => {}); // whoever awaits it first is told
  const bytecode = await compileLayers(run, interpreter, sources.layers).catch(async (error: unknown) => {
    await Promise.allSettled([verdict]);
    throw error;
  });
  const layers = keepLast([...inside.map(({ layer }) => layer), ...sources.layers, ...bytecode.layers]);
  return {
    target: {
      python: { implementation: "cpython", version: interpreter.version, abi: interpreter.abi },
      ...machine,
      layers: layers.map(({ identity }) => identity),
      plan,
    },
    machine: nameMachine(target),
    layers,
    madeLayers: [
      ...inside.flatMap(({ layer, isMade }) => (isMade ? [layer.identity] : [])),
      ...installed.made,
      ...sources.made,
      ...bytecode.made,
    ],
    ...{ version, verdict },
  };
}

function isRunnable(
  { libc }: Pick<Target, "libc">,
  { isLocal, interpreter }: Pick<BuildTarget, "isLocal" | "interpreter">,
): boolean {
  if (libc === undefined) return true;
  return isLocal && compareVersions(interpreter.libc?.version ?? "0", libc.floor) >= 0;
}

/** Distributions with the same modules have one bytecode. The last one decides in a release, so that is its place. */
function keepLast(layers: readonly ArtifactLayer[]): readonly ArtifactLayer[] {
  return layers.filter(
    ({ identity }, index) => !layers.slice(index + 1).some((later) => later.identity === identity),
  );
}

/** Each layer once, as the first target has it: bytecode of sources that several layers share names one of these. */
export function uniteLayers(targets: readonly Pick<MadeTarget, "layers">[]): readonly ArtifactLayer[] {
  const united = new Map<Identity, ArtifactLayer>();
  for (const layer of targets.flatMap(({ layers }) => layers)) {
    if (!united.has(layer.identity)) united.set(layer.identity, layer);
  }
  return [...united.values()];
}
