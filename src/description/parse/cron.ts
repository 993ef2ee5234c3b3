const NICKNAMES = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

interface CronField {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Names for `first`, `first + 1`, … */
  readonly words: readonly string[];
}

const FIELDS: readonly CronField[] = [
  { name: "minute", first: 0, last: 59, words: [] },
  { name: "hour", first: 0, last: 23, words: [] },
  { name: "day of the month", first: 1, last: 31, words: [] },
  { name: "month", first: 1, last: 12, words: MONTHS },
  { name: "day of the week", first: 0, last: 7, words: DAYS }, // 0 and 7 are Sunday
];

/** What is wrong with a time as crontab(5) has it, `must be …`; undefined: nothing. */
export function cronProblem(cron: string): string | undefined {
  const parts = cron.trim().split(/\s+/);
  if (cron.trim().startsWith("@")) {
    return NICKNAMES.includes(cron.trim())
      ? undefined
      : `must be one of ${NICKNAMES.join(", ")}, not ${cron.trim()}`;
  }
  if (parts.length !== FIELDS.length) {
    return `must have five fields (minute, hour, day of the month, month, day of the week), not ${parts.length}`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? "";
    if (!part.split(",").every((range) => isRange(range, field))) {
      return `must have ${field.first} to ${field.last} as ${field.name}, not ${part}`;
    }
  }
  return undefined;
}

/** `*`, `5`, `1-5`, `mon-fri`, each with `/2` unless it is a single value. */
function isRange(text: string, field: CronField): boolean {
  const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/([1-9]\d*))?$/.exec(text);
  if (!match) return false;
  const [, from, to, step] = match;
  if (from === undefined) return true;
  const first = numberOf(from, field);
  const last = to === undefined ? first : numberOf(to, field);
  return (
    first !== undefined && last !== undefined && first <= last && !(step !== undefined && to === undefined)
  );
}

function numberOf(text: string, { first, last, words }: CronField): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  const number = word === -1 ? (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN) : word + first;
  return number >= first && number <= last ? number : undefined;
}
