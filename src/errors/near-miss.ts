/**
 * The word that the user most likely meant: the nearest one by letters changed, added, left out or swapped, at most
 * a third of the length away, or the only one that begins with what was typed.
 */
export function findNearMiss(typed: string, words: readonly string[]): string | undefined {
  const lower = typed.toLowerCase();
  const limit = Math.max(1, Math.floor(lower.length / 3));
  const ranked = words
    .map((word) => ({ word, distance: countEdits(lower, word.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  if (ranked[0]) return ranked[0].word;
  const begun = words.filter((word) => lower.length > 1 && word.toLowerCase().startsWith(lower));
  return begun.length === 1 ? begun[0] : undefined;
}

/** Optimal string alignment: edits and swaps of neighbours, none of them in the same place twice. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwapped && row > 1 && column > 1 ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
