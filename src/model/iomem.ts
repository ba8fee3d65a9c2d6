/**
 * Reads a listing as printed by /proc/iomem into its tree.
 *
 * The tree is that of the indentation, checked against the addresses: the kernel's tree is sorted,
 * its siblings are disjoint, and a child lies inside its parent. A listing that is elided, damaged
 * or read without root is refused with all its faults.
 * Source: kernel/resource.c r_show(), __request_resource(), v5.1.
 */
import { type Diagnostic, diagnose } from '../errors.js';
import { type IomemText, parseIomemLine } from './iomemLine.js';
import type { IomemNode, Place, Range } from './model.js';
import { contains, formatRange, overlaps } from './quantity.js';

/** Faults after which the rest of a listing is not looked at: it is no listing. */
const FAULTS_MAX = 200;

/** Lines of the longest listing that is read; a big server's has some hundred. */
const LINES_MAX = 4096;

/** Levels of the deepest tree that is read; the kernel prints five. */
const DEPTH_MAX = 64;

export interface IomemListing {
  /** Top-level nodes in ascending order; what could be read when there are diagnostics. */
  readonly nodes: readonly IomemNode[];
  readonly diagnostics: readonly Diagnostic[];
  /** What was accepted with an assumption. */
  readonly warnings: readonly Diagnostic[];
}

interface Building {
  readonly line: IomemText;
  readonly children: Building[];
}

interface Faults {
  readonly diagnostics: Diagnostic[];
  readonly warnings: Diagnostic[];
}

/**
 * Parses a listing.
 *
 * @param place of the first character of the text; every line of it starts in that column.
 */
export function parseIomem(text: string, place: Place): IomemListing {
  const faults: Faults = { diagnostics: [], warnings: [] };
  const lines = readLines(text, place, faults);
  if (lines.length === 0 && faults.diagnostics.length === 0) {
    faults.diagnostics.push(diagnose('DAX110', place, 'found no line of /proc/iomem'));
  }
  const zeros = zerosFault(lines);
  if (zeros !== null) return { nodes: [], diagnostics: [zeros], warnings: [] };
  const tops = nest(lines, faults);
  return { nodes: settle(tops, [], faults), ...faults };
}

/** Prints a tree as /proc/iomem does, every level two spaces deeper. */
export function printIomem(nodes: readonly IomemNode[], depth = 0): string {
  return nodes
    .map((node) => {
      const line = `${'  '.repeat(depth)}${formatRange(node)} : ${node.name}\n`;
      return line + printIomem(node.children, depth + 1);
    })
    .join('');
}

function readLines(text: string, place: Place, faults: Faults): IomemText[] {
  const lines: IomemText[] = [];
  let line = place.line;
  for (const content of text.split('\n')) {
    if (faults.diagnostics.length >= FAULTS_MAX) break;
    if (content.trim() !== '') {
      if (lines.length === LINES_MAX) {
        const message = `the listing has more than ${LINES_MAX} lines`;
        const limit = `${LINES_MAX} lines`;
        faults.diagnostics.push(diagnose('DAX115', { ...place, line }, message, { limit }));
        break;
      }
      const found = parseIomemLine(content, { ...place, line }, faults.diagnostics);
      if (isUnprintable(found.name)) {
        const message = 'the name holds bytes that are no text, as after a use of freed memory';
        faults.warnings.push(diagnose('DAX113', found.place, message));
      }
      lines.push(found);
    }
    line += 1;
  }
  return lines;
}

function isUnprintable(name: string): boolean {
  return /[\p{Cc}\ufffd]/u.test(name);
}

/** Without CAP_SYS_ADMIN the kernel prints every address as zero: one fault, not one a line. */
function zerosFault(lines: readonly IomemText[]): Diagnostic | null {
  const ranges = lines.flatMap((line) => (line.range === null ? [] : [line.range]));
  const first = lines.find((line) => line.range !== null);
  if (first === undefined || !ranges.every(({ start, end }) => start === 0n && end === 0n)) {
    return null;
  }
  const message = `all ${ranges.length} addresses are zero: the listing was not read as root`;
  return diagnose('DAX103', first.place, message);
}

/** Makes the tree of the indentation: deeper than the line before is its child. */
function nest(lines: readonly IomemText[], faults: Faults): Building[] {
  const tops: Building[] = [];
  const open: Building[] = [];
  const base = lines[0]?.indent ?? 0;
  for (const line of lines) {
    let closed: Building | undefined;
    while ((open.at(-1)?.line.indent ?? -1) >= line.indent) closed = open.pop();
    const node: Building = { line, children: [] };
    if (closed !== undefined && closed.line.indent !== line.indent && line.range !== null) {
      const other = `a line above: ${openColumns([...open, closed], base)} columns`;
      const message = `the indentation of ${line.indent} columns is that of no line above`;
      faults.diagnostics.push(diagnose('DAX108', line.place, message, { other }));
    }
    (open.at(-1)?.children ?? tops).push(node);
    open.push(node);
  }
  return tops;
}

function openColumns(open: readonly Building[], base: number): string {
  const columns = new Set([base, ...open.map((node) => node.line.indent)]);
  return [...columns].sort((left, right) => left - right).join(' or ');
}

/** Checks the addresses of siblings and their children against each other, and makes the nodes. */
function settle(
  siblings: readonly Building[],
  above: readonly Building[],
  faults: Faults,
): IomemNode[] {
  const parent = above.at(-1) ?? null;
  const deepest = above.length < DEPTH_MAX ? undefined : siblings[0];
  if (deepest !== undefined) {
    const message = `${describe(deepest)} lies more than ${DEPTH_MAX} levels deep`;
    const limit = `${DEPTH_MAX} levels`;
    faults.diagnostics.push(diagnose('DAX115', deepest.line.place, message, { limit }));
    return [];
  }
  const kept: Building[] = [];
  for (const node of siblings) {
    const previous = kept.at(-1);
    if (previous !== undefined && isAdopted(node, previous, faults)) continue;
    checkParent(node, parent, faults);
    kept.push(node);
  }
  return kept.map((node) => ({
    ...(node.line.range ?? { start: 0n, end: 0n }),
    name: node.line.name,
    children: settle(node.children, [...above, node], faults),
    place: node.line.place,
  }));
}

/**
 * Compares a node with the sibling before it; true when it went below that sibling.
 *
 * The kernel indents no deeper than its MAX_IORES_LEVEL, so that a child beyond is printed like a
 * sibling.
 */
function isAdopted(node: Building, previous: Building, faults: Faults): boolean {
  const range = node.line.range;
  const before = previous.line.range;
  if (range === null || before === null) return false;
  if (contains(before, range)) {
    previous.children.push(node);
    // A line goes down one level after the other; lines that are all alike would be told for ever.
    if (faults.warnings.length < FAULTS_MAX) {
      const message = `${describe(node)} lies inside the line above of the same indentation`;
      faults.warnings.push(
        diagnose('DAX112', node.line.place, message, { other: describe(previous) }),
      );
    }
    return true;
  }
  const other = describe(previous);
  if (overlaps(before, range)) {
    const message = `${describe(node)} overlaps its sibling`;
    faults.diagnostics.push(diagnose('DAX106', node.line.place, message, { other }));
  } else if (range.start < before.start) {
    const message = `${describe(node)} comes after ${other}`;
    faults.diagnostics.push(diagnose('DAX107', node.line.place, message));
  }
  return false;
}

function checkParent(node: Building, parent: Building | null, faults: Faults): void {
  const range = node.line.range;
  const outer: Range | null = parent?.line.range ?? null;
  if (parent === null || range === null || outer === null || contains(outer, range)) return;
  const message = `${describe(node)} is not inside the line it is indented under`;
  const values = { parent: describe(parent) };
  faults.diagnostics.push(diagnose('DAX105', node.line.place, message, values));
}

function describe(node: Building): string {
  const { range, name, place } = node.line;
  return `\`${range === null ? '?' : formatRange(range)} : ${name}\` (line ${place.line})`;
}
