/**
 * Reads C as far as probing needs it: text without comments, and the body of a function.
 *
 * No parser: the kernel's coding style puts a function's name on a line that begins in the first
 * column, and its closing brace alone into the first column.
 */
import { createHash } from 'node:crypto';

const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/** Returns C text with each comment as one blank; strings stay. */
export function withoutComments(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('/') ? ' ' : token));
}

/** Index after the parenthesis that closes the one at `open`; -1 when none does. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return -1;
}

/**
 * Finds a function's definitions: parameters and body, as written.
 *
 * @param text without comments.
 * @returns all definitions one after the other, since a function may have one for each setting of
 * an option; null when there is none.
 */
export function functionText(text: string, name: string): string | null {
  const starts = new RegExp(`^(?:[A-Za-z_][^;={}()\\n]*[\\s*])?${name}\\s*\\(`, 'gm');
  const found: string[] = [];
  for (const match of text.matchAll(starts)) {
    const open = match.index + match[0].length - 1;
    const after = closing(text, open);
    if (after < 0) continue;
    // Attributes may stand between the parameters and the body; a declaration has a semicolon.
    const brace = /^[\w\s()]*\{/.exec(text.slice(after, after + 200));
    if (brace === null) continue;
    const end = text.indexOf('\n}', after);
    if (end >= 0) found.push(text.slice(open, end + 2));
  }
  return found.length === 0 ? null : found.join('\n');
}

/** Digits of a digest that are kept. */
const DIGITS = 16;

/** Digests a function's text; how it is spaced and broken into lines makes no difference. */
export function digestOf(text: string): string {
  const normal = text.replace(/\s+/g, ' ').replace(/ ?(\W) ?/g, '$1');
  return createHash('sha256').update(normal).digest('hex').slice(0, DIGITS);
}
