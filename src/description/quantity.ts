/** Sizes and durations as descriptions and settings write them: a whole number and its unit. */
export const SIZE_PATTERN = /^\d{1,15}(?:[kKMGT]i?)?B$/;
export const DURATION_PATTERN = /^\d{1,15}(?:ms|s|m|h|d)$/;

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  kiB: 1024,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Bytes of `10MB`; undefined when it is no such text, or more than 2^53 - 1. */
export function parseSizeBytes(text: string): number | undefined {
  return SIZE_PATTERN.test(text) ? multiply(text, SIZE_UNITS) : undefined;
}

/** Milliseconds of `30s`; undefined as above. */
export function parseDurationMs(text: string): number | undefined {
  return DURATION_PATTERN.test(text) ? multiply(text, DURATION_UNITS) : undefined;
}

function multiply(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const number = Number.parseInt(text, 10);
  const product = number * (units[text.slice(/^\d+/.exec(text)?.[0].length)] ?? Number.NaN);
  return Number.isSafeInteger(product) ? product : undefined;
}
