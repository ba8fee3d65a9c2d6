/**
 * The sysfs files that are modelled, one form for each way to write a path.
 *
 * A form is a path whose segments are literal, a choice (`bind|unbind`) or a placeholder for the
 * name of an object. Several forms may name one file: sysfs reaches it by links.
 */
import type { DriverName } from '../model/model.js';
import type { BlockRef, ProviderDriver, SysfsFile } from './program.js';

export type Placeholder = 'device' | 'block' | 'region' | 'namespace' | 'driver' | 'mapping';

/** What the segments of one path stand for; `attr` is what a choice was matched with. */
export interface Bindings {
  readonly device: string;
  readonly block: BlockRef;
  readonly region: string;
  readonly driver: DriverName;
  readonly mapping: number;
  readonly attr: string;
}

export interface PathForm {
  readonly segments: readonly string[];
  readonly file: (bindings: Bindings) => SysfsFile;
}

/** Shape of a name in place of each placeholder, and an example of it for hints. */
export const PLACEHOLDERS: {
  readonly [P in Placeholder]: { readonly shape: RegExp; readonly example: string };
} = {
  device: { shape: /^dax\d+\.\d+$/, example: 'dax0.0' },
  block: { shape: /^memory(?:0|[1-9]\d*|@event)$/, example: 'memory32' },
  namespace: { shape: /^namespace\d+\.\d+$/, example: 'namespace0.0' },
  region: { shape: /^[\w.-]+$/, example: 'hmem.0' },
  driver: { shape: /^(?:device_dax|kmem|fsdev_dax)$/, example: 'kmem' },
  mapping: { shape: /^mapping(?:0|[1-9]\d*)$/, example: 'mapping0' },
};

type DeviceAttr = Extract<SysfsFile, { kind: 'device' }>['attr'];
type BlockAttr = Extract<SysfsFile, { kind: 'block' }>['attr'];
type RegionAttr = Extract<SysfsFile, { kind: 'region' }>['attr'];
type DriverAttr = Extract<SysfsFile, { kind: 'driver' }>['attr'];

const DEVICE_ATTRS =
  'size|align|mapping|target_node|numa_node|modalias|resource|memmap_on_memory|state';
const BLOCK_ATTRS = 'state|online|removable|valid_zones';
const REGION_ATTRS = 'create|delete|available_size|seed|size|align|id';

const DEVICES = '/sys/bus/dax/devices';
const BLOCK_DIRECTORIES = ['/sys/devices/system/memory', '/sys/bus/memory/devices'];
const REGION_DIRECTORIES = ['/sys/devices/platform', '/sys/bus/platform/devices'];
const REGION_BUSES = ['/sys/bus/cxl/devices', '/sys/bus/nd/devices'];
/** The drivers beneath a region, and where the drivers of their buses are. */
const PROVIDERS: readonly (readonly [driver: ProviderDriver, directory: string])[] = [
  ['hmem', '/sys/bus/platform/drivers'],
  ['dax_pmem', '/sys/bus/nd/drivers'],
  ['dax_pmem_compat', '/sys/bus/nd/drivers'],
  ['cxl_dax_region', '/sys/bus/cxl/drivers'],
];

/** Every modelled way to write a path. The first form of a file is the one that is printed. */
export const PATH_FORMS: readonly PathForm[] = [
  form('/sys/bus/dax/drivers/{driver}/bind|unbind|new_id|remove_id', ({ driver, attr }) => ({
    kind: 'driver',
    driver,
    attr: attr as DriverAttr,
  })),
  form('/sys/bus/dax/drivers_probe', () => ({ kind: 'drivers_probe' })),
  form(`${DEVICES}/{device}/${DEVICE_ATTRS}`, ({ device, attr }) => ({
    kind: 'device',
    device,
    attr: attr as DeviceAttr,
  })),
  form(`${DEVICES}/{device}/{mapping}/start|end|page_offset`, ({ device, mapping }) => ({
    kind: 'mapping',
    device,
    mapping,
  })),
  form(`${DEVICES}/{device}`, ({ device }) => ({ kind: 'device-directory', device })),
  form(`${DEVICES}/{device}/driver/unbind|remove_id`, ({ device, attr }) => ({
    kind: 'own-driver',
    device,
    attr: attr === 'unbind' ? 'unbind' : 'remove_id',
  })),
  form(`${DEVICES}/{device}/driver`, ({ device }) => ({
    kind: 'driver-link',
    device,
    driver: null,
  })),
  form('/sys/bus/dax/drivers/{driver}/{device}', ({ device, driver }) => ({
    kind: 'driver-link',
    device,
    driver,
  })),
  form('/sys/devices/system/memory/probe', () => ({ kind: 'probe' })),
  form('/sys/devices/system/memory/auto_online_blocks', () => ({ kind: 'auto_online_blocks' })),
  ...BLOCK_DIRECTORIES.flatMap((directory) => [
    form(`${directory}/{block}/${BLOCK_ATTRS}`, ({ block, attr }) => ({
      kind: 'block',
      block,
      attr: attr as BlockAttr,
    })),
    form(`${directory}/{block}`, ({ block }) => ({ kind: 'block-directory', block })),
  ]),
  ...[...REGION_DIRECTORIES, ...REGION_BUSES].map((directory) =>
    form(`${directory}/{region}/dax_region/${REGION_ATTRS}`, ({ region, attr }) => ({
      kind: 'region',
      region,
      attr: attr as RegionAttr,
    })),
  ),
  ...PROVIDERS.map(([driver, directory]) =>
    form(`${directory}/${driver}/bind|unbind`, ({ attr }) => ({
      kind: 'provider',
      driver,
      attr: attr === 'bind' ? 'bind' : 'unbind',
    })),
  ),
  form('/sys/bus/nd/devices/{namespace}/uuid', ({ region }) => ({
    kind: 'namespace',
    region,
    attr: 'uuid',
  })),
  form('/sys/bus/nd/devices/{device}/namespace', ({ device }) => ({ kind: 'claim', device })),
  form('/sys/bus/nd/drivers/nd_region/bind|unbind', ({ attr }) => ({
    kind: 'nd-region',
    attr: attr === 'bind' ? 'bind' : 'unbind',
  })),
  form('/sys/bus/platform/drivers/hmem_platform/bind|unbind', ({ attr }) => ({
    kind: 'platform',
    attr: attr === 'bind' ? 'bind' : 'unbind',
  })),
];

/** Files and directories that kernels have and the model has not, as patterns of whole paths. */
export const NOT_MODELLED: readonly RegExp[] = [
  /^\/sys\/devices\/system\/memory\/(?:block_size_bytes|(?:hard|soft)_offline_page)$/,
  /^\/sys\/devices\/system\/memory\/memory\d+\/(?:node\d+|phys_index|phys_device|uevent)$/,
  /^\/sys\/bus\/memory\/devices\/memory\d+\/(?:node\d+|phys_index|phys_device|uevent)$/,
  /^\/sys\/bus\/dax\/devices\/dax\d+\.\d+\/(?:subsystem|uevent|dev|power)$/,
  /^\/sys\/bus\/dax\/drivers\/(?:device_dax|kmem|fsdev_dax)(?:\/(?:module|uevent))?$/,
  /^\/sys\/bus\/dax(?:\/devices|\/drivers|\/drivers_autoprobe|\/uevent)?$/,
  /^\/sys\/devices\/system\/memory$/,
  /^\/sys\/class\/dax(?:\/.*)?$/,
  /^\/sys\/(?:module|firmware|kernel)\/.*$/,
];

/** Writes the path of a file in its usual form, as a shell line would name it. */
export function sysfsPath(file: SysfsFile): string {
  switch (file.kind) {
    case 'driver':
      return `/sys/bus/dax/drivers/${file.driver}/${file.attr}`;
    case 'drivers_probe':
      return '/sys/bus/dax/drivers_probe';
    case 'probe':
      return '/sys/devices/system/memory/probe';
    case 'auto_online_blocks':
      return '/sys/devices/system/memory/auto_online_blocks';
    case 'block':
      return `${blockDirectory(file.block)}/${file.attr}`;
    case 'block-directory':
      return blockDirectory(file.block);
    case 'device':
      return `${DEVICES}/${file.device}/${file.attr}`;
    case 'device-directory':
      return `${DEVICES}/${file.device}`;
    case 'own-driver':
      return `${DEVICES}/${file.device}/driver/${file.attr}`;
    case 'driver-link':
      if (file.driver === null) return `${DEVICES}/${file.device}/driver`;
      return `/sys/bus/dax/drivers/${file.driver}/${file.device}`;
    case 'device-block':
      return blockDirectory(file.block);
    case 'mapping':
      return `${DEVICES}/${file.device}/mapping${file.mapping}/start`;
    case 'region':
      return `/sys/devices/platform/${file.region}/dax_region/${file.attr}`;
    case 'namespace':
      return `/sys/bus/nd/devices/${file.region}/uuid`;
    case 'claim':
      return `/sys/bus/nd/devices/${file.device}/namespace`;
    case 'nd-region':
      return `/sys/bus/nd/drivers/nd_region/${file.attr}`;
    case 'platform':
      return `/sys/bus/platform/drivers/hmem_platform/${file.attr}`;
    case 'provider':
      return `${directoryOf(file.driver)}/${file.attr}`;
  }
}

function directoryOf(driver: ProviderDriver): string {
  const [, directory = ''] = PROVIDERS.find(([name]) => name === driver) ?? [];
  return `${directory}/${driver}`;
}

function blockDirectory(block: BlockRef): string {
  // In a rule the event's own block is reached by the path of the event.
  if (block === 'event') return '/sys$devpath';
  return `/sys/devices/system/memory/memory${block}`;
}

function form(path: string, file: PathForm['file']): PathForm {
  return { segments: path.slice(1).split('/'), file };
}
