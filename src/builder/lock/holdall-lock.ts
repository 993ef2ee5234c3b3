import { type LockedDistribution, lockInvalid } from "./lock.ts";
import { parsePinnedRequirements } from "./requirements.ts";

export const HOLDALL_LOCK = "holdall.lock";
/** The same for what only the tests need. */
export const TEST_LOCK = "holdall-test.lock";

/** The lock that holdall writes where the application has none, or for what its own lacks. docs/building.md. */
export interface HoldallLock {
  /** Digest of what it was resolved from: when that changes, it is renewed. */
  readonly inputs: string;
  /** Requirements that platforms added, such as a server. */
  readonly added: readonly string[];
  readonly distributions: readonly LockedDistribution[];
  /** Its lines without the header; what uv takes as preferences. */
  readonly pins: string;
}

const FORMAT = 1;
const WHAT: Readonly<Record<string, string>> = {
  [HOLDALL_LOCK]: "what holdall build found for this application",
  [TEST_LOCK]: "what holdall test found for the tests of this application",
};

/** @throws AppError `lock_invalid`. */
export function parseHoldallLock(text: string, path = HOLDALL_LOCK): HoldallLock {
  const hint = `Delete ${path}: it is written anew.`;
  const format = /^# holdall(?:-test)?\.lock (\d+)/.exec(text)?.[1];
  if (format !== String(FORMAT)) {
    const found =
      format === undefined ? "it does not start with its format version" : `its format is ${format}`;
    throw lockInvalid(path, `${found}, this holdall knows ${FORMAT}`, hint);
  }
  const header = (name: string) => new RegExp(`^# ${name}: (.*)$`, "m").exec(text)?.[1];
  const inputs = header("inputs") ?? "";
  const added = (header("added") ?? "").split(" ").filter((word) => word !== "");
  const pins = text.replaceAll(/^#.*\n/gm, "");
  return { inputs, added, distributions: parsePinnedRequirements(pins, path, hint), pins };
}

export function renderHoldallLock(
  { inputs, added, pins }: Omit<HoldallLock, "distributions">,
  path = HOLDALL_LOCK,
): string {
  const header = [
    `# ${path} ${FORMAT}: ${WHAT[path]}. Keep it with the code.`,
    `# inputs: ${inputs}`,
    ...(added.length === 0 ? [] : [`# added: ${added.join(" ")}`]),
  ];
  return `${header.join("\n")}\n${pins.trimEnd()}\n`.replace(/\n+$/, "\n");
}
