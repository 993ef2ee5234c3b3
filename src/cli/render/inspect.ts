import { type IdentifiedLayer, listLayers, type Target } from "../../artifact/manifest.ts";
import type { Inspected } from "../commands/inspect.ts";
import type { Paint } from "../paint.ts";
import { renderBytes } from "./bytes.ts";
import { renderCount } from "./count.ts";
import { renderPlan } from "./plan.ts";
import { renderTable } from "./table.ts";

export function renderInspected({ form, identity, manifest, size }: Inspected, paint: Paint): string {
  const layers = listLayers(manifest);
  const [first] = manifest.targets;
  return [
    `${paint("bold", `${manifest.name} ${manifest.version}`)}, ${form}, written by holdall ${manifest.holdall}`,
    "",
    renderTable([
      ["identity", identity],
      ["size", renderBytes(size)],
      ...manifest.targets.map((target) => ["runs on", renderTarget(target)]),
    ]),
    "",
    paint("bold", "Layers"),
    renderTable(layers.toSorted(compareLayers).map(layerRow), { indent: "  " }),
    ...(first ? renderPlan(first.plan, paint) : []),
  ].join("\n");
}

/** `Python 3.11 (cp311) on x86_64 with glibc 2.17 or newer`. */
export function renderTarget({ python, processor, libc }: Omit<Target, "layers" | "plan">): string {
  const where = processor === "any" ? "any processor" : processor;
  const needs = libc ? ` with ${libc.kind} ${libc.floor} or newer` : "";
  return `Python ${python.version} (${python.abi}) on ${where}${needs}`;
}

const KINDS = ["application", "distribution", "bytecode", "interpreter"] as const;

function compareLayers(a: IdentifiedLayer, b: IdentifiedLayer): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.name.localeCompare(b.name);
}

function layerRow({ kind, name, version, transport, size, files }: IdentifiedLayer): readonly string[] {
  return [
    kind,
    name,
    version,
    renderBytes(transport.size),
    `(${renderBytes(size)} in ${renderCount(files, "file")})`,
  ];
}
