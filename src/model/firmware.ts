/**
 * What the firmware says about ranges of addresses: entries of its memory map that are reserved for
 * special purposes, memory targets of the HMAT, CXL windows and regions.
 */
import { type Context, rangeAt, report, shownPlace } from './context.js';
import type {
  CxlRegion,
  Firmware,
  FirmwareRange,
  Machine,
  ModuleInitial,
  Place,
  Range,
} from './model.js';
import { contains, formatRange, overlaps } from './quantity.js';
import type { MachineFile } from './schema.js';
import type { Path } from './yamlSource.js';

/** Builds the firmware's part of a machine; null when the model names nothing of it. */
export function buildFirmware(context: Context, written: MachineFile): Firmware | null {
  const { soft_reserved: reserved, hmat, cxl } = written;
  if (reserved === undefined && hmat === undefined && cxl === undefined) return null;
  const module = (name: 'dax_hmem' | 'cxl_acpi' | 'dax_cxl'): ModuleInitial =>
    isAbsent(written, name) ? 'absent' : 'not-loaded';
  const firmware: Firmware = {
    softReserved: rangesOf(context, reserved ?? [], 'soft_reserved'),
    hmat: rangesOf(context, hmat ?? [], 'hmat'),
    windows: windowsOf(context, cxl?.windows ?? []),
    cxlRegions: cxlRegionsOf(context, cxl?.regions ?? {}),
    isCxlBuiltIn: written.modules?.cxl === 'builtin',
    modules: {
      dax_hmem: module('dax_hmem'),
      cxl_acpi: module('cxl_acpi'),
      dax_cxl: module('dax_cxl'),
    },
  };
  checkFirmware(context, firmware);
  return firmware;
}

/** With drivers/cxl in the kernel image there is no module cxl_acpi. */
const isAbsent = ({ modules }: MachineFile, name: keyof Firmware['modules']): boolean =>
  modules?.[name] === 'absent' || (name === 'cxl_acpi' && modules?.cxl === 'builtin');

function rangesOf(
  context: Context,
  written: readonly { readonly range: string; readonly target_node: number | 'none' }[],
  key: string,
): readonly FirmwareRange[] {
  return written.flatMap((entry, index) => {
    const path = ['machine', key, index, 'range'];
    const range = rangeAt(context, entry.range, path);
    if (range === null) return [];
    const targetNode = entry.target_node === 'none' ? null : entry.target_node;
    return [{ ...range, targetNode, place: context.source.placeOf(path) }];
  });
}

function windowsOf(context: Context, written: readonly string[]): Firmware['windows'] {
  return written.flatMap((text, index) => {
    const path = ['machine', 'cxl', 'windows', index];
    const range = rangeAt(context, text, path);
    return range === null ? [] : [{ ...range, place: context.source.placeOf(path) }];
  });
}

function cxlRegionsOf(
  context: Context,
  written: NonNullable<NonNullable<MachineFile['cxl']>['regions']>,
): readonly CxlRegion[] {
  return Object.entries(written).flatMap(([name, entry]) => {
    const path: Path = ['machine', 'cxl', 'regions', name, 'range'];
    const range = rangeAt(context, entry.range, path);
    if (range === null) return [];
    return [
      {
        ...range,
        name,
        targetNode: entry.target_node === 'none' ? null : entry.target_node,
        assembles: entry.assembles ?? true,
        memdev: entry.memdev ?? null,
        place: context.source.placeOf(path),
      },
    ];
  });
}

function checkFirmware(context: Context, firmware: Firmware): void {
  checkDisjoint(context, firmware.softReserved);
  checkDisjoint(context, firmware.hmat);
  checkDisjoint(context, firmware.windows);
  checkDisjoint(context, firmware.cxlRegions);
  checkMemdevs(context, firmware.cxlRegions);
  for (const region of firmware.cxlRegions) {
    if (firmware.windows.some((window) => contains(window, region))) continue;
    const message = `\`${formatRange(region)}\` of \`${region.name}\` is in no CXL window`;
    const windows = firmware.windows.map(formatRange).join(', ');
    const values = { region: windows === '' ? 'none: write `cxl: { windows: [...] }`' : windows };
    report(context, 'DAX031', region.place, message, values);
  }
}

/** A memory device of a model is behind one region: its decoders are not modelled. */
function checkMemdevs(context: Context, regions: readonly CxlRegion[]): void {
  for (const [index, { name, memdev, place }] of regions.entries()) {
    const other = regions.slice(0, index).find((one) => memdev !== null && one.memdev === memdev);
    if (other === undefined) continue;
    const path = ['machine', 'cxl', 'regions', name, 'memdev'];
    const values = { place: shownPlace(other.place, place) };
    report(context, 'DAX046', path, `\`${memdev}\` is behind two regions`, values);
  }
}

function checkDisjoint(
  context: Context,
  ranges: readonly (Range & { readonly place: Place })[],
): void {
  for (const [index, range] of ranges.entries()) {
    const other = ranges.slice(0, index).find((one) => overlaps(one, range));
    if (other === undefined) continue;
    const message = `\`${formatRange(range)}\` overlaps \`${formatRange(other)}\``;
    const values = { place: shownPlace(other.place, range.place) };
    report(context, 'DAX034', range.place, message, values);
  }
}

/**
 * Reports devices of the model that have the number of one that comes of a range, and entries that
 * the listing has as well.
 */
export function checkPublished(context: Context, machine: Machine): void {
  const { firmware, devices, iomem } = machine;
  if (firmware === null) return;
  const hmem = [...firmware.hmat, ...firmware.softReserved];
  const taken = new Map(hmem.map(({ place }, number) => [String(number), place]));
  for (const { name, place } of [...firmware.cxlRegions, ...devices]) {
    const number = /\d+/.exec(name)?.[0] ?? '';
    const first = taken.get(number);
    if (first === undefined) {
      if (name.startsWith('region')) taken.set(number, place);
      continue;
    }
    const values = { place: shownPlace(first, place) };
    report(context, 'DAX046', place, `dax${number}.0 comes of two ranges`, values);
  }
  const listed = iomem.find(({ name }) => /^(?:Soft Reserved|CXL Window \d+)$/.test(name));
  if (listed === undefined) return;
  const keys = 'the line, or `soft_reserved`, `hmat` and `cxl`';
  report(context, 'DAX017', listed.place, `\`${listed.name}\` is listed as well`, { keys });
}
