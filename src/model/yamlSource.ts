/**
 * A YAML text as plain values with the place of each.
 *
 * The text is parsed by the library `yaml`; this file walks its tree instead of asking for plain
 * values, so that every key, value and line of text keeps its place. Anchors, aliases, merge keys
 * and tags are refused: a model is meant to be read from top to bottom, and aliases can blow up.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { type Diagnostic, diagnose } from '../errors.js';
import type { Place, SourceText } from './model.js';
import { formatSize } from './quantity.js';

/** Keys and list indices from the root. */
export type Path = readonly PropertyKey[];

const DEPTH_MAX = 32;
const FAULTS_MAX = 1000;
const MESSAGE_LENGTH_MAX = 120;
/** The library takes quadratic time on some kinds of noise: half a second at this length. */
const TEXT_LENGTH_MAX = 256 * 1024;

/** The parsed text. Values are null, booleans, numbers, strings, arrays and records. */
export interface YamlSource {
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /** Says whether something was written at this path. */
  readonly has: (path: Path) => boolean;
  /** Place of the value, or of the nearest thing around it that was written. */
  readonly placeOf: (path: Path) => Place;
  /** Place of the key; of the value for list entries. */
  readonly keyPlaceOf: (path: Path) => Place;
  /** The text at this path with the place of its first character; null for folded text. */
  readonly textOf: (path: Path) => SourceText | null;
}

interface Entry {
  readonly key: Place | null;
  readonly place: Place;
  readonly text: SourceText | null;
}

interface Walk {
  readonly file: string;
  readonly lines: readonly string[];
  readonly counter: LineCounter;
  readonly entries: Map<string, Entry>;
  readonly diagnostics: Diagnostic[];
}

/**
 * Parses a YAML text. Never throws; faults are in `diagnostics`, and `value` then is what was
 * readable.
 */
export function readYaml(text: string, file: string): YamlSource {
  const counter = new LineCounter();
  const walk: Walk = {
    file,
    lines: text.split('\n'),
    counter,
    entries: new Map(),
    diagnostics: [],
  };
  const root = parseRoot(text, walk);
  const value = root === null ? null : readNode(root, [], walk);
  return {
    value,
    diagnostics: walk.diagnostics,
    has: (path) => walk.entries.has(keyOf(path)),
    placeOf: (path) => nearestEntry(path, walk)?.place ?? { file, line: 1, column: 1 },
    keyPlaceOf: (path) => {
      const entry = nearestEntry(path, walk);
      return entry?.key ?? entry?.place ?? { file, line: 1, column: 1 };
    },
    textOf: (path) => walk.entries.get(keyOf(path))?.text ?? null,
  };
}

function parseRoot(text: string, walk: Walk): Node | null {
  if (text.length > TEXT_LENGTH_MAX) {
    const place = { file: walk.file, line: 1, column: 1 };
    const limit = formatSize(BigInt(TEXT_LENGTH_MAX));
    walk.diagnostics.push(diagnose('DAX004', place, `a model is at most ${limit}`, { limit }));
    return null;
  }
  const deep = isSurelyFlat(text) ? null : offsetTooDeep(text);
  if (deep !== null) {
    const before = text.slice(0, deep).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    walk.diagnostics.push(tooDeep({ file: walk.file, line: before.length, column }));
    return null;
  }
  const document = parseDocument(text, {
    lineCounter: walk.counter,
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  for (const error of document.errors.slice(0, FAULTS_MAX)) {
    walk.diagnostics.push(syntaxFault(error, walk));
  }
  return document.contents;
}

/**
 * Says that a text cannot nest too deep, without parsing it: each level takes an opening bracket,
 * or a column at the start of a line, where a list in a map may share the map's. False says
 * nothing.
 */
function isSurelyFlat(text: string): boolean {
  const brackets = text.match(/[[{]/g)?.length ?? 0;
  const columns = text
    .match(/^[-?: \t]+/gm)
    ?.reduce((most, { length }) => Math.max(most, length), 0);
  return brackets + 2 * (columns ?? 0) < DEPTH_MAX;
}

/**
 * Finds where a text nests deeper than any model, or null.
 *
 * The library's parser keeps its own stack, its composer recurses: some thousand levels would
 * exhaust the stack of the process (and abort Node 20 inside a regular expression), so the depth is
 * looked at first.
 */
function offsetTooDeep(text: string): number | null {
  const parser = new Parser();
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > 2 * DEPTH_MAX) return offset;
    offset = parser.offset;
  }
  return null;
}

function syntaxFault(error: YAMLError, walk: Walk): Diagnostic {
  const place = placeAt(error.pos[0], walk);
  if (error.code === 'TAB_AS_INDENT') {
    return diagnose('DAX008', place, 'found a tab where indentation by spaces was expected');
  }
  const advice =
    error.code === 'MULTIPLE_DOCS'
      ? 'one model a file: remove the line `---` and what follows'
      : 'quote text that holds `: `, ` #`, or begins with one of %@`&*!|>[]{}';
  return diagnose('DAX006', place, `not YAML: ${firstLine(error.message)}`, { advice });
}

function readNode(node: Node, path: Path, walk: Walk, key: Place | null = null): unknown {
  const place = placeAt(node.range?.[0] ?? 0, walk);
  walk.entries.set(keyOf(path), { key, place, text: sourceTextOf(node, place, walk) });
  if (isAlias(node)) return refuse(`alias \`*${node.source}\``, place, walk);
  if (node.anchor !== undefined) refuse(`anchor \`&${node.anchor}\``, place, walk);
  if (node.tag !== undefined) refuse(`tag \`${node.tag}\``, place, walk);
  if (isMap(node)) return readMap(node, path, walk);
  if (isSeq(node)) {
    return node.items.map((item, index) => readNode(item as Node, [...path, index], walk));
  }
  return isScalar(node) ? scalarValue(node) : null;
}

function readMap(map: YAMLMap, path: Path, walk: Walk): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  const seen = new Map<string, Place>();
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    const place = placeAt(pair.key.range?.[0] ?? 0, walk);
    const name = keyName(pair.key, place, walk);
    if (name === null) continue;
    const first = seen.get(name);
    if (first !== undefined) {
      const values = { line: String(first.line) };
      walk.diagnostics.push(diagnose('DAX007', place, `\`${name}\` is written twice`, values));
      continue;
    }
    seen.set(name, place);
    const below = [...path, name];
    if (pair.value === null) walk.entries.set(keyOf(below), { key: place, place, text: null });
    record[name] = pair.value === null ? null : readNode(pair.value, below, walk, place);
  }
  return record;
}

/** Names a key as it was written; null (with a fault) when it is none that a model can have. */
function keyName(key: Node, place: Place, walk: Walk): string | null {
  if (isScalar(key) && key.anchor === undefined) {
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    if (name === '<<') return refuse('merge key `<<`', place, walk);
    if (name !== '__proto__') return name;
  }
  if (isAlias(key) || key.anchor !== undefined) return refuse('alias or anchor', place, walk);
  const values = { expected: 'keys are plain words' };
  walk.diagnostics.push(diagnose('DAX018', place, 'found a key that is no plain word', values));
  return null;
}

function refuse(what: string, place: Place, walk: Walk): null {
  walk.diagnostics.push(diagnose('DAX009', place, `found ${what}, which models do not have`));
  return null;
}

/** Integers beyond 2^53 keep their text, so that no digit is lost. */
function scalarValue(scalar: Scalar): unknown {
  if (typeof scalar.value !== 'number' || Number.isSafeInteger(scalar.value)) return scalar.value;
  return /^[0-9]+$|^0x/i.test(scalar.source ?? '') ? scalar.source : scalar.value;
}

/** Block scalars begin in the line below their `|`, at the column of their indentation. */
function sourceTextOf(node: Node, place: Place, walk: Walk): SourceText | null {
  if (!isScalar(node) || typeof node.value !== 'string') return null;
  const text = node.value;
  if (node.type === 'BLOCK_LITERAL') {
    const line = place.line + 1;
    return { text, place: { file: walk.file, line, column: blockColumn(text, line, walk) } };
  }
  const lastLine = walk.counter.linePos(node.range?.[1] ?? 0).line;
  if (node.type === 'BLOCK_FOLDED' || lastLine !== place.line) return null;
  const quote = node.type === 'PLAIN' ? 0 : 1;
  return { text, place: { ...place, column: place.column + quote } };
}

/** What a line has more in the file than in the value is its indentation. */
function blockColumn(text: string, line: number, walk: Walk): number {
  const values = text.split('\n');
  const index = values.findIndex((value) => value !== '');
  if (index < 0) return 1;
  const raw = (walk.lines[line - 1 + index] ?? '').replace(/\r$/, '');
  return raw.length - (values[index] ?? '').length + 1;
}

function tooDeep(place: Place): Diagnostic {
  const values = { advice: `a model nests at most ${DEPTH_MAX} levels` };
  return diagnose('DAX006', place, 'the text is nested too deeply', values);
}

function nearestEntry(path: Path, walk: Walk): Entry | undefined {
  for (let length = path.length; length >= 0; length--) {
    const entry = walk.entries.get(keyOf(path.slice(0, length)));
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function placeAt(offset: number, walk: Walk): Place {
  const { line, col } = walk.counter.linePos(offset);
  return { file: walk.file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).slice(0, MESSAGE_LENGTH_MAX);
}
