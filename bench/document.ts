/**
 * Writes what was measured into docs/benchmarks.md, between two lines that mark its place.
 */
const mark = (name: string, end: string): string => `<!-- bench: ${name}${end} -->`;

/**
 * Returns a document with new text between the marks of a name. Throws when they are not there.
 */
export function document(text: string, name: string, body: string): string {
  const begin = mark(name, '');
  const from = text.indexOf(begin);
  const to = text.indexOf(mark(name, ' ends'));
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${name}`);
  return `${text.slice(0, from + begin.length)}\n\n${body.trim()}\n\n${text.slice(to)}`;
}
