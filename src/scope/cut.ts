/**
 * Large machines cut to what can be explored: of each device some memory blocks are kept, with the
 * bytes in front of the first and behind the last one. docs/scopes.md says what follows from a cut
 * machine for the whole one.
 */
import { divides } from '../compile/universe.js';
import type {
  BlockInitial,
  DaxDevice,
  DaxRegion,
  InitialBlocks,
  Model,
  Range,
} from '../model/model.js';
import { wholeBlocks } from '../model/quantity.js';

/** A device that was cut. */
export interface Cut {
  readonly device: string;
  /** Blocks that it has, and those that are kept. */
  readonly blocks: number;
  readonly kept: number;
  /** Stretches of blocks that begin alike; of each some are kept. */
  readonly stretches: number;
}

export interface Scoped {
  readonly model: Model;
  readonly cuts: readonly Cut[];
  /** Why a large device was left as it is. */
  readonly whole: readonly string[];
}

/** How many memory blocks a device has. */
export const blocksOf = ({ ranges }: DaxDevice, blockSize: bigint): number =>
  ranges.reduce((sum, range) => sum + wholeBlocks(range, blockSize).count, 0);

/** How many blocks all devices have together. */
export const blockCount = ({ machine }: Model): number =>
  machine.devices.reduce((sum, device) => sum + blocksOf(device, machine.blockSize), 0);

/** Texts of all actors: blocks that they name by number must be there. */
const textOf = (model: Model): string =>
  model.actors
    .flatMap((actor) =>
      actor.kind === 'script'
        ? [actor.script.text]
        : actor.kind === 'udev'
          ? actor.rules.map(({ text }) => text)
          : actor.commands.map(({ text }) => text),
    )
    .join('\n');

/** Whether the files may divide regions: else nobody comes to see the room that one has left. */
function isDivided(model: Model): boolean {
  const { creates, resizes } = divides(model);
  return creates + resizes > 0 || /\/delete\b/.test(textOf(model));
}

/** Why a device cannot be cut; null when it can. */
function obstacleOf(model: Model, device: DaxDevice, named: ReadonlySet<number>): string | null {
  const { regions, devices, blockSize } = model.machine;
  const [range, ...more] = device.ranges;
  if (range === undefined || more.length > 0) return 'it has several ranges';
  const region = regions.find(({ name }) => name === device.region);
  const others = devices.filter((other) => other.region === device.region);
  if (region === undefined || others.length > 1) return 'its region has several devices';
  const hasRoom = region.start < range.start || region.end > range.end;
  if (region.kind === 'dynamic' && hasRoom && isDivided(model)) {
    return 'its region has room left, and the files divide it';
  }
  const { first, count } = wholeBlocks(range, blockSize);
  const isNamed = [...named].some((block) => block >= first && block < first + count);
  return isNamed ? 'the files name memory blocks of it by number' : null;
}

/** Consecutive blocks that begin alike; null: as the device says, or not on kmem. */
interface Stretch {
  readonly initial: BlockInitial | null;
  readonly length: number;
}

/** Beyond so many stretches blocks of one state are put together. */
export const STRETCHES_MAX = 4;

/** A device's blocks in order of address, by what they are at the start. */
export function stretchesOf(device: DaxDevice, blockSize: bigint): readonly Stretch[] {
  const [range] = device.ranges;
  if (range === undefined) return [];
  const { first, count } = wholeBlocks(range, blockSize);
  let at = first;
  const stretches: Stretch[] = [];
  const add = (initial: BlockInitial | null, length: number): void => {
    const last = stretches.at(-1);
    if (length <= 0) return;
    if (last?.initial !== initial) stretches.push({ initial, length });
    else stretches[stretches.length - 1] = { initial, length: last.length + length };
  };
  for (const own of device.ownBlocks) {
    add(device.blocks, own.first - at);
    add(own.initial, own.last + 1 - own.first);
    at = own.last + 1;
  }
  add(device.blocks, first + count - at);
  return stretches;
}

/** One stretch for each state, in the order in which they first come. */
function byState(stretches: readonly Stretch[]): readonly Stretch[] {
  const lengths = new Map<BlockInitial | null, number>();
  for (const { initial, length } of stretches) {
    lengths.set(initial, (lengths.get(initial) ?? 0) + length);
  }
  return [...lengths].map(([initial, length]) => ({ initial, length }));
}

/** The device with so many blocks of each stretch, one behind the other. */
function cutDevice(device: DaxDevice, range: Range, blockSize: bigint, kept: number) {
  const all = stretchesOf(device, blockSize);
  const stretches = all.length > STRETCHES_MAX ? byState(all) : all;
  const { first } = wholeBlocks(range, blockSize);
  let at = first;
  const ownBlocks = stretches.flatMap(({ initial, length }): readonly InitialBlocks[] => {
    const from = at;
    at += Math.min(length, kept);
    const own = { first: from, last: at - 1, place: device.place };
    return initial === null ? [] : [{ ...own, initial }];
  });
  const count = at - first;
  const end = cutEnd(range, blockSize, count);
  const isAlike = stretches.length <= 1;
  return {
    device: {
      ...device,
      ranges: [{ start: range.start, end }],
      ownBlocks: isAlike ? [] : ownBlocks,
    },
    ...{ end, count, stretches: all.length },
  };
}

/** The end of a range of which so many blocks are kept, and the bytes behind the last one. */
function cutEnd(range: Range, blockSize: bigint, kept: number): bigint {
  const { count } = wholeBlocks(range, blockSize);
  return range.end - BigInt(count - kept) * blockSize;
}

/** Cuts a machine to so many blocks of each device; where they begin otherwise, of each stretch. */
export function scopeModel(model: Model, kept: number): Scoped {
  const { blockSize, devices, regions } = model.machine;
  const named = new Set(
    [...textOf(model).matchAll(/\bmemory(\d+)\b/g)].map(([, number]) => Number(number)),
  );
  const cuts: Cut[] = [];
  const whole: string[] = [];
  const ranges = new Map<string, Range>();
  const cutDevices = devices.map((device): DaxDevice => {
    const [range] = device.ranges;
    const blocks = range === undefined ? 0 : wholeBlocks(range, blockSize).count;
    if (range === undefined || blocks <= kept) return device;
    const why = obstacleOf(model, device, named);
    if (why !== null) {
      whole.push(`${device.name} keeps its ${blocks} blocks: ${why}`);
      return device;
    }
    const made = cutDevice(device, range, blockSize, kept);
    if (made.count === blocks) return device;
    cuts.push({ device: device.name, blocks, kept: made.count, stretches: made.stretches });
    ranges.set(device.region, { start: range.start, end: made.end });
    return made.device;
  });
  if (cuts.length === 0) return { model, cuts, whole };
  const cutRegions = regions.map((region): DaxRegion => {
    const left = ranges.get(region.name);
    if (left === undefined) return region;
    // What else a dynamic region has is room; in front of a static one's device lies metadata.
    return { ...region, ...(region.kind === 'dynamic' ? left : { end: left.end }) };
  });
  const machine = { ...model.machine, devices: cutDevices, regions: cutRegions };
  return { model: { ...model, machine }, cuts, whole };
}
