/**
 * Brings a guest that has just booted to the initial state of a scenario, through sysfs alone.
 */
import type { Scenario } from '../compile/scenario.js';
import type { Range } from '../model/model.js';
import type { MachineView } from '../verdict/trace.js';
import { bringNamespaces } from './bringNamespaces.js';
import type { Guest } from './guest/guest.js';
import { LabError } from './labError.js';
import { compareSightings, sightingOf } from './outcome.js';

const DRIVERS = '/sys/bus/dax/drivers';
const MEMORY = '/sys/devices/system/memory';

const regionNumber = (device: string): string => device.slice(3).split('.')[0] ?? '';

async function write(guest: Guest, path: string, text: string): Promise<string> {
  return (await guest.ask(0, `write ${path} ${text}`)).result;
}

/** A write that must succeed. */
async function must(guest: Guest, path: string, text: string): Promise<void> {
  const result = await write(guest, path, text);
  if (result === 'ok') return;
  throw new LabError(`the initial state cannot be made: echo ${text} > ${path} gave ${result}`);
}

/** Takes the devices that the guest came up with off their drivers. */
async function unbindAll(guest: Guest): Promise<void> {
  const { devices } = await guest.look();
  for (const { name, driver } of devices) {
    if (driver !== null) await must(guest, `${DRIVERS}/${driver}/unbind`, name);
  }
}

const rangeText = ({ start, end }: Range): string =>
  `0x${start.toString(16)}-0x${end.toString(16)}`;

/** Makes the devices of dynamic regions and gives them their ranges. */
async function divide(guest: Guest, machine: MachineView): Promise<void> {
  const wanted = machine.devices.filter(({ present }) => present);
  const { devices } = await guest.look();
  for (const { name } of devices) await must(guest, `/sys/bus/dax/devices/${name}/size`, '0');
  for (const { name } of wanted) {
    const known = (await guest.look()).devices.some((device) => device.name === name);
    if (known) continue;
    await must(guest, `/sys/devices/platform/hmem.${regionNumber(name)}/dax_region/create`, '1');
  }
  for (const { name, ranges } of wanted) {
    for (const range of ranges) {
      await must(guest, `/sys/bus/dax/devices/${name}/mapping`, rangeText(range));
    }
  }
}

/** The ids, the drivers and the blocks that the scenario begins with. */
async function populate(guest: Guest, machine: MachineView): Promise<void> {
  for (const { name, ids } of machine.drivers) {
    for (const id of ids) await must(guest, `${DRIVERS}/${name}/new_id`, id);
  }
  // Writing an id offers every device that has no driver to this one.
  await unbindAll(guest);
  for (const { name, driver, present } of machine.devices) {
    if (present && driver !== null) await must(guest, `${DRIVERS}/${driver}/bind`, name);
  }
  for (const { index, state, zones } of machine.blocks) {
    if (state !== 'online') continue;
    const how = zones === 'Movable' ? 'online_movable' : 'online_kernel';
    await must(guest, `${MEMORY}/memory${index}/state`, how);
  }
  await must(guest, `${MEMORY}/auto_online_blocks`, machine.autoOnlineBlocks);
  for (const { name, registered } of machine.drivers) {
    if (!registered && name !== 'fsdev_dax') await guest.ask(0, `remove ${name}`);
  }
}

/**
 * Brings the guest to the state and keeps it as its snapshot.
 *
 * Throws LabError when a step fails or the machine then differs from the model's initial one.
 */
export async function bring(
  guest: Guest,
  scenario: Scenario,
  machine: MachineView,
  spans: readonly Range[],
): Promise<void> {
  const { regions, firmware } = scenario.model.machine;
  if (firmware === null) {
    if (regions[0]?.kind === 'static') await bringNamespaces(guest, scenario.model);
    await unbindAll(guest);
    if (regions[0]?.kind === 'dynamic') await divide(guest, machine);
    await populate(guest, machine);
  }
  const found = compareSightings(sightingOf(machine, spans), await guest.look());
  if (found.length > 0) {
    const lines = found.map(({ what, predicted, real }) => `${what}: ${real}, not ${predicted}`);
    throw new LabError(`the guest is not in the initial state of the model:\n${lines.join('\n')}`);
  }
  await guest.snapshot();
}
