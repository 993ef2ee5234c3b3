import {
  isTargetPlatform,
  type PlatformProblem,
  parseTargetPlatform,
  type TargetPlatform,
} from "./target-platform.ts";

/** Targets as users name them: each of these Pythons on each of these machines. */
export interface TargetWords {
  /** Versions: `3.11`, `3.13t`; the preferred one first. Empty: not said. */
  readonly pythons: readonly string[];
  /** Empty: not said. */
  readonly platforms: readonly TargetPlatform[];
}

/** `cp311`, `cp313t`, or a platform: the words of an artifact's file name. */
export function parseTargetWord(text: string): TargetWords | PlatformProblem {
  const python = /^cp3(\d{1,2}t?)$/.exec(text)?.[1];
  if (python !== undefined) return { pythons: [`3.${python}`], platforms: [] };
  if (/^\d|^cp|^python/.test(text)) {
    return { reason: `${text} is not of the form cp3XX`, hint: "Write `cp311` for Python 3.11." };
  }
  const platform = parseTargetPlatform(text);
  return isTargetPlatform(platform) ? { pythons: [], platforms: [platform] } : platform;
}

/** @param words - that were parsed before, without a problem. */
export function readTargetWords(words: readonly string[]): TargetWords {
  const parsed = words.map((word) => {
    const meaning = parseTargetWord(word);
    if ("reason" in meaning) throw new Error(`${word} was not checked`);
    return meaning;
  });
  return {
    pythons: parsed.flatMap(({ pythons }) => pythons),
    platforms: parsed.flatMap(({ platforms }) => platforms),
  };
}
