import type { Forged } from "../forge-artifact.ts";
import { pick } from "../random.ts";

const VALUES = [
  ...[
    0,
    1,
    -1,
    2 ** 31,
    2 ** 53,
    1.5,
    4097,
    null,
    true,
    false,
    "",
    " ",
    "0",
    "..",
    "../evil",
    "/etc/passwd",
    "a\nb",
    "\0",
  ],
  ...[
    "--evil",
    "$(evil)",
    "`evil`",
    "';evil;'",
    "é",
    "\ud800",
    "a".repeat(300),
    [],
    {},
    [[]],
    "cp312",
    "3.12",
    "musl",
  ],
  ...["x86_64", "any", "gzip", "zstd", "1.1", "shop", "application", "interpreter", "bytecode"],
] as const;

/** Changes one value, key or item, anywhere in it. */
export function mutateManifest(manifest: Forged, random: () => number): void {
  const places: [holder: Forged, key: string | number][] = [];
  const collect = (holder: Forged): void => {
    for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
      places.push([holder, key]);
      if (typeof holder[key] === "object" && holder[key] !== null) collect(holder[key]);
    }
  };
  collect(manifest);
  const [holder, key] = pick(random, places);
  const [otherHolder, otherKey] = pick(random, places);
  const old = holder[key];
  switch (Math.floor(random() * 6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 1:
      if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(old));
      else holder[pick(random, ["evil", "name", "__proto__", "of", "libc", "a\nb"])] = structuredClone(old);
      break;
    case 2:
      holder[key] = structuredClone(otherHolder[otherKey]);
      break;
    case 3:
      holder[key] = typeof old === "number" ? old + pick(random, [-1, 1]) : mutateText(old, random);
      break;
    default:
      holder[key] = structuredClone(pick(random, VALUES));
  }
}

function mutateText(old: unknown, random: () => number): unknown {
  if (typeof old !== "string") return pick(random, VALUES);
  const at = Math.floor(random() * (old.length + 1));
  const put = pick(random, [
    "",
    "a",
    "Z",
    "0",
    ".",
    "-",
    "/",
    "{",
    "}",
    " ",
    "\n",
    "\u007f",
    "\u00a0",
    "'",
    "\\",
  ]);
  return old.slice(0, at) + put + old.slice(at + Math.floor(random() * 2));
}
