/** More of the same: copies of a machine's first device, and of what runs on it. */
import type { Actor, DaxDevice, DaxRegion, Machine, Model, Range } from '../model/model.js';
import { scriptChecks } from './compose.js';

const GIB = 1n << 30n;

/** Highest address that something of the machine has. */
function lastOf({ iomem, regions, devices }: Machine): bigint {
  const ranges: readonly Range[] = [...iomem, ...regions, ...devices.flatMap((one) => one.ranges)];
  let last = 0n;
  for (const { end } of ranges) if (end > last) last = end;
  return last;
}

const numbersIn = (names: readonly string[]): readonly number[] =>
  names.flatMap((name) => [...name.matchAll(/\d+/g)].map(([text]) => Number(text)));

/** The last number of a name but one behind a dot; `namespace0.0` and `region0` have the first. */
const renamed = (name: string, number: number): string =>
  /\d/.test(name) ? name.replace(/\d+/, String(number)) : `${name}${number}`;

/** Where a copy lies, and what it is called by. */
interface Copy {
  readonly shift: bigint;
  readonly number: number;
  readonly node: number | null;
}

function copyRegion(region: DaxRegion, { shift, number, node }: Copy): DaxRegion {
  const { namespace } = region;
  return {
    ...region,
    name: renamed(region.name, number),
    start: region.start + shift,
    end: region.end + shift,
    targetNode: node,
    namespace: namespace === null ? null : { ...namespace, name: renamed(namespace.name, number) },
  };
}

function copyDevice(device: DaxDevice, { shift, number }: Copy): DaxDevice {
  return {
    ...device,
    name: `dax${number}.0`,
    region: renamed(device.region, number),
    ranges: device.ranges.map(({ start, end }) => ({ start: start + shift, end: end + shift })),
  };
}

/** Why the first device cannot be copied; null when it can. */
export function copyObstacle({ machine }: Model): string | null {
  const [device, ...others] = machine.devices;
  if (device === undefined) return 'the machine has no device of its own';
  const isAlone = others.every(({ region }) => region !== device.region);
  return isAlone && !device.compat ? null : `${device.name} is not alone in its region`;
}

/** The model with so many of its first device, each behind everything else and on its own node. */
export function withDevices(model: Model, count: number): Model {
  const { machine } = model;
  const [device] = machine.devices;
  const region = machine.regions.find(({ name }) => name === device?.region);
  if (device === undefined || region === undefined || count <= 1) return model;
  const grain = machine.blockSize > GIB ? machine.blockSize : GIB;
  const step = ((lastOf(machine) + 1n - region.start + grain - 1n) / grain) * grain;
  const names = [...machine.devices, ...machine.regions].map(({ name }) => name);
  const free = Math.max(...numbersIn(names)) + 1;
  const nodes = machine.regions.flatMap(({ targetNode }) => targetNode ?? []);
  const node = Math.max(...nodes, ...(machine.possibleNodes ?? []), 0) + 1;
  const copies = Array.from(
    { length: count - 1 },
    (_, index): Copy => ({
      shift: step * BigInt(index + 1),
      number: free + index,
      node: region.targetNode === null ? null : node + index,
    }),
  );
  const possible = machine.possibleNodes;
  const changed = {
    ...model,
    machine: {
      ...machine,
      possibleNodes:
        possible === null ? null : [...possible, ...copies.flatMap((copy) => copy.node ?? [])],
      regions: [...machine.regions, ...copies.map((copy) => copyRegion(region, copy))],
      devices: [...machine.devices, ...copies.map((copy) => copyDevice(device, copy))],
    },
  };
  return { ...changed, check: scriptChecks(changed, model.kernel.place) };
}

/** The model with its first script so many times, all of them at once. */
export function withActors(model: Model, count: number): Model {
  const script = model.actors.find(({ kind }) => kind === 'script');
  if (script === undefined || count <= 1) return model;
  const copies = Array.from(
    { length: count - 1 },
    (_, index): Actor => ({ ...script, name: `${script.name}-${index + 2}` }),
  );
  const isScript = ({ kind }: Actor): boolean => kind === 'script';
  const scripts = model.actors.filter(isScript);
  const others = model.actors.filter((actor) => !isScript(actor));
  return { ...model, actors: [...scripts, ...copies, ...others] };
}
