/**
 * The state of a device's memory blocks: as lsmem and sysfs tell it, as daxctl counts it, or as
 * auto_online_blocks says.
 */
import type { BlockInitial, Range } from '../model/model.js';
import { type Around, startOfInput } from './around.js';
import { type BlockRun, type DeviceFacts, warn } from './facts.js';
import { runsInside } from './lsmem.js';
import type { ImportedBlocks, ImportedDevice, Known } from './machine.js';

/** How a run of blocks is written in a model; null for a state between two. */
function initialOf({ state, zones }: BlockRun): BlockInitial | null {
  if (state === 'offline') return 'offline';
  if (state !== 'online') return null;
  return zones?.startsWith('Movable') === true ? 'online_movable' : 'online';
}

function countedBlocks(device: DeviceFacts, around: Around): Known<BlockInitial> | null {
  const [online] = device.onlineBlocks;
  const [total] = device.totalBlocks;
  const [movable] = device.movable;
  if (online === undefined && movable === undefined) return null;
  if (online !== undefined && online.value === 0) {
    return { value: 'offline', origin: { place: online.place } };
  }
  const place = online?.place ?? movable?.place ?? startOfInput(around.facts);
  const value = movable?.value === true ? 'online_movable' : 'online';
  if (online !== undefined && total !== undefined && online.value < total.value) {
    const message = `${online.value} of the ${total.value} blocks of ${device.name} are online`;
    const assumed = `which of them is not told: all are taken as ${value}; give --lsmem or --sysfs`;
    warn(around.facts, 'DAX517', place, message, { assumed });
  }
  return { value, origin: { place } };
}

/** Blocks whose states an input tells, by number; those between two states are left out. */
function toldBlocks(runs: readonly BlockRun[], blockSize: bigint): ImportedBlocks[] {
  const told: ImportedBlocks[] = [];
  for (const run of [...runs].sort((left, right) => (left.start < right.start ? -1 : 1))) {
    const value = initialOf(run);
    if (value === null) continue;
    const first = Number(run.start / blockSize);
    const last = Number((run.end + 1n) / blockSize) - 1;
    const before = told.at(-1);
    if (before !== undefined && before.last + 1 === first && before.initial.value === value) {
      told[told.length - 1] = { ...before, last };
    } else if (before === undefined || before.last < first) {
      told.push({ first, last, initial: { value, origin: { place: run.place } } });
    }
  }
  return told;
}

/** Tells the state of all blocks, or of each. */
export function blocksOf(
  device: DeviceFacts,
  ranges: readonly Range[],
  around: Around,
): NonNullable<ImportedDevice['blocks']> {
  const { facts, blockSize } = around;
  const runs = ranges.flatMap((range) => runsInside(facts.blocks, range));
  const told = blockSize === null ? [] : toldBlocks(runs, blockSize);
  const [first] = told;
  if (first !== undefined) {
    const isAlike = told.every(({ initial }) => initial.value === first.initial.value);
    return isAlike ? first.initial : { value: told, origin: first.initial.origin };
  }
  const counted = countedBlocks(device, around);
  if (counted !== null) return counted;
  const assumed = `as auto_online_blocks says, ${around.policy}`;
  const place = device.drivers[0]?.place ?? startOfInput(facts);
  warn(facts, 'DAX519', place, `no input tells the state of the blocks of ${device.name}`, {
    assumed: `taken ${assumed}`,
    how: 'give --lsmem, --sysfs, or `daxctl list -D` of v72 or later',
  });
  return { value: around.policy, origin: { assumed } };
}
