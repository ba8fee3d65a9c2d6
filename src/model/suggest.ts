/**
 * "Did you mean": the known word that is nearest to a mistyped one.
 */

const WORD_LENGTH_MAX = 64;

/** Returns the candidate nearest to `word` by edit distance, or null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (word.length > WORD_LENGTH_MAX) return null;
  let best: string | null = null;
  // A quarter of the letters may differ: beyond that a suggestion misleads more than it helps.
  let bestDistance = Math.max(1, Math.floor(word.length / 4)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(normalise(word), normalise(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Writes the hint for a word that is not one of `candidates`.
 *
 * @param known all of them in words, where they are too many to list.
 */
export function suggestion(word: string, candidates: readonly string[], known?: string): string {
  const near = nearest(word, candidates);
  const all = known ?? candidates.join(', ');
  const list = candidates.length === 0 ? 'this model has none' : `known: ${all}`;
  return near === null ? list : `did you mean \`${near}\`? ${list}`;
}

function normalise(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

/**
 * Optimal string alignment: insertion, deletion, replacement and swap of neighbours cost one each.
 */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = at(row, j - 1) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const isSwap = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swapped = i > 1 && j > 1 && isSwap ? at(before, j - 2) + 1 : replaced;
      next.push(Math.min(replaced, swapped, at(row, j) + 1, at(next, j - 1) + 1));
    }
    before = row;
    row = next;
  }
  return at(row, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
