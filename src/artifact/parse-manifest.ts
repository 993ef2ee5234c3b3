import { BrokenRule, Unsupported } from "./broken-rule.ts";
import { checkCanonical, parseJson, renderCanonicalJson } from "./canonical-json.ts";
import { type Check, fail, integer, isRecord, list, object, oneOf, record, text } from "./json-checks.ts";
import {
  MAX_FILE_SIZE,
  MAX_LAYER_FILES,
  MAX_LAYER_SIZE,
  MAX_MANIFEST_SIZE,
  MAX_MEMBERS,
  MAX_PREFIX_SIZE,
  MAX_SMALL_MEMBER_SIZE,
} from "./limits.ts";
import {
  type Identity,
  isLayerMember,
  type Layer,
  layerMember,
  listLayers,
  type Manifest,
  type Target,
  toIdentity,
} from "./manifest.ts";
import { parsePlan } from "./parse-plan.ts";
import { checkReserved, MANIFEST_NAME } from "./zip.ts";

export function renderManifest(manifest: Manifest): Buffer {
  return Buffer.from(renderCanonicalJson(manifest));
}

/**
 * Every rule of docs/artifact.md, sections 2 and 5, that the manifest alone can show.
 * @param bytes - of `manifest.json`; untrusted.
 * @throws BrokenRule; Unsupported for another format and for what is reserved.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_SIZE)
    throw new BrokenRule(`manifest is longer than ${MAX_MANIFEST_SIZE} bytes`);
  const value = parseJson(bytes);
  // First of all: nothing else of another format can be judged.
  if (isRecord(value) && typeof value["format"] === "number" && value["format"] !== 1) {
    throw new Unsupported(`its format is ${value["format"]}, and this holdall knows 1`);
  }
  checkCanonical(value, bytes);
  const manifest = checkManifest(value, "manifest");
  checkReferences(manifest);
  return manifest;
}

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

const sha256 = text(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");
const version = text(/^[A-Za-z0-9._+!-]{1,64}$/, "1 to 64 characters of A-Z a-z 0-9 . _ + ! -");

const nameUpTo =
  (length: number): Check<string> =>
  (value, at) =>
    typeof value === "string" && value.length <= length && NAME.test(value)
      ? value
      : fail(at, `a name of a-z 0-9 with - between, at most ${length} long`, value);

const identity: Check<Identity> = (value, at) =>
  typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value)
    ? toIdentity(value.slice("sha256:".length))
    : fail(at, "sha256: and 64 lower-case hexadecimal digits", value);

const encoding: Check<"gzip"> = (value, at) => {
  if (value === "zstd") throw new Unsupported(`${at} is "zstd", and this holdall knows gzip`);
  return oneOf("gzip")(value, at);
};

const fileSize = integer(0, MAX_FILE_SIZE);

const layer: Check<Layer> = (value, at) => {
  const checked = object(
    {
      kind: oneOf("application", "distribution", "bytecode", "interpreter"),
      name: nameUpTo(200),
      version,
      size: integer(0, MAX_LAYER_SIZE),
      files: integer(0, MAX_LAYER_FILES),
      transport: object({ encoding, sha256, size: fileSize }),
    },
    { of: identity },
  )(value, at);
  if ((checked.kind === "bytecode") !== (checked.of !== undefined)) {
    throw new BrokenRule(`${at} is of kind ${checked.kind} and ${checked.of ? "has" : "lacks"} the key "of"`);
  }
  return checked;
};

const python: Check<Target["python"]> = (value, at) => {
  const checked = object({
    implementation: oneOf("cpython"),
    version: text(/^3\.(?:0|[1-9][0-9]?)$/, "a version such as 3.11"),
    abi: text(/^cp3[0-9]{1,2}[a-z]{0,3}$/, "a tag such as cp311"),
  })(value, at);
  const tag = `cp${checked.version.replace(".", "")}`;
  return checked.abi.replace(/[a-z]*$/, "") === tag
    ? checked
    : fail(`${at}.abi`, `${tag}, or that with flags`, checked.abi);
};

const target: Check<Target> = (value, at) => {
  const checked = object(
    {
      python,
      processor: text(/^[a-z0-9_]{1,32}$/, "a processor such as x86_64"),
      layers: list(identity, 0, MAX_MEMBERS),
      plan: parsePlan,
    },
    {
      libc: object({
        kind: oneOf("glibc", "musl"),
        floor: text(/^[0-9]{1,3}\.[0-9]{1,3}$/, "a version such as 2.17"),
      }),
    },
  )(value, at);
  if ((checked.processor === "any") === (checked.libc !== undefined)) {
    throw new BrokenRule(
      `${at} is for processor ${checked.processor} and ${checked.libc ? "has" : "lacks"} the key "libc"`,
    );
  }
  return checked;
};

const anyObject: Check<Readonly<Record<string, unknown>>> = (value, at) =>
  isRecord(value) ? value : fail(at, "an object", value);

const memberName: Check<string> = (value, at) => text(/^[!-~]{1,200}$/, "a member's name")(value, at);

const checkManifest: Check<Manifest> = object({
  format: oneOf(1),
  holdall: version,
  name: nameUpTo(40),
  version,
  description: anyObject,
  prefix: object({ sha256, size: integer(0, MAX_PREFIX_SIZE) }),
  members: record(memberName, object({ sha256, size: fileSize }), MAX_MEMBERS - 1),
  layers: record(identity, layer, MAX_MEMBERS),
  targets: list(target, 1, 64),
});

/** docs/artifact.md, section 5: each target has one interpreter, or none has. */
function checkInterpreters({ layers, targets }: Manifest): void {
  const isInterpreter = (identity: Identity) => layers[identity]?.kind === "interpreter";
  const count = targets.filter((target) => target.layers.some(isInterpreter)).length;
  if (count === 0) return;
  if (count < targets.length)
    throw new BrokenRule("manifest: some of its targets have an interpreter, others not");
  for (const {
    layers: [first, ...others],
    processor,
  } of targets) {
    if (first === undefined || !isInterpreter(first) || others.some(isInterpreter) || processor === "any") {
      throw new BrokenRule(
        "manifest: a target has an interpreter, and not as the first of its layers, for one processor",
      );
    }
  }
}

/** What one part of the manifest says about another. */
function checkReferences(manifest: Manifest): void {
  const { members, layers, targets } = manifest;
  const broken = (reason: string) => new BrokenRule(`manifest: ${reason}`);
  if (Object.hasOwn(members, MANIFEST_NAME)) throw broken(`${MANIFEST_NAME} is not a member of itself`);
  checkReserved(Object.keys(members));
  const expected = new Set<string>();
  for (const { identity, kind, of, transport } of listLayers(manifest)) {
    const name = layerMember(identity);
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member === undefined) throw broken(`layer ${identity} has no member`);
    if (member.sha256 !== transport.sha256 || member.size !== transport.size) {
      throw broken(`member ${name} and the transport of its layer differ`);
    }
    if (kind === "bytecode" && (of === undefined || !Object.hasOwn(layers, of))) {
      throw broken(`layer ${identity} was compiled from a layer that is not there`);
    }
    const source = of === undefined ? undefined : layers[of]?.kind;
    if (source === "bytecode" || source === "interpreter") {
      throw broken(`layer ${identity} was compiled from a layer of kind ${source}`);
    }
    expected.add(name);
  }
  for (const [name, { size }] of Object.entries(members)) {
    if (isLayerMember(name) && name.endsWith(".tar.zst"))
      throw new Unsupported(`it has the zstd layer ${name}`);
    if (isLayerMember(name) && !expected.has(name)) throw broken(`member ${name} belongs to no layer`);
    if (!isLayerMember(name) && size > MAX_SMALL_MEMBER_SIZE) {
      throw broken(`member ${name} is longer than ${MAX_SMALL_MEMBER_SIZE} bytes`);
    }
  }
  const used = new Set(targets.flatMap((one) => one.layers));
  for (const { layers: ofTarget } of targets) {
    if (new Set(ofTarget).size !== ofTarget.length) throw broken("a target has a layer twice");
    const missing = ofTarget.find((one) => !Object.hasOwn(layers, one));
    if (missing !== undefined) throw broken(`a target has the layer ${missing}, which is not there`);
  }
  checkInterpreters(manifest);
  const unused = listLayers(manifest).find((one) => !used.has(one.identity));
  if (unused !== undefined) throw broken(`layer ${unused.identity} is of no target`);
}
