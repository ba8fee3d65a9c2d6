/**
 * JSON as tools print it and people pass it on, with the place of every value.
 *
 * Two kinds of damage are taken with a warning, because there is one way to read them: blanks that
 * a mail client made non-breaking, and several values one after the other where an array was
 * meant. Everything else that is no JSON is a fault with its line. Numbers keep their digits, for
 * sizes and addresses have up to 64 bits.
 */
import type { Place } from '../model/model.js';
import { type Facts, refuse, warn } from './facts.js';

/** Levels of the deepest value that is read; cxl list has some ten. */
const DEPTH_MAX = 64;

export type JsonValue =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonValue>; place: Place }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[]; place: Place }
  /** `text`: the digits of a number, the characters of a string, `true`, `false` or `null`. */
  | { readonly kind: 'number' | 'string' | 'word'; readonly text: string; place: Place };

export type JsonObject = JsonValue & { readonly kind: 'object' };

/** What was met where something else was due. */
class Unexpected extends Error {
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

type Kind = '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'number' | 'word' | 'other' | 'end';

/** Goes through a text word by word. */
interface Reader {
  readonly kind: () => Kind;
  /** The word as it is written. */
  readonly text: () => string;
  readonly place: () => Place;
  readonly next: () => void;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const BLANKS = /[ \t\r\n]*/y;
/** What is no JSON, up to where JSON may begin again. */
const OTHER = /[^\s,:{}[\]"]+/y;

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** Where a string that begins at `at` is over; -1 when its line ends first. */
function endOfString(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index];
    if (character === '"') return index + 1;
    if (character === '\n') return -1;
    if (character === '\\') index += 1;
  }
  return -1;
}

function wordAt(text: string, at: number): { kind: Kind; end: number } {
  const first = text[at];
  if (first === undefined) return { kind: 'end', end: at };
  if ('{}[],:'.includes(first)) return { kind: first as Kind, end: at + 1 };
  if (first === '"') {
    const end = endOfString(text, at);
    return end < 0 ? { kind: 'other', end: at + 1 } : { kind: 'string', end };
  }
  const number = matchAt(NUMBER, text, at);
  if (number !== null) return { kind: 'number', end: at + number.length };
  const word = matchAt(WORD, text, at);
  if (word !== null) return { kind: 'word', end: at + word.length };
  return { kind: 'other', end: at + (matchAt(OTHER, text, at)?.length ?? 1) };
}

function readerOf(text: string, file: string): Reader {
  let start = 0;
  let word = { kind: 'end' as Kind, end: 0 };
  let line = 1;
  let lineStart = 0;
  const endOfLine = (from: number): number => {
    const at = text.indexOf('\n', from);
    return at < 0 ? text.length : at;
  };
  let lineEnd = endOfLine(0);
  const next = (): void => {
    start = word.end + (matchAt(BLANKS, text, word.end)?.length ?? 0);
    while (lineEnd < start) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = endOfLine(lineStart);
    }
    word = wordAt(text, start);
  };
  next();
  return {
    kind: () => word.kind,
    text: () => text.slice(start, word.end),
    place: () => ({ file, line, column: start - lineStart + 1 }),
    next,
  };
}

const SHOWN_MAX = 40;

function unexpected(reader: Reader, expected: string): Unexpected {
  const text = reader.text();
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
  const found = reader.kind() === 'end' ? 'the end of the file' : `\`${shown}\``;
  return new Unexpected(reader.place(), `found ${found}, expected ${expected}`);
}

function readValue(reader: Reader, depth: number): JsonValue {
  if (depth > DEPTH_MAX) {
    throw new Unexpected(reader.place(), `found a value more than ${DEPTH_MAX} levels deep`);
  }
  const place = reader.place();
  switch (reader.kind()) {
    case '{':
      return { kind: 'object', members: readMembers(reader, depth), place };
    case '[':
      return { kind: 'array', items: readItems(reader, depth), place };
    case 'string': {
      const text = unquoted(reader);
      reader.next();
      return { kind: 'string', text, place };
    }
    case 'number':
    case 'word': {
      const kind = reader.kind() === 'number' ? 'number' : 'word';
      const text = reader.text();
      reader.next();
      return { kind, text, place };
    }
    default:
      throw unexpected(reader, 'a value');
  }
}

function unquoted(reader: Reader): string {
  try {
    return String(JSON.parse(reader.text()));
  } catch {
    throw unexpected(reader, 'a string without control characters and unknown escapes');
  }
}

function readMembers(reader: Reader, depth: number): Map<string, JsonValue> {
  const members = new Map<string, JsonValue>();
  reader.next();
  if (reader.kind() === '}') {
    reader.next();
    return members;
  }
  for (;;) {
    if (reader.kind() !== 'string') throw unexpected(reader, 'a key in quotes');
    const key = unquoted(reader);
    if (members.has(key)) {
      throw new Unexpected(reader.place(), `found the key \`${key}\` a second time`);
    }
    reader.next();
    if (reader.kind() !== ':') throw unexpected(reader, '`:`');
    reader.next();
    members.set(key, readValue(reader, depth + 1));
    if (reader.kind() === '}') break;
    if (reader.kind() !== ',') throw unexpected(reader, '`,` or `}`');
    reader.next();
  }
  reader.next();
  return members;
}

function readItems(reader: Reader, depth: number): JsonValue[] {
  const items: JsonValue[] = [];
  reader.next();
  if (reader.kind() === ']') {
    reader.next();
    return items;
  }
  for (;;) {
    items.push(readValue(reader, depth + 1));
    if (reader.kind() === ']') break;
    if (reader.kind() !== ',') throw unexpected(reader, '`,` or `]`');
    reader.next();
  }
  reader.next();
  return items;
}

/** Reads one value after the other, with or without commas between; a fault ends it. */
function readAll(reader: Reader, file: string, facts: Facts): JsonValue[] {
  const values: JsonValue[] = [];
  let told = false;
  while (reader.kind() !== 'end') {
    if (values.length > 0 && !told) {
      const message = 'more than one value where an array was meant';
      warn(facts, 'DAX502', reader.place(), message, { taken: 'taken as the items of one' });
      told = true;
    }
    if (values.length > 0 && reader.kind() === ',') reader.next();
    else values.push(readValue(reader, 0));
  }
  if (values.length === 0) {
    const place = { file, line: 1, column: 1 };
    refuse(facts, 'DAX501', place, 'found no JSON', { advice: 'name the output of the tool' });
  }
  return values;
}

const MARK = /#|<[-<]|\/\/|\/\*/y;

/** Where a line has a mark of a person's hand outside of strings; -1 where it has none. */
function remarkIn(line: string): number {
  let isInside = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (character === '\\') at += 1;
    else if (character === '"') isInside = !isInside;
    else if (!isInside && matchAt(MARK, line, at) !== null) return at;
  }
  return -1;
}

/** JSON has no remarks. */
function remarksOf(text: string, file: string): Place[] {
  return text.split('\n').flatMap((line, index) => {
    const at = remarkIn(line);
    return at < 0 ? [] : [{ file, line: index + 1, column: at + 1 }];
  });
}

/** Lines whose blanks were made non-breaking, with those blanks as plain ones. */
function withPlainBlanks(text: string, file: string, facts: Facts): string {
  const at = text.search(/\u00a0/);
  if (at < 0) return text;
  const line = text.slice(0, at).split('\n').length;
  const taken = 'taken as plain blanks';
  warn(facts, 'DAX502', { file, line, column: 1 }, 'found non-breaking blanks', { taken });
  return text.replaceAll('\u00a0', ' ');
}

/** Reads a text; the values, or none with faults told. */
export function readJson(text: string, file: string, facts: Facts): readonly JsonValue[] {
  const plain = withPlainBlanks(text.replace(/^\ufeff/, ''), file, facts);
  const remarks = remarksOf(plain, file);
  if (remarks.length > 0) {
    const advice = 'remove what the tool did not print';
    for (const place of remarks) {
      refuse(facts, 'DAX501', place, 'found a remark: this is no JSON', { advice });
    }
    return [];
  }
  try {
    return readAll(readerOf(plain, file), file, facts);
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const advice = 'copy the output of the tool again, all of it';
    refuse(facts, 'DAX501', error.place, error.message, { advice });
    return [];
  }
}
