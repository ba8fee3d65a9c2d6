/**
 * The renaming that comes of an order of like devices: their regions, blocks, resource slots,
 * names, nodes of the boot tree, addresses, and the strings that name them.
 */
import { File } from '../../../assembly/layout.js';
import type { SymmetryContext } from './context.js';
import { nodeAround } from './likeDevices.js';
import { namesOfDevice, type PlaceRenaming, same } from './renaming.js';

/** What each file takes a string's code for; every other file takes it for a plain number. */
const CODES: ReadonlyMap<number, 'devices' | 'names' | 'regions'> = new Map([
  [File.Bind, 'devices'],
  [File.Unbind, 'devices'],
  [File.OwnUnbind, 'devices'],
  [File.DriversProbe, 'devices'],
  [File.RegionDelete, 'devices'],
  [File.NewId, 'names'],
  [File.RemoveId, 'names'],
  [File.OwnRemoveId, 'names'],
  [File.ProviderBind, 'regions'],
  [File.ProviderUnbind, 'regions'],
  [File.ClaimNamespace, 'regions'],
]);

/** The numbers from 0 on, some of them exchanged. */
function exchanged(count: number, pairs: readonly (readonly [number, number])[]): number[] {
  const numbers = [...same(count)];
  for (const [from, to] of pairs) numbers[from] = to;
  return numbers;
}

type Pairs = (readonly [number, number])[];

interface Move {
  readonly from: number;
  readonly to: number;
}

function regionOf({ plan }: SymmetryContext, device: number): number {
  return plan.devices[device]?.region ?? 0;
}

const isDefined = (pair: readonly [number, number]): boolean => pair.every((number) => number >= 0);

/** Addresses inside a device's region, each with the one as far inside the other's. */
function pointsOf(context: SymmetryContext, { from, to }: Move): Pairs {
  const { plan, points } = context;
  const one = plan.regions[regionOf(context, from)];
  const two = plan.regions[regionOf(context, to)];
  if (one === undefined || two === undefined) return [];
  const places = new Map(points.map((value, place) => [value, place]));
  return points.flatMap((value, place): Pairs => {
    if (value < one.start || value > one.end) return [];
    return [[place, places.get(value - one.start + two.start) ?? -1]];
  });
}

function slotsOf({ plan, state }: SymmetryContext, { from, to }: Move): Pairs {
  const kinds = [state.daxSlot, state.kmemSlot, state.ramSlot];
  const ranges = same(plan.rangeMax).flatMap((range) =>
    kinds.map((kind): readonly [number, number] => [kind(from) + range, kind(to) + range]),
  );
  const spares = same(state.spares).map((number): readonly [number, number] => [
    state.spareSlot(from) + number,
    state.spareSlot(to) + number,
  ]);
  return [...ranges, ...spares];
}

function blocksOf(context: SymmetryContext, { from, to }: Move): Pairs {
  const numbersOf = (device: number): readonly number[] =>
    context.plan.blocks.flatMap(({ region }, index) =>
      region === regionOf(context, device) ? [index] : [],
    );
  const others = numbersOf(to);
  return numbersOf(from).map((block, at): readonly [number, number] => [block, others[at] ?? -1]);
}

function stringsOf({ plan, strings }: SymmetryContext, { from, to }: Move): Pairs {
  const others = namesOfDevice(plan, to);
  return namesOfDevice(plan, from).flatMap((name, at): Pairs => {
    const number = strings.indexOf(name);
    return number < 0 ? [] : [[number, strings.indexOf(others[at] ?? '')]];
  });
}

/** Whether every string means to every file what its like means to it. */
function meansTheSame({ strings, values }: SymmetryContext, renaming: PlaceRenaming): boolean {
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  const count = strings.length;
  const files = values.length / 2 / count;
  return same(files).every((file) => {
    const kind = CODES.get(file);
    const codeOf = (string: number): number => view.getUint16((file * count + string) * 2, true);
    return same(count).every((string) => {
      const code = codeOf(string);
      const fresh = kind === undefined ? code : (renaming[kind][code] ?? code);
      return codeOf(renaming.strings[string] ?? 0) === fresh;
    });
  });
}

/**
 * Renames by an order of devices, each taking the place of one that it is alike.
 *
 * @param devices new numbers by old ones.
 * @returns null when something that belongs to a device has no like.
 */
export function renamePlaces(
  context: SymmetryContext,
  devices: readonly number[],
): PlaceRenaming | null {
  const { plan, state, names, statics, points, strings } = context;
  const moves = devices.flatMap((to, from) => (to === from ? [] : [{ from, to }]));
  const all = (pairsOf: (move: Move) => Pairs): Pairs => moves.flatMap(pairsOf);
  const regions = all(({ from, to }) => [[regionOf(context, from), regionOf(context, to)]]);
  const nodes = regions.map(([from, to]): readonly [number, number] => {
    const [one, two] = [plan.regions[from], plan.regions[to]];
    if (one === undefined || two === undefined) return [-1, -1];
    return [nodeAround(context, one), nodeAround(context, two)];
  });
  const own = all(({ from, to }) => {
    const nameAt = (device: number): number => names.indexOf(plan.devices[device]?.name ?? '');
    return [[nameAt(from), nameAt(to)]];
  });
  const parts = [
    all((move) => blocksOf(context, move)),
    all((move) => slotsOf(context, move)),
    all((move) => pointsOf(context, move)),
    all((move) => stringsOf(context, move)),
  ];
  const [blocks = [], slots = [], places = [], texts = []] = parts;
  if (![...parts.flat(), ...nodes, ...own].every(isDefined)) return null;
  const renaming: PlaceRenaming = {
    devices,
    regions: exchanged(plan.regions.length, regions),
    blocks: exchanged(plan.blocks.length, blocks),
    slots: exchanged(state.slotCount, slots),
    names: exchanged(names.length, own),
    statics: exchanged(statics.length + 1, nodes),
    points: exchanged(points.length, places),
    strings: exchanged(strings.length, texts),
  };
  return meansTheSame(context, renaming) ? renaming : null;
}
