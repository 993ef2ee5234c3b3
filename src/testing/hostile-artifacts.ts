import { changeManifest, type Parts, replaceLayer, seal } from "./forge-artifact.ts";
import { FILES } from "./hostile-files.ts";
import { MANIFESTS } from "./hostile-manifests.ts";
import { forgeHostileTar, TARS } from "./hostile-tars.ts";

/** Makes a bad file of a good one, and what the reader in TypeScript says of it after `cannot read FILE: `. */
export type Hostile = readonly [
  title: string,
  forge: (good: Buffer, parts: Parts) => Buffer,
  code: string,
  reason: string,
];
/** The one corpus for every reader of artifacts. It only grows. */
export const HOSTILE: readonly Hostile[] = [
  ...FILES,
  ...MANIFESTS.map(
    ([title, change, code, reason]): Hostile => [
      title,
      (_, parts) => seal(changeManifest(parts, change)),
      code,
      reason,
    ],
  ),
  ...TARS.map(([title, tar, reason]): Hostile => {
    const forged = forgeHostileTar(tar, "app", []);
    return [
      `a layer with ${title}`,
      (_, parts) => seal(replaceLayer(parts, "application", forged.tar, forged.files)),
      "layer_invalid",
      `application layer shop 1.0: ${reason}`,
    ];
  }),
];
