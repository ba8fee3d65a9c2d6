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

/** A write that must succeed. */
async function must(guest: Guest, path: string, text: string): Promise<void> {
  const { result } = await guest.ask(0, `write ${path} ${text}`);
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

const regionOf = (device: string): string =>
  `/sys/devices/platform/hmem.${regionNumber(device)}/dax_region`;

/** Makes a device of a region; the region gives the least number that is free. */
async function create(guest: Guest, name: string): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await guest.look()).devices.some((device) => device.name === name);
  for (let tries = 0; !(await isThere()); tries++) {
    if (tries > Number(name.split('.')[1])) throw new LabError(`${name} cannot be created`);
    await must(guest, `${regionOf(name)}/create`, '1');
  }
}

/** Makes the devices of dynamic regions and gives them their ranges. */
async function divide(guest: Guest, machine: MachineView): Promise<void> {
  const wanted = machine.devices.filter(({ present }) => present);
  const { devices } = await guest.look();
  for (const { name } of devices) await must(guest, `/sys/bus/dax/devices/${name}/size`, '0');
  for (const { name } of wanted) await create(guest, name);
  for (const { name } of (await guest.look()).devices) {
    if (wanted.some((device) => device.name === name)) continue;
    await must(guest, `${regionOf(name)}/delete`, name);
  }
  // What is created comes up on a driver where one matches by type.
  await unbindAll(guest);
  for (const { name, ranges } of wanted) {
    for (const range of ranges) {
      await must(guest, `/sys/bus/dax/devices/${name}/mapping`, rangeText(range));
    }
  }
}

/** Devices that a driver has at the start though no id of its names them. */
function strangers(machine: MachineView): readonly (readonly [driver: string, device: string])[] {
  return machine.drivers.flatMap(({ name, ids }) =>
    machine.devices
      .filter((device) => device.present && device.driver === name && !ids.includes(device.name))
      .map((device) => [name, device.name] as const),
  );
}

/** The ids and the drivers that the scenario begins with. */
async function populate(guest: Guest, machine: MachineView): Promise<void> {
  for (const { name, ids } of machine.drivers) {
    for (const id of ids) await must(guest, `${DRIVERS}/${name}/new_id`, id);
  }
  const passing = strangers(machine);
  for (const [driver, device] of passing) await must(guest, `${DRIVERS}/${driver}/new_id`, device);
  // Writing an id offers every device that has no driver to this one.
  await unbindAll(guest);
  for (const { name, driver, present } of machine.devices) {
    if (present && driver !== null) await must(guest, `${DRIVERS}/${driver}/bind`, name);
  }
  for (const [driver, device] of passing) {
    await must(guest, `${DRIVERS}/${driver}/remove_id`, device);
  }
}

/** The blocks that are online at the start. */
async function online(guest: Guest, machine: MachineView): Promise<void> {
  for (const { index, state, zones } of machine.blocks) {
    if (state !== 'online') continue;
    const how = zones === 'Movable' ? 'online_movable' : 'online_kernel';
    await must(guest, `${MEMORY}/memory${index}/state`, how);
  }
}

/**
 * Brings the guest to the state and keeps it as its snapshot.
 *
 * @param machine the model's machine at its start, after the initcalls.
 * Throws LabError when a step fails or the machine then differs from the model's.
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
  }
  await populate(guest, machine);
  await online(guest, machine);
  await must(guest, `${MEMORY}/auto_online_blocks`, machine.autoOnlineBlocks);
  const found = compareSightings(sightingOf(machine, spans), await guest.look());
  if (found.length > 0) {
    const lines = found.map(({ what, predicted, real }) => `${what}: ${real}, not ${predicted}`);
    throw new LabError(`the guest is not in the initial state of the model:\n${lines.join('\n')}`);
  }
  await guest.snapshot();
}
