/** A change of a user's file: lines put in, taken out or replaced, and the patch that does it. */
import { createTwoFilesPatch } from 'diff';
import type { SourceText } from '../model/model.js';

/** What stands in place of some lines of a file. */
export interface Edit {
  readonly file: string;
  /** Number of the first line that goes, or before which lines are put in; from 1. */
  readonly line: number;
  readonly removed: number;
  readonly added: readonly string[];
}

/** Whether two edits speak of the same lines, so that they cannot both be made. */
export function overlap(left: Edit, right: Edit): boolean {
  if (left.file !== right.file || left.removed + right.removed === 0) return false;
  const [first, second] = left.line <= right.line ? [left, right] : [right, left];
  if (first.line === second.line) return first.removed > 0 && second.removed > 0;
  return second.line < first.line + first.removed;
}

/** The text of a file after its edits, which do not overlap. */
export function editText(source: SourceText, edits: readonly Edit[]): string {
  const lines = source.text.split('\n');
  // From the end, so that numbers stay right; of several at one line the last one first, and what
  // takes lines away before what is put in above them.
  const own = edits.filter(({ file }) => file === source.place.file).reverse();
  const ordered = own.sort((a, b) => b.line - a.line || b.removed - a.removed);
  for (const { line, removed, added } of ordered) {
    lines.splice(line - source.place.line, removed, ...added);
  }
  return lines.join('\n');
}

/** Applies edits to a text; it is the same object where no edit is for it. */
export function edited(source: SourceText, edits: readonly Edit[]): SourceText {
  if (!edits.some(({ file }) => file === source.place.file)) return source;
  return { ...source, text: editText(source, edits) };
}

/** The edits of a file as a unified diff; empty when there are none. */
export function patchOf(source: SourceText, edits: readonly Edit[]): string {
  const after = editText(source, edits);
  if (after === source.text) return '';
  const name = source.place.file.replace(/^\/+/, '');
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, source.text, after, '', '', {
    context: 3,
  });
  // `patch` and `git apply` need neither the line above the names nor the tabs behind them.
  return patch.replace(/^=+\n/, '').replace(/^((?:---|\+\+\+) [^\t\n]*)\t?$/gm, '$1');
}
