/**
 * Makes the devdax namespaces of NVDIMMs through sysfs, as `ndctl create-namespace` does.
 *
 * An NVDIMM without labels comes up as a raw namespace on nd_pmem; the seed of its region then
 * claims it, and dax_pmem writes its info block (drivers/nvdimm/dax_devs.c, pfn_devs.c, claim.c).
 */
import type { DaxRegion, Model } from '../model/model.js';
import type { Guest } from './guest/guest.js';
import { LabError } from './labError.js';
import { mapModeOf } from './rigFaults.js';

const BUS = '/sys/bus/nd';

/** Any uuid does; each namespace has its own. */
const uuidOf = (index: string): string => `0daec8ec-0000-4000-8000-${index.padStart(12, '0')}`;

async function make(guest: Guest, region: DaxRegion): Promise<void> {
  const name = region.namespace?.name ?? '';
  const index = /^namespace(\d+)\.0$/.exec(name)?.[1] ?? '0';
  const seed = await guest.ask(0, `read ${BUS}/devices/region${index}/dax_seed`);
  const device = `${BUS}/devices/${seed.value}`;
  const steps: readonly (readonly [string, string])[] = [
    [`${BUS}/drivers/nd_pmem/unbind`, name],
    [`${device}/mode`, mapModeOf(region) ?? 'ram'],
    [`${device}/uuid`, uuidOf(index)],
    [`${device}/align`, String(region.align)],
    [`${device}/namespace`, name],
    [`${BUS}/drivers/dax_pmem/bind`, seed.value],
  ];
  for (const [path, text] of steps) {
    const { result } = await guest.ask(0, `write ${path} ${text}`);
    if (result === 'ok') continue;
    throw new LabError(`${name} cannot be made: echo ${text} > ${path} gave ${result}`);
  }
}

/** Makes one namespace of each region, in devdax mode. */
export async function bringNamespaces(guest: Guest, { machine }: Model): Promise<void> {
  for (const region of machine.regions) await make(guest, region);
}
