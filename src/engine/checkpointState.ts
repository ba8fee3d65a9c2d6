/**
 * What of the engine's memory a checkpoint keeps, and how it gets back there.
 *
 * Between two levels the states found are final, and so are the parts that packed states are made
 * of; both lie in one piece each and only grow. The rest is a few hundred numbers. The tables are
 * not kept: they are made again from states and parts. After a stop within a level it is the same,
 * as of the barrier before it: what was found since is left out, and found again.
 */
import {
  CONTROL_ARENA,
  CONTROL_LEVEL,
  CONTROL_LEVEL_FROM,
  CONTROL_LEVEL_TO,
  CONTROL_LEVELS,
  CONTROL_OWN_STOP_MASK,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_PACKED_BYTES,
  CONTROL_PARTS_ARENA,
  CONTROL_PARTS_RESERVED,
  CONTROL_RESERVED,
  CONTROL_STATE_BYTES,
  CONTROL_STOP_MASK,
  CONTROL_TRANSITIONS,
  CONTROL_VIOLATIONS,
  LINE_PART_END,
  LINE_PART_NEXT,
  LINE_TRANSITIONS,
  PART_BYTES,
} from '../../assembly/search/layout.js';
import type { Extent, Piece } from './checkpointFiles.js';
import {
  type Control,
  labelsIn,
  lineOf,
  NONE,
  partHoles,
  type SearchMemory,
  type Span,
  transitionsOf,
} from './control.js';

type Memory = Pick<SearchMemory, 'control' | 'memory'>;

/** Where a search is, between two levels. */
export interface SearchNumbers {
  readonly stateBytes: number;
  readonly packedBytes: number;
  readonly level: number;
  /** First index of each level up to the one after `level`. */
  readonly levels: readonly number[];
  readonly transitions: number;
  /** Least depth of each property's violation, NONE for none. */
  readonly violations: readonly number[];
  readonly ownViolations: readonly number[];
  /** Details of labels that were seen. */
  readonly labels: readonly number[];
  /** Places for parts given out, and those among them that hold none. */
  readonly parts: number;
  readonly partHoles: readonly Span[];
}

const PROPERTIES = 32;

/** Reads where the search is: between two levels, or as of the last barrier once it has ended. */
export function readNumbers(searched: Memory): SearchNumbers {
  const { control } = searched;
  const level = control.read(CONTROL_LEVEL);
  const first = control.read(CONTROL_LEVELS);
  return {
    stateBytes: control.read(CONTROL_STATE_BYTES),
    packedBytes: control.read(CONTROL_PACKED_BYTES),
    level,
    levels: Array.from({ length: level + 2 }, (_, at) => control.read(first + at * 4)),
    transitions: transitionsOf(control),
    violations: depthsAt(control, CONTROL_VIOLATIONS, control.read(CONTROL_STOP_MASK)),
    ownViolations: depthsAt(control, CONTROL_OWN_VIOLATIONS, control.read(CONTROL_OWN_STOP_MASK)),
    labels: [...labelsIn(searched).entries()]
      .filter(([, seen]) => seen !== 0)
      .map(([detail]) => detail),
    parts: control.read(CONTROL_PARTS_RESERVED),
    partHoles: partHoles(control),
  };
}

/**
 * The violations known at the barrier. Deeper ones come from the level under way. So does one at
 * the present level that ends a search: had it been known, the search had ended there.
 */
function depthsAt(control: Control, table: number, stopMask: number): number[] {
  const level = control.read(CONTROL_LEVEL);
  return Array.from({ length: PROPERTIES }, (_, property) => {
    const depth = control.read(table + property * 4);
    const stops = ((stopMask >>> property) & 1) !== 0;
    return depth > level || (stops && depth === level) ? NONE : depth;
  });
}

/** Takes spans away from spans; both ascending and apart from one another. */
export function without(spans: readonly Span[], taken: readonly Span[]): Span[] {
  return spans.flatMap(([from, to]) => {
    const left: Span[] = [];
    let at = from;
    for (const [start, end] of taken) {
      if (end <= at || start >= to) continue;
      if (start > at) left.push([at, start]);
      at = Math.max(at, end);
    }
    if (at < to) left.push([at, to]);
    return left;
  });
}

/** Places of a region that extents hold, ascending and joined. */
function heldBy(extents: readonly Extent[], region: string): Span[] {
  const spans = extents
    .filter((extent) => extent.region === region && extent.bytes > 0)
    .map(({ at, bytes }): Span => [at, at + bytes])
    .sort(([left], [right]) => left - right);
  const joined: Span[] = [];
  for (const [from, to] of spans) {
    const last = joined.at(-1);
    if (last !== undefined && last[1] >= from) joined[joined.length - 1] = [last[0], to];
    else joined.push([from, to]);
  }
  return joined;
}

const REGIONS = { states: CONTROL_ARENA, parts: CONTROL_PARTS_ARENA } as const;

/** What the extents of earlier checkpoints do not hold yet. Good while the search goes on. */
export function piecesOf(
  { control, memory }: Memory,
  numbers: SearchNumbers,
  extents: readonly Extent[],
): Piece[] {
  const count = numbers.levels.at(-1) ?? 0;
  const holes = numbers.partHoles.map(([from, to]): Span => [from * PART_BYTES, to * PART_BYTES]);
  const full = {
    states: [[0, count * numbers.packedBytes]] as Span[],
    parts: without([[0, numbers.parts * PART_BYTES]], holes),
  };
  return (['states', 'parts'] as const).flatMap((region) =>
    without(full[region], heldBy(extents, region)).map(([at, end]) => ({
      region,
      at,
      bytes: new Uint8Array(memory.buffer, control.read(REGIONS[region]) + at, end - at),
    })),
  );
}

/** Where an extent belongs in a memory that is laid out for it. */
export function placeOf({ control, memory }: Memory, { region, at, bytes }: Extent): Uint8Array {
  const base = control.read(region === 'parts' ? REGIONS.parts : REGIONS.states);
  return new Uint8Array(memory.buffer, base + at, bytes);
}

/** Writes the numbers of a search back; states and parts have a memory of their own to come to. */
export function writeNumbers(searched: Memory, numbers: SearchNumbers): void {
  const { control } = searched;
  const { level, levels, transitions } = numbers;
  const first = control.read(CONTROL_LEVELS);
  for (const [at, index] of levels.entries()) control.write(first + at * 4, index);
  control.write(CONTROL_LEVEL, level);
  control.write(CONTROL_LEVEL_FROM, levels[level] ?? 0);
  control.write(CONTROL_LEVEL_TO, levels[level + 1] ?? 0);
  control.write(CONTROL_RESERVED, levels[level + 1] ?? 0);
  control.write(CONTROL_PARTS_RESERVED, numbers.parts);
  // All go to the first worker's account.
  for (const address of [CONTROL_TRANSITIONS, lineOf(0) + LINE_TRANSITIONS]) {
    control.write(address, transitions % 2 ** 32);
    control.write(address + 4, Math.floor(transitions / 2 ** 32));
  }
  for (let property = 0; property < PROPERTIES; property += 1) {
    control.write(CONTROL_VIOLATIONS + property * 4, numbers.violations[property] ?? NONE);
    control.write(CONTROL_OWN_VIOLATIONS + property * 4, numbers.ownViolations[property] ?? NONE);
  }
  for (const [worker, [from, to]] of numbers.partHoles.entries()) {
    control.write(lineOf(worker) + LINE_PART_NEXT, from);
    control.write(lineOf(worker) + LINE_PART_END, to);
  }
  const labels = labelsIn(searched);
  for (const detail of numbers.labels) labels[detail] = 1;
}
