import { relative } from "node:path";
import type { BuiltArtifact } from "../../builder/build-artifact.ts";
import type { Paint } from "../paint.ts";
import { renderBytes } from "./bytes.ts";
import { renderTarget } from "./inspect.ts";
import { renderTable } from "./table.ts";

export function renderBuilt(built: BuiltArtifact, paint: Paint): string {
  const { path, size, targets, identity, layers, lock, canServe } = built;
  const file = startable(path);
  const total = layers.made + layers.reused;
  const locks = lock.paths.map((each) => (lock.written ? `${each} (new: keep it with the source)` : each));
  return [
    `${paint("green", "built")} ${paint("bold", file)}, ${renderBytes(size)}`,
    renderTable(
      [
        ...targets.map((target) => ["runs on", renderTarget(target)]),
        ["layers", `${total}, ${layers.reused} of them from the cache`],
        ...(locks.length > 0 ? [["lock", locks.join(", ")]] : []),
        ["identity", identity],
      ],
      { indent: "  " },
    ),
    "",
    `${paint("dim", "$")} ${file} ${canServe ? "serve" : "COMMAND"}`,
  ].join("\n");
}

/** Relative to here and with a directory in front, as a shell wants it. */
function startable(path: string): string {
  const here = relative(process.cwd(), path);
  if (here.startsWith("..")) return path;
  return here.includes("/") ? here : `./${here}`;
}
