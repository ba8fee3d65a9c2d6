/**
 * `${x#pattern}` and its relatives: cutting a prefix or suffix that matches a pattern.
 */
import { type GlobToken, globMatches } from '../glob.js';

/**
 * Removes the shortest (`#`, `%`) or longest (`##`, `%%`) matching prefix or suffix.
 *
 * Returns the text unchanged when nothing matches. Cost: one match for each length of the text.
 */
export function cutText(
  text: string,
  operator: '#' | '##' | '%' | '%%',
  pattern: readonly GlobToken[],
): string {
  const longest = operator.length === 2;
  for (let step = 0; step <= text.length; step++) {
    const length = longest ? text.length - step : step;
    const cut = operator.startsWith('#')
      ? { removed: text.slice(0, length), rest: text.slice(length) }
      : { removed: text.slice(text.length - length), rest: text.slice(0, text.length - length) };
    if (globMatches(pattern, cut.removed)) return cut.rest;
  }
  return text;
}
