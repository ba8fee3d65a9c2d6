/**
 * Large machines cut to what can be explored: of each device some memory blocks are kept, with the
 * bytes in front of the first and behind the last one. docs/scopes.md says what follows from a cut
 * machine for the whole one.
 */
import type { DaxDevice, DaxRegion, Model, Range } from '../model/model.js';

/** A device that was cut. */
export interface Cut {
  readonly device: string;
  /** Blocks that it has, and those that are kept. */
  readonly blocks: number;
  readonly kept: number;
}

export interface Scoped {
  readonly model: Model;
  readonly cuts: readonly Cut[];
  /** Why a large device was left as it is. */
  readonly whole: readonly string[];
}

interface Fit {
  readonly first: bigint;
  readonly blocks: number;
}

/** The whole blocks of a range. */
function fitOf({ start, end }: Range, blockSize: bigint): Fit {
  const first = ((start + blockSize - 1n) / blockSize) * blockSize;
  const behind = ((end + 1n) / blockSize) * blockSize;
  return { first, blocks: behind > first ? Number((behind - first) / blockSize) : 0 };
}

/** How many memory blocks a device has. */
export const blocksOf = ({ ranges }: DaxDevice, blockSize: bigint): number =>
  ranges.reduce((sum, range) => sum + fitOf(range, blockSize).blocks, 0);

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

/** Why a device cannot be cut; null when it can. */
function obstacleOf(model: Model, device: DaxDevice, named: ReadonlySet<number>): string | null {
  const { regions, devices, blockSize } = model.machine;
  const [range, ...more] = device.ranges;
  if (range === undefined || more.length > 0) return 'it has several ranges';
  const region = regions.find(({ name }) => name === device.region);
  const others = devices.filter((other) => other.region === device.region);
  if (region === undefined || others.length > 1) return 'its region has several devices';
  if (region.kind === 'dynamic' && region.end > range.end) return 'its region has room left';
  const { first, blocks } = fitOf(range, blockSize);
  const from = Number(first / blockSize);
  const isNamed = [...named].some((block) => block >= from && block < from + blocks);
  return isNamed ? 'the files name memory blocks of it by number' : null;
}

/** The end of a range of which so many blocks are kept, and the bytes behind the last one. */
function cutEnd(range: Range, blockSize: bigint, kept: number): bigint {
  const { blocks } = fitOf(range, blockSize);
  return range.end - BigInt(blocks - kept) * blockSize;
}

/** Cuts a machine to so many blocks of each device. */
export function scopeModel(model: Model, kept: number): Scoped {
  const { blockSize, devices, regions } = model.machine;
  const named = new Set(
    [...textOf(model).matchAll(/\bmemory(\d+)\b/g)].map(([, number]) => Number(number)),
  );
  const cuts: Cut[] = [];
  const whole: string[] = [];
  const ends = new Map<string, bigint>();
  const cutDevices = devices.map((device): DaxDevice => {
    const [range] = device.ranges;
    const blocks = range === undefined ? 0 : fitOf(range, blockSize).blocks;
    if (range === undefined || blocks <= kept) return device;
    const why = obstacleOf(model, device, named);
    if (why !== null) {
      whole.push(`${device.name} keeps its ${blocks} blocks: ${why}`);
      return device;
    }
    const end = cutEnd(range, blockSize, kept);
    cuts.push({ device: device.name, blocks, kept });
    ends.set(device.region, end);
    return { ...device, ranges: [{ start: range.start, end }] };
  });
  if (cuts.length === 0) return { model, cuts, whole };
  const cutRegions = regions.map((region): DaxRegion => {
    const end = ends.get(region.name);
    return end === undefined ? region : { ...region, end };
  });
  const machine = { ...model.machine, devices: cutDevices, regions: cutRegions };
  return { model: { ...model, machine }, cuts, whole };
}
