/**
 * Offsets in a piece of text, turned into places in the user's file.
 *
 * A script in a YAML block scalar is indented as a whole, so every one of its lines starts in the
 * column of the first.
 */
import type { Place, SourceText } from '../model/model.js';

/** Turns an offset (UTF-16 units from the start of the text) into a place in the file. */
export type PlaceOf = (offset: number) => Place;

/** Builds the function that places offsets of this text. Cost: one scan, then a binary search. */
export function placesOf(source: SourceText): PlaceOf {
  const starts = [0];
  for (let index = 0; index < source.text.length; index++) {
    if (source.text[index] === '\n') starts.push(index + 1);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const { file, line, column } = source.place;
    return { file, line: line + low, column: column + offset - (starts[low] ?? 0) };
  };
}

/** Writes a value as one shell word, quoted only where the shell would need it. */
export function shellWord(text: string): string {
  if (/^[\w.,:+=@%/-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Shortens a piece of source to its first line, for the text of an instruction. */
export function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.trim();
}
