/**
 * Finds where a value stands in a JSON text, for the places of faults.
 *
 * The text has been parsed before, so it is known to be JSON; the walk uses no recursion, so
 * nesting of any depth is fine. Of a path that does not exist the deepest value that does is
 * found.
 */

/** Turns an offset into a line and a column, both from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

/** Returns the offset of the value at `path` (keys and indices), counted from the whole text. */
export function offsetOfPath(text: string, path: readonly (string | number)[]): number {
  let offset = skipSpace(text, 0);
  for (const key of path) {
    const child = offsetOfChild(text, offset, key);
    if (child === null) return offset;
    offset = child;
  }
  return offset;
}

function offsetOfChild(text: string, parent: number, key: string | number): number | null {
  const isObject = text[parent] === '{';
  if (!isObject && text[parent] !== '[') return null;
  let at = skipSpace(text, parent + 1);
  for (let index = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; index++) {
    let name: unknown = index;
    if (isObject) {
      const end = skipString(text, at);
      name = JSON.parse(text.slice(at, end));
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (name === key) return at;
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}

/** Returns the offset behind the closing quote of the string that begins at `from`. */
function skipString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') {
      at = skipString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (depth === 0 && /[,}\]\s]/.test(character)) return at;
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    at++;
    if (depth === 0 && (character === '}' || character === ']')) return at;
  }
  return at;
}
