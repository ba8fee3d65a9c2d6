/**
 * What each string means to each file: the parsing that the kernel does in the file's store
 * function, done once.
 *
 * Source: drivers/dax/bus.c, drivers/base/memory.c, drivers/base/bus.c, lib/kstrtox.c, v5.1 and
 * v6.12.
 */
import { CODE_INVALID, CODE_NO_SUCH, File, OnlineType } from '../../assembly/layout.js';
import { makeBytes } from './bytes.js';
import { parseMapping, parseNumber } from './points.js';
import type { Plan } from './universe.js';

export interface ValueContext {
  readonly plan: Plan;
  readonly points: readonly bigint[];
  /** Well-formed dax names, numbered as in the drivers' id sets. */
  readonly names: readonly string[];
  /** Bytes of a memory block. */
  readonly blockSize: bigint;
}

const FILES = Object.values(File).filter((value) => typeof value === 'number').length;
const UINT64_MAX = (1n << 64n) - 1n;
const INT_MAX = 2147483647n;

/** Whether new_id takes a name: two numbers that print back as they were written. */
export function isDaxName(text: string): boolean {
  const match = /^dax(-?\d+)\.(-?\d+)$/.exec(text);
  return (
    match !== null && [match[1], match[2]].every((digits) => String(Number(digits)) === digits)
  );
}

function onlineType(text: string): number {
  if (text === 'offline') return OnlineType.Offline;
  if (text === 'online') return OnlineType.Online;
  if (text === 'online_kernel') return OnlineType.Kernel;
  return text === 'online_movable' ? OnlineType.Movable : CODE_INVALID;
}

/** 0 for unplugged, else an online type + 1. Source: drivers/dax/kmem.c, v7.3. */
function deviceState(text: string): number {
  if (text === 'unplugged') return 0;
  const type = onlineType(text);
  return type === CODE_INVALID || type === OnlineType.Offline ? CODE_INVALID : type + 1;
}

/** Source: lib/kstrtox.c kstrtobool(), v5.1. */
function strtobool(text: string): number {
  if (/^([1yY]|[oO][nN])/.test(text)) return OnlineType.Online;
  return /^([0nN]|[oO][fF])/.test(text) ? OnlineType.Offline : CODE_INVALID;
}

function numberOf(text: string, points: ReadonlyMap<bigint, number>): number {
  const value = parseNumber(text);
  if (value === null) return CODE_INVALID;
  return value > UINT64_MAX ? CODE_NO_SUCH : (points.get(value) ?? CODE_INVALID);
}

/** 0 for the address of a block. Source: drivers/base/memory.c probe_store(), v5.1. */
function probeCode(text: string, blockSize: bigint): number {
  const value = parseNumber(text);
  return value === null || value > UINT64_MAX || value % blockSize !== 0n ? CODE_INVALID : 0;
}

function integerOf(text: string): number {
  const value = parseNumber(text.replace(/^-/, ''));
  if (value === null) return CODE_INVALID;
  if (value > INT_MAX) return CODE_NO_SUCH;
  // Any integer but 1 is refused alike.
  return text === String(value) && value <= 2n ? Number(value) : 2;
}

function mappingOf(text: string, points: ReadonlyMap<bigint, number>, part: 0 | 1): number {
  const range = parseMapping(text);
  return range === null ? CODE_INVALID : (points.get(range[part]) ?? CODE_INVALID);
}

/**
 * The region of a device that a driver beneath regions has: the platform or CXL device of a dynamic
 * one bears its name, and the nvdimm device of a static one that of the dax device. Other devices
 * of nvdimm's bus are of other types, so that dax_pmem does not match them.
 * Source: drivers/nvdimm/dax_devs.c nd_dax_alloc(); drivers/nvdimm/bus.c nvdimm_bus_match(), v6.12.
 */
function providedBy(text: string, { regions, devices }: Plan): number {
  const index = regions.findIndex(({ name, kind }, region) =>
    kind === 'dynamic'
      ? text === name
      : devices.some((device) => device.region === region && device.name === text),
  );
  return index < 0 ? CODE_NO_SUCH : index;
}

/** The code of a string for a file. */
function codeOf(
  file: File,
  text: string,
  context: ValueContext,
  points: ReadonlyMap<bigint, number>,
): number {
  const { plan, names } = context;
  switch (file) {
    case File.Bind:
    case File.Unbind:
    case File.OwnUnbind:
    case File.DriversProbe:
    case File.RegionDelete: {
      const index = plan.devices.findIndex(({ name }) => name === text);
      return index < 0 ? CODE_NO_SUCH : index;
    }
    case File.NewId:
    case File.RemoveId:
    case File.OwnRemoveId:
      return isDaxName(text) ? names.indexOf(text) : CODE_INVALID;
    case File.AutoOnline:
    case File.BlockState:
      return onlineType(text);
    case File.BlockOnline:
    case File.DeviceMemmap:
      return strtobool(text);
    case File.DeviceState:
      return deviceState(text);
    case File.MemoryProbe:
      return probeCode(text, context.blockSize);
    case File.Number:
      return /^(?:0|[1-9]\d*)$/.test(text) ? numberOf(text, points) : CODE_INVALID;
    case File.DeviceSize:
    case File.DeviceAlign:
      return numberOf(text, points);
    case File.DeviceMapping:
      return mappingOf(text, points, 0);
    case File.Mapping:
      return mappingOf(text, points, 1);
    case File.RegionCreate:
      return integerOf(text);
    case File.PlatformBind:
    case File.PlatformUnbind:
      return text === 'hmem_platform.0' ? 0 : CODE_NO_SUCH;
    case File.ClaimNamespace: {
      const name = text.trim();
      if (name === '') return CODE_NO_SUCH;
      const index = plan.regions.findIndex(({ namespace }) => name === namespace?.name);
      return index < 0 && !name.startsWith('namespace') ? CODE_INVALID : index & 0xff;
    }
    case File.NdRegionBind:
    case File.NdRegionUnbind: {
      const index = plan.regions.findIndex(({ name, kind }) => name === text && kind === 'static');
      return index < 0 ? CODE_NO_SUCH : index;
    }
    case File.ProviderBind:
    case File.ProviderUnbind: {
      return providedBy(text, plan);
    }
    default:
      return CODE_INVALID;
  }
}

/** The value table: for each file a row of codes, one for each string. */
export function encodeValues(strings: readonly string[], context: ValueContext): Uint8Array {
  const points = new Map(context.points.map((value, index) => [value, index]));
  const bytes = makeBytes();
  for (let file = 0; file < FILES; file++) {
    for (const text of strings) bytes.u16(codeOf(file, text, context, points));
  }
  return bytes.done();
}
