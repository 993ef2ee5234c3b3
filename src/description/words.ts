/**
 * Users write `{app}`, `{host}` and `{port}` where a plan has them, and other braces as they are: JSON in an argument
 * needs no care. Only who wants the text `{port}` itself writes `{{port}}`.
 */
const WRITTEN = /\{\{(?:app|host|port)\}\}|\{(?:app|host|port)\}|[{}]/g;
const PLANNED = /\{\{(?:app|host|port)\}\}|\{(?:app|host|port)\}|\{\{|\}\}/g;

/** A word as a user writes it to the word of a plan (docs/plan.md), where every brace that is text is doubled. */
export function plannedWord(written: string): string {
  return written.replace(WRITTEN, (found) => (found.length === 1 ? found + found : found));
}

/** The inverse of `plannedWord`, for the words that it makes. */
export function writtenWord(planned: string): string {
  return planned.replace(PLANNED, (found) => (found.length === 2 ? found.charAt(0) : found));
}
