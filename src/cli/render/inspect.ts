import { type IdentifiedLayer, type Identity, listLayers, type Target } from "../../artifact/manifest.ts";
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
    renderTable(
      layers.toSorted(compareLayers).map((layer) => layerRow(layer, manifest.targets)),
      { indent: "  " },
    ),
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

function layerRow(
  { identity, kind, name, version, transport, size, files }: IdentifiedLayer,
  targets: readonly Target[],
): readonly string[] {
  return [
    kind,
    name,
    version,
    renderBytes(transport.size),
    `(${renderBytes(size)} in ${renderCount(files, "file")})`,
    renderUsers(identity, targets),
  ];
}

/** `cp313 aarch64`: what the targets that have the layer share and others do not; nothing when all have it. */
function renderUsers(identity: Identity, targets: readonly Target[]): string {
  const users = targets.filter(({ layers }) => layers.includes(identity));
  const parts = [
    ({ python }: Target) => python.abi,
    ({ processor, libc }: Target) => (libc?.kind === "musl" ? `${processor}_musl` : processor),
  ].map((nameOf) => {
    const names = [...new Set(users.map(nameOf))];
    return names.length === new Set(targets.map(nameOf)).size ? "" : names.join(".");
  });
  return parts.filter((part) => part !== "").join(" ");
}
