/** The machines that a target is for, as users write them: `x86_64-glibc2.28`, `aarch64-musl1.2`. */
export interface TargetPlatform {
  /** As `uname -m` has it. */
  readonly processor: string;
  readonly libc: "glibc" | "musl";
  /** Wheels that need a newer libc are not taken. What a target really needs is read from its layers. */
  readonly ceiling: string;
}

const PROCESSORS = ["x86_64", "aarch64"] as const;
const OTHER_NAMES: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  "x86-64": "x86_64",
  arm64: "aarch64",
};
/** Those for which uv knows how to choose wheels. The first is what a processor alone means. */
const GLIBC_CEILINGS = ["2.28", "2.17", ...Array.from({ length: 10 }, (_, index) => `2.${31 + index}`)];
const MUSL_CEILING = "1.2";

/** Why a text is no platform of a target; `hint` says what to write instead. */
export interface PlatformProblem {
  readonly reason: string;
  readonly hint: string;
}

/** `PROCESSOR`, `PROCESSOR-glibcVERSION`, `PROCESSOR-musl` or `PROCESSOR-muslVERSION`. */
export function parseTargetPlatform(text: string): TargetPlatform | PlatformProblem {
  const match = /^([A-Za-z0-9_]+|x86-64)(?:-(glibc|musl)(\d+\.\d+)?)?$/.exec(text);
  if (match === null) {
    return {
      reason: `${text} is not of the form PROCESSOR-LIBC`,
      hint: "Write `x86_64-glibc2.28`, for example.",
    };
  }
  const [, written = "", libc = "glibc", version] = match;
  const processor = PROCESSORS.find((known) => known === written);
  if (processor === undefined) {
    const meant = OTHER_NAMES[written.toLowerCase()];
    return {
      reason: `${written} is not one of ${PROCESSORS.join(", ")}`,
      hint: meant === undefined ? "Leave it out, or build on such a machine." : `Did you mean ${meant}?`,
    };
  }
  const ceilings = libc === "musl" ? [MUSL_CEILING] : GLIBC_CEILINGS;
  const ceiling = ceilings.find((known) => known === (version ?? ceilings[0]));
  if (ceiling === undefined) {
    const known = ceilings.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).join(", ");
    return {
      reason: `${libc} ${version} is not one of ${known}`,
      hint: `Write \`${processor}-${libc}${ceilings[0]}\`.`,
    };
  }
  return { processor, libc: libc === "musl" ? "musl" : "glibc", ceiling };
}

export function isTargetPlatform(parsed: TargetPlatform | PlatformProblem): parsed is TargetPlatform {
  return "processor" in parsed;
}
