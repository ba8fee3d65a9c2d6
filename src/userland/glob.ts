/**
 * Shell patterns: `*`, `?` and `[...]`, as sh and udev use them.
 *
 * Matching is the two-pointer walk with one backtracking point, so no pattern takes more than
 * length(pattern) * length(text) steps; a RegExp would backtrack exponentially on hostile input.
 */

export type GlobToken =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly GlobRange[] };

/** Inclusive, one character at each end. */
type GlobRange = readonly [string, string];

/** Turns literal text into tokens that match themselves. */
export function literalTokens(text: string): GlobToken[] {
  return [...text].map((character) => ({ kind: 'character', text: character }));
}

/** Parses a pattern; a bracket without its end is a plain character, as in sh. */
export function parseGlob(pattern: string): GlobToken[] {
  const tokens: GlobToken[] = [];
  let index = 0;
  while (index < pattern.length) {
    const character = pattern[index] ?? '';
    const bracket = character === '[' ? parseClass(pattern, index) : null;
    if (bracket !== null) {
      tokens.push(bracket.token);
      index = bracket.next;
      continue;
    }
    if (character === '*') tokens.push({ kind: 'star' });
    else if (character === '?') tokens.push({ kind: 'any' });
    else tokens.push({ kind: 'character', text: character });
    index++;
  }
  return tokens;
}

/** Tells whether the tokens match the whole text. `*` and `?` match any character, '/' too. */
export function globMatches(tokens: readonly GlobToken[], text: string): boolean {
  let token = 0;
  let index = 0;
  let starToken = -1;
  let starIndex = 0;
  while (index < text.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      starToken = token++;
      starIndex = index;
    } else if (current !== undefined && matchesOne(current, text[index] ?? '')) {
      token++;
      index++;
    } else if (starToken >= 0) {
      token = starToken + 1;
      index = ++starIndex;
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === 'star') token++;
  return token === tokens.length;
}

function matchesOne(token: GlobToken, character: string): boolean {
  if (token.kind === 'character') return token.text === character;
  if (token.kind === 'any') return true;
  if (token.kind === 'star') return false;
  const inside = token.ranges.some(([low, high]) => low <= character && character <= high);
  return inside !== token.negated;
}

function parseClass(pattern: string, start: number): { token: GlobToken; next: number } | null {
  let index = start + 1;
  const negated = pattern[index] === '!' || pattern[index] === '^';
  if (negated) index++;
  const first = index;
  const ranges: GlobRange[] = [];
  // A ']' in the first position is a member of the class.
  while (index < pattern.length && (pattern[index] !== ']' || index === first)) {
    const low = pattern[index] ?? '';
    const hasRange = pattern[index + 1] === '-' && (pattern[index + 2] ?? ']') !== ']';
    ranges.push([low, hasRange ? (pattern[index + 2] ?? low) : low]);
    index += hasRange ? 3 : 1;
  }
  if (index >= pattern.length) return null;
  return { token: { kind: 'class', negated, ranges }, next: index + 1 };
}
