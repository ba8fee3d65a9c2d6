/**
 * libdaxctl's part: whether a device is enabled, taking it from its driver and giving it to one.
 *
 * Source: pmem/ndctl daxctl/lib/libdaxctl.c, v81.
 */
import type { DriverName } from '../../model/model.js';
import {
  clear,
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
  type Tool,
  tell,
  unless,
  when,
  write,
} from './tool.js';

/**
 * Asks whether the device has a driver: the link in its directory.
 * Source: daxctl_dev_is_enabled().
 */
export function askEnabled(tool: Tool): void {
  look(tool, { kind: 'driver-link', device: tool.device.name, driver: null });
}

/**
 * Asks whether the device is memory: its link leads to kmem.
 * Source: daxctl_dev_is_system_ram_capable(), daxctl_dev_alloc_mem(). Simplified: the look at the
 * link and reading it are one step.
 */
export function askMemory(tool: Tool): void {
  look(tool, { kind: 'driver-link', device: tool.device.name, driver: 'kmem' });
}

/** Ends for a device of the old class, which has no bus. Source: device_model_is_dax_bus(). */
function isClassDevice(tool: Tool): boolean {
  if (tool.device.compat !== true) return false;
  tell(tool, 'error: device model is dax-class');
  tool.end(EOPNOTSUPP);
  return true;
}

/**
 * Unbinds the device from the driver that it has, its id first.
 *
 * What the two writes answer is not looked at, but that a failed remove_id leaves out the unbind;
 * only whether a driver is there afterwards. Source: daxctl_dev_disable(), daxctl_unbind().
 */
export function disableDevice(tool: Tool): void {
  if (isClassDevice(tool)) return;
  const device = tool.device.name;
  const done = label(tool);
  const asked = label(tool);
  askEnabled(tool);
  unless(tool, done);
  write(tool, { kind: 'own-driver', device, attr: 'remove_id' }, device);
  unless(tool, asked);
  write(tool, { kind: 'own-driver', device, attr: 'unbind' }, device);
  mark(tool, asked);
  askEnabled(tool);
  unless(tool, done);
  tell(tool, 'disable failed: Device or resource busy');
  tool.end(EBUSY);
  mark(tool, done);
}

/**
 * Loads a driver's module. Up to v66 the module was looked for by the device's modalias, and one in
 * the kernel image was found by no such look; libkmod finds it by its name.
 * Source: daxctl_insert_kmod_for_mode(), v66 and v81; to_module_list(), v66.
 */
function loadDriver(tool: Tool, driver: DriverName): 'ended' | 'loaded' {
  if ((tool.context.universe.builtin ?? []).includes(driver)) {
    if (tool.features.has('builtin-driver')) return 'loaded';
    tell(tool, 'a modalias lookup list was not created');
    tool.end(ENXIO);
    return 'ended';
  }
  const loaded = label(tool);
  put(tool, { op: 'module', verb: 'load', module: driver, errno: true }, `modprobe ${driver}`);
  when(tool, loaded);
  tell(tool, `insert failure of ${driver}`);
  tool.end('errno');
  mark(tool, loaded);
  return 'loaded';
}

/**
 * Loads a driver and gives it the device, by new_id and by bind; a device that has a driver by then
 * counts as enabled, whichever it is. Source: daxctl_dev_enable(), daxctl_bind().
 */
export function enableDevice(tool: Tool, driver: DriverName): void {
  if (isClassDevice(tool)) return;
  const done = label(tool);
  const { name } = tool.device;
  askEnabled(tool);
  when(tool, done);
  if (loadDriver(tool, driver) === 'ended') {
    mark(tool, done);
    return;
  }
  const refused = label(tool);
  const failed = label(tool);
  write(tool, { kind: 'driver', driver, attr: 'new_id' }, name);
  write(tool, { kind: 'driver', driver, attr: 'bind' }, name);
  unless(tool, refused);
  askEnabled(tool);
  when(tool, done);
  tell(tool, 'failed to enable');
  tool.end(ENXIO);
  mark(tool, refused);
  // The errno of bind is needed after the look at the link, which leaves a status of its own.
  keepErrno(tool);
  askEnabled(tool);
  unless(tool, failed);
  clear(tool, ERRNO);
  jump(tool, done);
  mark(tool, failed);
  tell(tool, 'failed to enable');
  endWithKept(tool);
  mark(tool, done);
}
