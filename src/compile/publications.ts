/**
 * Who publishes which range, as the engine numbers them, and the dax regions that can come of it.
 *
 * hmem.N is numbered as the initcalls go: targets of the HMAT before entries of the memory map,
 * each in the order of the file; the dax region of CXL's regionN is dax_regionN.
 */
import {
  Assembles,
  Deed,
  NODE_NONE,
  PUBLICATION_ROW_BYTES,
  Publication,
  REGION_NONE,
} from '../../assembly/layout.js';
import type { DaxRegion, Firmware, FirmwareRange, Machine, Range } from '../model/model.js';
import type { BeneathDeed } from '../userland/program.js';
import { makeBytes } from './bytes.js';
import type { StatePlan } from './statePlan.js';

export interface PlannedPublication extends Range {
  readonly kind: Publication;
  /** Name of the dax region that can come of it; null for a window. */
  readonly region: string | null;
  /** Name as commands and messages say it. */
  readonly name: string;
  readonly assembles: Assembles;
}

/** Lists the publications of a machine, in the order of the engine's kinds. */
export function planPublications(machine: Machine): readonly PlannedPublication[] {
  const { firmware } = machine;
  if (firmware === null) return [];
  const hmem = (kind: Publication, base: number) => (range: FirmwareRange, index: number) => ({
    ...spanOf(range),
    kind,
    region: `hmem.${base + index}`,
    name: `hmem.${base + index}`,
    assembles: Assembles.Never,
  });
  const ways = { true: Assembles.Always, false: Assembles.Never, maybe: Assembles.Maybe };
  return [
    ...firmware.softReserved.map(hmem(Publication.SoftReserved, firmware.hmat.length)),
    ...firmware.hmat.map(hmem(Publication.Hmat, 0)),
    ...firmware.windows.map((window, index) => ({
      ...spanOf(window),
      kind: Publication.Window,
      region: null,
      name: `CXL Window ${index}`,
      assembles: Assembles.Never,
    })),
    ...firmware.cxlRegions.map((region) => ({
      ...spanOf(region),
      kind: Publication.CxlRegion,
      region: `dax_${region.name}`,
      name: region.name,
      assembles: ways[`${region.assembles}`],
    })),
  ];
}

const spanOf = ({ start, end }: Range): Range => ({ start, end });

/** PMD_SIZE: the align that hmem and dax_cxl give their regions. */
const ALIGN = 2n << 20n;

/** The dax regions that do not exist yet when the machine boots. */
export function publishedRegions(machine: Machine): readonly DaxRegion[] {
  const { firmware } = machine;
  if (firmware === null) return [];
  return planPublications(machine).flatMap((publication) => {
    const source = sourceOf(firmware, publication);
    if (publication.region === null || source === undefined) return [];
    const region: DaxRegion = {
      ...spanOf(publication),
      name: publication.region,
      kind: 'dynamic',
      targetNode: source.targetNode,
      align: ALIGN,
      kmemByType: true,
      encrypted: false,
      namespace: null,
      place: source.place,
    };
    return [region];
  });
}

function sourceOf(firmware: Firmware, { kind, start }: PlannedPublication) {
  const all: readonly FirmwareRange[] =
    kind === Publication.SoftReserved
      ? firmware.softReserved
      : kind === Publication.Hmat
        ? firmware.hmat
        : firmware.cxlRegions;
  return all.find((range) => range.start === start);
}

/** Number R of daxR.0 in a published region: that of hmem.R or of CXL's regionR. */
export function numberOfRegion(name: string): number {
  return Number(/(\d+)$/.exec(name)?.[1] ?? 0);
}

/** The table of publications. */
export function encodePublications(
  publications: readonly PlannedPublication[],
  regions: readonly DaxRegion[],
  state: StatePlan,
): Uint8Array {
  const bytes = makeBytes();
  for (const [index, publication] of publications.entries()) {
    const region = regions.findIndex(({ name }) => name === publication.region);
    bytes.u64(publication.start);
    bytes.u64(publication.end);
    bytes.u8(publication.kind);
    bytes.u8(region < 0 ? REGION_NONE : region);
    bytes.u8(publication.assembles);
    bytes.u8(regions[region]?.targetNode ?? NODE_NONE);
    bytes.u16(state.publicationSlot(index));
    bytes.fillTo((index + 1) * PUBLICATION_ROW_BYTES);
  }
  return bytes.done();
}

const DEEDS: { readonly [D in BeneathDeed]: Deed } = {
  'load dax_hmem': Deed.LoadDaxHmem,
  'load cxl_acpi': Deed.LoadCxlAcpi,
  'load dax_cxl': Deed.LoadDaxCxl,
  'unload dax_hmem': Deed.UnloadDaxHmem,
  'unload cxl_acpi': Deed.UnloadCxlAcpi,
  'unload dax_cxl': Deed.UnloadDaxCxl,
  'create-region': Deed.CreateRegion,
  'destroy-region': Deed.DestroyRegion,
  'disable-memdev': Deed.DisableMemdev,
  'enable-memdev': Deed.EnableMemdev,
};

/** What a command does beneath drivers/dax, as an instruction's numbers. */
export function encodeDeed(
  item: { readonly deed: BeneathDeed; readonly first: boolean; readonly region: string | null },
  publications: readonly PlannedPublication[],
): { readonly sub: number; readonly object: number; readonly value: number } {
  const object = publications.findIndex(({ name }) => name === item.region);
  return { sub: DEEDS[item.deed], object: Math.max(object, 0), value: item.first ? 1 : 0 };
}
