/**
 * What daxctl does to one device for each of its commands.
 *
 * Source: pmem/ndctl daxctl/device.c, v81.
 */
import { askEnabled, askMemory, disableDevice, enableDevice } from './libdaxctl.js';
import { askNoneOnline, countOnline, offlineMemory, onlineMemory } from './memory.js';
import {
  ask,
  clear,
  EBUSY,
  EINVAL,
  ENOSPC,
  ENXIO,
  ERRNO,
  endWithKept,
  FREE,
  jump,
  keepErrno,
  label,
  mark,
  type Outcome,
  put,
  read,
  TEXT,
  type Tool,
  tell,
  unless,
  when,
  write,
  writeVariable,
} from './tool.js';

/** What a command does to each device; it ends by `tool.end` on every way. */
export type DeviceAction = (tool: Tool) => void;

/** Ends unless the device is memory. Source: do_xline(). */
function needMemory(tool: Tool): void {
  const ready = label(tool);
  askMemory(tool);
  when(tool, ready);
  tell(tool, 'memory operations are not applicable in devdax mode');
  tool.end(ENXIO);
  mark(tool, ready);
}

export const onlineDevice: DeviceAction = (tool) => {
  needMemory(tool);
  onlineMemory(tool);
};

export const offlineDevice: DeviceAction = (tool) => {
  needMemory(tool);
  offlineMemory(tool, () => tool.end(1));
  tool.end(0);
};

/** Ends where the device is memory. Source: do_xble(). */
function needDevdax(tool: Tool): void {
  const ready = label(tool);
  askMemory(tool);
  unless(tool, ready);
  tell(tool, 'status operations are only applicable in devdax mode');
  tool.end(ENXIO);
  mark(tool, ready);
}

export const enable: DeviceAction = (tool) => {
  needDevdax(tool);
  enableDevice(tool, 'device_dax');
  tool.end(0);
};

export const disable: DeviceAction = (tool) => {
  needDevdax(tool);
  disableDevice(tool);
  tool.end(0);
};

/** Refuses while the kernel would bring the memory online. Source: reconfig_mode_system_ram(). */
function checkPolicy(tool: Tool): void {
  const { online, movable, force } = tool.options;
  if (!tool.features.has('policy-check') || force || (online && !movable)) return;
  const ready = label(tool);
  read(tool, { kind: 'auto_online_blocks' }, TEXT);
  // Of the four policies only this one does not begin with "online".
  ask(tool, TEXT, 'offline');
  clear(tool, TEXT);
  when(tool, ready);
  tell(tool, 'error: kernel policy will auto-online memory, aborting');
  tool.end(EBUSY);
  mark(tool, ready);
}

/**
 * Makes the device memory. That it is memory already is a success, and its blocks are brought
 * online all the same. Source: reconfig_mode_system_ram(), disable_devdax_device().
 */
function toSystemRam(tool: Tool): void {
  const free = label(tool);
  const disabling = label(tool);
  const bound = label(tool);
  checkPolicy(tool);
  askEnabled(tool);
  unless(tool, free);
  askMemory(tool);
  unless(tool, disabling);
  tell(tool, 'was already in system-ram mode');
  jump(tool, bound);
  mark(tool, disabling);
  disableDevice(tool);
  mark(tool, free);
  enableDevice(tool, 'kmem');
  if (tool.options.online) {
    askMemory(tool);
    when(tool, bound);
    tell(tool, 'failed to get the memory object');
    tool.end(ENXIO);
  }
  mark(tool, bound);
  if (tool.options.online) onlineMemory(tool);
  else tool.end(0);
}

/**
 * Makes the device a devdax one. Whether a block is online is looked at, then the device is
 * unbound: two steps. Source: reconfig_mode_devdax(), disable_system_ram_device().
 */
function toDevdax(tool: Tool): void {
  const free = label(tool);
  const memory = label(tool);
  const idle = label(tool);
  const counting = label(tool);
  askEnabled(tool);
  unless(tool, free);
  askMemory(tool);
  when(tool, memory);
  tell(tool, 'was already in devdax mode');
  tool.end(1);
  mark(tool, memory);
  if (tool.options.force) offlineMemory(tool, () => jump(tool, counting));
  mark(tool, counting);
  countOnline(tool);
  askNoneOnline(tool);
  when(tool, idle);
  tell(tool, 'error reconfiguring devices: Device or resource busy');
  tool.end(EBUSY);
  mark(tool, idle);
  disableDevice(tool);
  mark(tool, free);
  enableDevice(tool, 'device_dax');
  tool.end(0);
}

/** Writes the device's align or size; any failure is the same. */
function writeNumber(tool: Tool, attr: 'align' | 'size', value: bigint): void {
  const done = label(tool);
  const { name: device } = tool.device;
  write(tool, { kind: 'device', device, attr }, `0x${value.toString(16)}`);
  when(tool, done);
  tell(tool, `failed to set ${attr}`);
  tool.end(ENXIO);
  mark(tool, done);
}

/**
 * Source: do_reconfig(), parse_device_options(): with a size or an align the mode is not looked at,
 * and with an align alone that ends as an unknown mode, after the align was written.
 */
export const reconfigure: DeviceAction = (tool) => {
  const { mode, size, align } = tool.options;
  if (align !== null) writeNumber(tool, 'align', align);
  if (size !== null) {
    writeNumber(tool, 'size', size);
    tool.end(0);
  } else if (align !== null || mode === null) {
    tell(tool, 'unknown mode requested: 0');
    tool.end(EINVAL);
  } else {
    const quiet = tool.features.has('already-online-is-success');
    const end = (outcome: Outcome): void => tool.end(quiet && outcome === 1 ? 0 : outcome);
    const change = mode === 'system-ram' ? toSystemRam : toDevdax;
    change({ ...tool, end });
  }
};

/**
 * Takes the device's ranges and then the device away. With --force one that is memory is unbound
 * without a look at its blocks. Source: dev_destroy().
 */
export const destroy: DeviceAction = (tool) => {
  const { name, region } = tool.device;
  if (!tool.options.force) {
    const idle = label(tool);
    askEnabled(tool);
    unless(tool, idle);
    tell(tool, 'is active, specify --force for deletion');
    tool.end(ENXIO);
    mark(tool, idle);
  }
  disableDevice(tool);
  writeNumber(tool, 'size', 0n);
  const deleted = label(tool);
  write(tool, { kind: 'region', region, attr: 'delete' }, name);
  when(tool, deleted);
  if (tool.features.has('destroy-first') && name.endsWith('.0')) {
    keepErrno(tool);
    put(tool, { op: 'status-is', value: EBUSY });
    when(tool, deleted);
    endWithKept(tool);
  }
  tool.end('errno');
  mark(tool, deleted);
  clear(tool, ERRNO);
  tool.end(0);
};

/** Divides a new device out of its region. Source: do_create() after the seed was found. */
export const create: DeviceAction = (tool) => {
  const { size, align } = tool.options;
  if (align !== null) writeNumber(tool, 'align', align);
  if (size === null) takeAll(tool);
  else writeNumber(tool, 'size', size);
  enableDevice(tool, 'device_dax');
  tool.end(0);
};

/** Gives the device all that is free in its region: a read, and then a write of what it said. */
function takeAll(tool: Tool): void {
  const some = label(tool);
  const done = label(tool);
  const { name: device, region } = tool.device;
  read(tool, { kind: 'region', region, attr: 'available_size' }, FREE);
  unless(tool, done);
  ask(tool, FREE, '0');
  unless(tool, some);
  mark(tool, done);
  clear(tool, FREE);
  tool.end(ENOSPC);
  mark(tool, some);
  const written = label(tool);
  writeVariable(tool, { kind: 'device', device, attr: 'size' }, FREE);
  clear(tool, FREE);
  when(tool, written);
  tell(tool, 'failed to set size');
  tool.end(ENXIO);
  mark(tool, written);
}
