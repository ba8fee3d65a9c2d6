/**
 * The boundary table: every address and size that a state can hold, ascending, as exact 64-bit
 * values.
 *
 * States hold 16-bit places in it. Closed under block alignment, and in dynamic regions under the
 * grain of all sizes that occur, so that no address of a run can be missing.
 */
import { POINT_MAX } from '../../assembly/layout.js';
import { type Diagnostic, diagnose } from '../errors.js';
import type { DaxRegion, Model } from '../model/model.js';
import { parseSize } from '../model/quantity.js';
import type { Plan } from './universe.js';

const HIGHEST = (1n << 64n) - 1n;

const greatestDivisor = (left: bigint, right: bigint): bigint =>
  right === 0n ? left : greatestDivisor(right, left % right);

/** A number as the kernel's kstrtoull() reads it, base 0; null when it cannot. */
export function parseNumber(text: string): bigint | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text);
  if (/^0[0-7]*$/.test(text)) return BigInt(`0o${text.slice(1) || '0'}`);
  return /^\+?[1-9][0-9]*$/.test(text) ? BigInt(text.replace('+', '')) : null;
}

/** The two addresses of "start-end", hexadecimal; null when it is none. */
export function parseMapping(text: string): readonly [bigint, bigint] | null {
  const match = /^(?:0[xX])?([0-9a-fA-F]+)-(?:0[xX])?([0-9a-fA-F]+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return [BigInt(`0x${match[1]}`), BigInt(`0x${match[2]}`)];
}

/** Numbers that the scripts' strings may mean. */
function numbersOf(strings: readonly string[]): readonly bigint[] {
  return strings
    .flatMap((text) => [parseNumber(text), parseSize(text), ...(parseMapping(text) ?? [])])
    .filter((value) => value !== null)
    .filter((value) => value <= HIGHEST);
}

/**
 * Smallest size that a device of a dynamic region takes: a subsection. Others are refused before
 * any use.
 */
const SUBSECTION = 0x200000n;

/** Distances from a region's start at which a script's sizes and mappings can put an edge. */
function edgesOf(strings: readonly string[], region: DaxRegion): readonly bigint[] {
  return strings.flatMap((text) => {
    const mapping = parseMapping(text);
    if (mapping === null) {
      const value = parseNumber(text);
      return value !== null && value % SUBSECTION === 0n ? [value] : [];
    }
    const [start, end] = mapping;
    const isInside =
      start >= region.start && end <= region.end && (end - start + 1n) % SUBSECTION === 0n;
    return isInside ? [start - region.start, end + 1n - region.start] : [];
  });
}

/** The unit of all edges that ranges of a dynamic region can have. */
function grainOf(model: Model, strings: readonly string[], region: DaxRegion): bigint {
  const ranges = model.machine.devices
    .filter((device) => device.region === region.name)
    .flatMap(({ ranges: own }) => own);
  const edges = [
    ...edgesOf(strings, region),
    ...ranges.flatMap(({ start, end }) => [start - region.start, end + 1n - region.start]),
  ];
  const size = region.end - region.start + 1n;
  return edges
    .filter((edge) => edge > 0n)
    .reduce(greatestDivisor, greatestDivisor(size, model.machine.blockSize));
}

function* pointsOfDynamic(
  model: Model,
  regions: readonly DaxRegion[],
  strings: readonly string[],
): Generator<bigint> {
  for (const region of regions) {
    if (region.kind !== 'dynamic') continue;
    yield region.align;
    const grain = grainOf(model, strings, region);
    for (let at = region.start; at <= region.end && grain > 0n; at += grain) {
      yield at;
      yield at + grain - 1n;
      // Sizes that size and available_size may show.
      yield at + grain - region.start;
    }
  }
}

/** What size, available_size and align may say: numbers that a script can read and use. */
export function sizesSaid(model: Model, plan: Plan, strings: readonly string[]): readonly bigint[] {
  const found = new Set<bigint>([0n]);
  for (const region of plan.regions) {
    found.add(region.align).add(region.end - region.start + 1n);
    const grain = region.kind === 'dynamic' ? grainOf(model, strings, region) : 0n;
    const size = region.end - region.start + 1n;
    for (let bytes = grain; bytes <= size && grain > 0n; bytes += grain) {
      found.add(bytes);
      if (found.size > SIZES_MAX) return [...found];
    }
  }
  for (const { declared } of plan.devices) {
    const sizes = (declared?.ranges ?? []).map(({ start, end }) => end - start + 1n);
    found.add(sizes.reduce((sum, bytes) => sum + bytes, 0n));
  }
  return [...found];
}

/** More than the strings that a variable can hold. */
const SIZES_MAX = 300;

/** Collects the table; a fault when it would be too large. */
export function planPoints(
  model: Model,
  plan: Plan,
  strings: readonly string[],
): { points: readonly bigint[]; diagnostics: readonly Diagnostic[] } {
  const { blockSize } = model.machine;
  const found = new Set<bigint>([0n, HIGHEST]);
  const addRange = (start: bigint, end: bigint): void => {
    for (const edge of [start, end + 1n]) {
      const down = edge - (edge % blockSize);
      for (const at of [edge, down, down + blockSize]) {
        if (at > 0n && at <= HIGHEST) found.add(at).add(at - 1n);
      }
    }
  };
  for (const region of plan.regions) {
    addRange(region.start, region.end);
    if (region.namespace !== null) {
      addRange(region.start, region.start + region.namespace.metadataBytes - 1n);
    }
  }
  for (const { start, end } of plan.publications) addRange(start, end);
  for (const { declared } of plan.devices) {
    for (const { start, end } of declared?.ranges ?? []) addRange(start, end);
  }
  for (const { declared } of plan.devices) {
    const sizes = (declared?.ranges ?? []).map(({ start, end }) => end - start + 1n);
    found.add(sizes.reduce((sum, size) => sum + size, 0n));
  }
  for (const { start } of plan.blocks) addRange(start, start + blockSize - 1n);
  const numbers = numbersOf(strings);
  for (const value of numbers) found.add(value);
  const diagnostics: Diagnostic[] = [];
  for (const at of pointsOfDynamic(model, plan.regions, strings)) {
    found.add(at);
    if (found.size <= POINT_MAX) continue;
    const message = 'the sizes of this model divide its regions too finely';
    diagnostics.push(
      diagnose('DAX303', model.kernel.place, message, { limit: `${POINT_MAX} boundaries` }),
    );
    break;
  }
  return { points: [...found].sort((left, right) => (left < right ? -1 : 1)), diagnostics };
}
