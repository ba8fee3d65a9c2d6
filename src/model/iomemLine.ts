/**
 * One line of /proc/iomem: indentation, `start-end : name`.
 *
 * The kernel prints two spaces a level and no more than that; mail and web pages add tabs, wider
 * steps and remarks. Indentation of any kind is measured; what is no line of the kernel's is a
 * fault.
 * Source: kernel/resource.c r_show(), v5.1.
 */
import { type Diagnostic, diagnose } from '../errors.js';
import type { Place, Range } from './model.js';
import { parseHex } from './quantity.js';

const TAB_COLUMNS = 8;
const ADDRESS_DIGITS_MAX = 16;
const SHOWN_LENGTH_MAX = 60;

export interface IomemText {
  /** Columns of white space in front; a tab counts to the next multiple of eight. */
  readonly indent: number;
  /**
   * null when the line holds a fault: it keeps its place in the tree, and nothing more is said of
   * it.
   */
  readonly range: Range | null;
  readonly name: string;
  /** Of the first digit. */
  readonly place: Place;
}

/**
 * Reads one line that is not blank.
 *
 * @param place of the line's first character.
 * @param faults receives what is wrong with the line.
 */
export function parseIomemLine(line: string, place: Place, faults: Diagnostic[]): IomemText {
  const blank = /^\s*/.exec(line)?.[0] ?? '';
  const start = { ...place, column: place.column + blank.length };
  const body = line.slice(blank.length).trimEnd();
  // Firmware devices may have an empty name; mail strips the blank that the kernel prints before
  // it.
  const found = /^([0-9a-fA-F]+)-([0-9a-fA-F]+) :(?: (.*))?$/.exec(body);
  const empty = { indent: columnsOf(blank), range: null, name: '', place: start };
  if (found === null) {
    faults.push(notALine(body, start));
    return empty;
  }
  const [, first = '', last = '', name = ''] = found;
  if (Math.max(first.length, last.length) > ADDRESS_DIGITS_MAX) {
    faults.push(diagnose('DAX109', start, `\`${first}-${last}\` is wider than 64 bits`));
    return { ...empty, name };
  }
  const remark = name.search(/\s(?:#|<-)/);
  if (remark >= 0) {
    const kept = name.slice(0, remark).trimEnd();
    const column = start.column + first.length + last.length + 4 + kept.length;
    const text = shorten(name.slice(remark).trim());
    const message = `found a remark after the name: \`${text}\``;
    faults.push(diagnose('DAX111', { ...start, column }, message));
  }
  const range = { start: parseHex(first), end: parseHex(last) };
  if (range.end < range.start) {
    faults.push(diagnose('DAX104', start, `\`${first}-${last}\` ends before it starts`));
    return { ...empty, name };
  }
  return { ...empty, range, name };
}

function notALine(body: string, place: Place): Diagnostic {
  if (/^(\.{2,}|…|\[\.\.\.\]|\[…\]|<snip>|\[snip\])/i.test(body)) {
    return diagnose('DAX102', place, `found \`${shorten(body)}\`: lines are left out`);
  }
  return diagnose('DAX101', place, `\`${shorten(body)}\` is not a line of /proc/iomem`);
}

function columnsOf(blank: string): number {
  let columns = 0;
  for (const character of blank) {
    columns = character === '\t' ? columns - (columns % TAB_COLUMNS) + TAB_COLUMNS : columns + 1;
  }
  return columns;
}

/** Cuts text for a message. */
function shorten(text: string): string {
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}...`;
}
