/**
 * The memory of a device: its blocks counted, looked at, brought online and taken offline, one
 * after the other, each by reads and writes of its own.
 *
 * Source: pmem/ndctl daxctl/lib/libdaxctl.c daxctl_memory_op(), daxctl/device.c
 * dev_online_memory(), dev_offline_memory(), v81. Simplified: the listing of the node's directory
 * and the first look at a block are one step, so a block that goes between the two is passed over.
 */
import type { Label } from '../builder.js';
import type { SysfsFile } from '../program.js';
import {
  ask,
  COUNT_ALL,
  COUNT_ONLINE,
  clear,
  DONE,
  EBUSY,
  ENXIO,
  EOPNOTSUPP,
  ERRNO,
  endWithKept,
  jump,
  keepErrno,
  label,
  look,
  mark,
  put,
  read,
  TEXT,
  type Tool,
  tell,
  unless,
  when,
  write,
} from './tool.js';

const RACE = 'WARNING: detected a race while onlining memory';

type BlockAttribute = 'state' | 'removable' | 'valid_zones';

const fileOf = (block: number, attr: BlockAttribute): SysfsFile => ({ kind: 'block', block, attr });

/** Blocks that the tool takes for the device's. Source: memblock_in_dev(). */
function blocksOfTool({ device, features }: Tool): readonly number[] {
  const behind = device.blockBehind ?? null;
  return features.has('last-block') || behind === null ? device.blocks : [...device.blocks, behind];
}

/** Does something for each block that the directory lists, in ascending order. */
function forEachBlock(tool: Tool, each: (block: number, next: Label) => void): void {
  for (const block of blocksOfTool(tool)) {
    const next = label(tool);
    if (tool.device.divided === true) {
      look(tool, { kind: 'device-block', device: tool.device.name, block });
      unless(tool, next);
    }
    each(block, next);
    mark(tool, next);
  }
}

/** Reads a block's state and asks whether it is online; one that is not there is passed over. */
function askOnline(tool: Tool, block: number, next: Label): void {
  read(tool, fileOf(block, 'state'), TEXT);
  unless(tool, next);
  ask(tool, TEXT, 'online');
  clear(tool, TEXT);
}

/** Counts the blocks. Source: daxctl_memory_num_sections(). */
function countAll(tool: Tool): void {
  forEachBlock(tool, (block, next) => {
    if (tool.device.divided !== true) {
      look(tool, { kind: 'block-directory', block });
      unless(tool, next);
    }
    put(tool, { op: 'count', variable: COUNT_ALL });
  });
}

/** Counts the blocks that are online. Source: daxctl_memory_is_online(). */
export function countOnline(tool: Tool): void {
  clear(tool, COUNT_ONLINE);
  forEachBlock(tool, (block, next) => {
    askOnline(tool, block, next);
    unless(tool, next);
    put(tool, { op: 'count', variable: COUNT_ONLINE });
  });
}

/** Asks whether no block was online at the last count; forgets the count. */
export function askNoneOnline(tool: Tool): void {
  ask(tool, COUNT_ONLINE, '');
  clear(tool, COUNT_ONLINE);
}

function clearCounts(tool: Tool): void {
  for (const counter of [COUNT_ALL, COUNT_ONLINE, DONE]) clear(tool, counter);
}

function endWith(tool: Tool, outcome: number): void {
  clearCounts(tool);
  tool.end(outcome);
}

// ---- Online -----------------------------------------------------------------------------------

/**
 * Brings one block online. One that somebody else has brought online meanwhile counts as done, in
 * whatever zone. With --no-movable the kernel is left to pick the zone: the word is `online`.
 * Source: online_one_memblock(), libdaxctl-private.h state_strings.
 */
function onlineOne(tool: Tool, block: number, next: Label): void {
  const done = label(tool);
  const failed = label(tool);
  askOnline(tool, block, next);
  when(tool, next);
  write(tool, fileOf(block, 'state'), tool.options.movable ? 'online_movable' : 'online');
  when(tool, done);
  keepErrno(tool);
  askOnline(tool, block, failed);
  unless(tool, failed);
  clear(tool, ERRNO);
  jump(tool, done);
  mark(tool, failed);
  tell(tool, 'failed to online memory');
  clearCounts(tool);
  endWithKept(tool);
  mark(tool, done);
  put(tool, { op: 'assign', variable: DONE, value: { kind: 'constant', text: 'online' } });
}

/**
 * Where no block was left to do, looks in which zone each of them is.
 * Source: daxctl_memory_online_with_zone(), memblock_find_zone(); the zone matters since v79.
 */
function scanZones(tool: Tool): void {
  const wanted = tool.options.movable ? 'Movable' : 'Normal';
  forEachBlock(tool, (block, next) => {
    const online = label(tool);
    askOnline(tool, block, next);
    when(tool, online);
    tell(tool, 'failed to online memory: No such device or address');
    endWith(tool, ENXIO);
    mark(tool, online);
    if (!tool.features.has('online-zone-check')) return;
    read(tool, fileOf(block, 'valid_zones'), TEXT);
    unless(tool, next);
    ask(tool, TEXT, wanted);
    clear(tool, TEXT);
    when(tool, next);
    tell(tool, RACE);
    endWith(tool, EBUSY);
  });
}

/** Since v67 it tells that somebody else was faster, whatever then comes of it. */
function tellRace(tool: Tool): void {
  if (!tool.features.has('online-zone-scan')) return;
  const first = label(tool);
  ask(tool, COUNT_ONLINE, '');
  when(tool, first);
  tell(tool, RACE);
  mark(tool, first);
}

/** Brings the device's memory online; its outcome ends the tool. Source: dev_online_memory(). */
export function onlineMemory(tool: Tool): void {
  const rest = label(tool);
  const counted = label(tool);
  const fewer = label(tool);
  countAll(tool);
  countOnline(tool);
  tellRace(tool);
  put(tool, { op: 'less', left: COUNT_ONLINE, right: COUNT_ALL });
  when(tool, rest);
  tell(tool, 'all memory sections already online');
  endWith(tool, 1);
  mark(tool, rest);
  forEachBlock(tool, (block, next) => onlineOne(tool, block, next));
  if (tool.features.has('online-zone-scan')) {
    ask(tool, DONE, '');
    unless(tool, counted);
    scanZones(tool);
    mark(tool, counted);
  }
  clear(tool, DONE);
  countOnline(tool);
  put(tool, { op: 'less', left: COUNT_ONLINE, right: COUNT_ALL });
  when(tool, fewer);
  endWith(tool, 0);
  mark(tool, fewer);
  tell(tool, 'failed to online all memory sections');
  endWith(tool, ENXIO);
}

// ---- Offline ----------------------------------------------------------------------------------

/** Takes one block offline. Source: offline_one_memblock(). */
function offlineOne(tool: Tool, block: number, next: Label): void {
  const failed = label(tool);
  askOnline(tool, block, next);
  unless(tool, next);
  if (tool.features.has('removable-check')) {
    const removable = label(tool);
    read(tool, fileOf(block, 'removable'), TEXT);
    unless(tool, next);
    ask(tool, TEXT, '0');
    clear(tool, TEXT);
    unless(tool, removable);
    tell(tool, `memory${block} is unremovable`);
    endWith(tool, EOPNOTSUPP);
    mark(tool, removable);
  }
  write(tool, fileOf(block, 'state'), 'offline');
  when(tool, next);
  keepErrno(tool);
  askOnline(tool, block, failed);
  when(tool, failed);
  clear(tool, ERRNO);
  jump(tool, next);
  mark(tool, failed);
  tell(tool, `Failed to offline memory${block}`);
  endWithKept(tool);
}

/**
 * Takes every block offline that is online; `none` is called where no block was.
 * Source: daxctl_memory_is_online(), daxctl_memory_offline().
 */
export function offlineBlocks(tool: Tool, none: () => void): void {
  const some = label(tool);
  countOnline(tool);
  askNoneOnline(tool);
  unless(tool, some);
  none();
  mark(tool, some);
  forEachBlock(tool, (block, next) => offlineOne(tool, block, next));
}

/**
 * Takes the device's memory offline. `none` is called where nothing was online; otherwise control
 * goes on when all is offline. Source: dev_offline_memory(), v81.
 */
export function offlineMemory(tool: Tool, none: () => void): void {
  const done = label(tool);
  offlineBlocks(tool, () => {
    tell(tool, 'all memory sections already offline');
    none();
  });
  countOnline(tool);
  askNoneOnline(tool);
  when(tool, done);
  tell(tool, 'failed to offline all memory sections');
  tool.end(ENXIO);
  mark(tool, done);
}
