/**
 * Makes the devdax namespaces of NVDIMMs through sysfs, as `ndctl create-namespace` does.
 */
import type { Model } from '../model/model.js';
import type { Guest } from './guest/guest.js';
import { LabError } from './labError.js';

/** Any uuid does; each namespace has its own. */
const uuidOf = (index: number): string =>
  `0daec8ec-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Makes one namespace of each region, in devdax mode, its memory map in RAM. */
export async function bringNamespaces(guest: Guest, model: Model): Promise<void> {
  for (const index of model.machine.regions.keys()) {
    const region = `/sys/bus/nd/devices/region${index}`;
    const seed = await guest.ask(0, `read ${region}/dax_seed`);
    const device = `/sys/bus/nd/devices/${seed.value}`;
    const steps: readonly (readonly [string, string])[] = [
      [`/sys/bus/nd/drivers/nd_pmem/unbind`, `namespace${index}.0`],
      [`${device}/mode`, 'ram'],
      [`${device}/uuid`, uuidOf(index)],
      [`${device}/align`, '2097152'],
      [`${device}/namespace`, `namespace${index}.0`],
      ['/sys/bus/nd/drivers/dax_pmem/bind', seed.value],
    ];
    for (const [path, text] of steps) {
      const { result } = await guest.ask(0, `write ${path} ${text}`);
      if (result === 'ok' || path.endsWith('/unbind')) continue;
      throw new LabError(`the namespace cannot be made: echo ${text} > ${path} gave ${result}`);
    }
  }
}
