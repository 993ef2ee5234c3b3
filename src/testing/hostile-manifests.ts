import type { Forged } from "./forge-artifact.ts";

/** Changes of the manifest alone; its digest is right everywhere. */
export const MANIFESTS: readonly (readonly [
  title: string,
  change: (manifest: Forged) => void,
  code: string,
  reason: string,
])[] = [
  [
    "a format of the future, whatever else it has",
    (manifest) => Object.assign(manifest, { format: 2, members: "elsewhere" }),
    "artifact_unsupported",
    "its format is 2, and this holdall knows 1",
  ],
  [
    "a format that is no number",
    (manifest) => Object.assign(manifest, { format: "1" }),
    "artifact_invalid",
    'manifest.format is "1", not 1',
  ],
  [
    "a manifest without a name",
    (manifest) => delete manifest.name,
    "artifact_invalid",
    'manifest lacks the key "name"',
  ],
  [
    "a key of the description with a line end",
    (manifest) => Object.assign(manifest.description, { "a\nb": 1 }),
    "artifact_invalid",
    'manifest has the key "a\\nb", with an escape',
  ],
  [
    "a manifest with an unknown key",
    (manifest) => Object.assign(manifest, { evil: 1 }),
    "artifact_invalid",
    'manifest has the unknown key "evil"',
  ],
  [
    "a wrong digest of the prefix",
    (manifest) => Object.assign(manifest.prefix, { sha256: "0".repeat(64) }),
    "artifact_damaged",
    "the prefix has another digest",
  ],
  [
    "a wrong digest of a member",
    (manifest) => Object.assign(manifest.members["__main__.py"], { sha256: "0".repeat(64) }),
    "artifact_damaged",
    "member __main__.py has another digest",
  ],
  [
    "a layer that inflates to less than it says",
    (manifest) => Object.assign(application(manifest), { size: 1024 * 1024 }),
    "artifact_damaged",
    "application layer shop 1.0: it inflates to 2560 bytes, not 1048576",
  ],
  [
    "a bomb: a layer that inflates to more than it says",
    (manifest) => Object.assign(application(manifest), { size: 1024 }),
    "layer_invalid",
    "application layer shop 1.0: it inflates to more than the 1024 bytes that the manifest says",
  ],
  [
    "a layer with fewer entries than it says",
    (manifest) => Object.assign(application(manifest), { files: 3 }),
    "artifact_damaged",
    "application layer shop 1.0: it has 2 entries, not 3",
  ],
  [
    "a Python inside for any processor",
    (manifest) => Object.assign(application(manifest), { kind: "interpreter" }),
    "artifact_invalid",
    "manifest: a target has an interpreter, and not as the first of its layers, for one processor",
  ],
  [
    "a Python inside for some of its targets",
    (manifest) => {
      Object.assign(application(manifest), { kind: "interpreter" });
      manifest.targets.push({ ...manifest.targets[0], layers: [] });
    },
    "artifact_invalid",
    "manifest: some of its targets have an interpreter, others not",
  ],
  [
    "a layer of another kind than its paths say",
    (manifest) => Object.assign(application(manifest), { kind: "distribution" }),
    "layer_invalid",
    'distribution layer shop 1.0: path "app/again" is not below site-packages or scripts or data or headers (a layer of kind distribution)',
  ],
  [
    "a system package that is an option of its package manager",
    ({ targets: [{ plan }] }) => Object.assign(plan, { systemPackages: { deb: ["--root=/x"], rpm: [] } }),
    "artifact_invalid",
    'manifest.targets[0].plan.systemPackages.deb[0] is "--root=/x", not a package\'s name',
  ],
];

export function application(manifest: Forged): Forged {
  return Object.values(manifest.layers).find((layer: Forged) => layer.kind === "application");
}
