/**
 * `daxcheck capacity`: what each dax device gives to kmem, without any search.
 */
import { EXIT } from '../errors.js';
import {
  type Capacity,
  capacities,
  type DeviceCapacity,
  type NamespaceChoice,
} from '../import/capacity.js';
import { blockBytes } from '../import/join.js';
import { AS_KMEM_HAS } from '../import/joinDevice.js';
import { type ImportedDevice, type ImportedMachine, shownOrigin } from '../import/machine.js';
import { formatRange, formatSize } from '../model/quantity.js';
import {
  type CapacityTable,
  capacityLines,
  capacitySvg,
  type OtherWay,
} from '../report/capacityPicture.js';
import { importMachine, tellWarnings } from './import.js';
import type { InputOptions } from './inputOptions.js';
import type { Terminal } from './terminal.js';
import { writeWhole } from './writeWhole.js';

export interface CapacityOptions extends InputOptions {
  readonly svg?: string;
}

/** Only what kmem has is known: what is lost around it is not. */
const isOpen = ({ ranges: { origin } }: ImportedDevice): boolean =>
  'assumed' in origin && origin.assumed === AS_KMEM_HAS;

const otherSize = (device: ImportedDevice, { blockSize, usable, lost }: Capacity): OtherWay => ({
  label: `blocks of ${formatSize(blockSize)}`,
  usable,
  lost: isOpen(device) ? null : lost,
});

/**
 * What a namespace created in another way gives; what the memory map takes of it is lost as well.
 */
function otherNamespace(
  { device }: DeviceCapacity,
  { align, map, capacity }: NamespaceChoice,
): OtherWay {
  const range = device.namespace?.range ?? { start: 0n, end: -1n };
  const name = device.namespace?.name ?? '';
  return {
    label: `ndctl create-namespace -fe ${name} -m devdax -a ${formatSize(align)} -M ${map}`,
    usable: capacity.usable,
    lost: range.end - range.start + 1n - capacity.usable,
  };
}

function notesOf({ device, now, agrees }: DeviceCapacity): string[] {
  const size = formatSize(now.blockSize);
  const { claimed } = device;
  return [
    ...now.ranges.flatMap(({ range, taken, head, tail }) => {
      if (taken === null) {
        return [`no whole block of ${size} lies in ${formatRange(range)}: kmem refuses it`];
      }
      return [
        ...(head > 0n ? [`starts ${formatSize(head)} before a multiple of ${size}`] : []),
        ...(tail > 0n ? [`ends ${formatSize(tail)} behind a multiple of ${size}`] : []),
      ];
    }),
    ...(device.targetNode.value === null ? ['has no target node: kmem refuses it'] : []),
    ...(agrees || claimed === null
      ? []
      : [
          `the listing shows ${formatRange(claimed.range)} on kmem, which is not what follows here`,
        ]),
    ...('assumed' in device.ranges.origin ? [`its range is ${device.ranges.origin.assumed}`] : []),
  ];
}

/** The table of a machine. */
export function capacityTable(machine: ImportedMachine): CapacityTable {
  const blockSize = blockBytes(machine.blockSize.value, machine.iomem, machine.kernel.value);
  return {
    blockSize,
    origin: shownOrigin(machine.blockSize.origin),
    rows: capacities(machine, blockSize).map((one) => ({
      name: one.device.name,
      bars: one.now.ranges.map((bar) =>
        isOpen(one.device) ? { ...bar, head: null, tail: null } : bar,
      ),
      notes: notesOf(one),
      others: [
        ...one.others.map((other) => otherSize(one.device, other)),
        ...one.choices.map((choice) => otherNamespace(one, choice)),
      ],
    })),
  };
}

const bytesText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** Prints what each device gives, and returns the exit status. */
export function capacityCommand(options: CapacityOptions, terminal: Terminal): number {
  const imported = importMachine(options, terminal);
  if (!imported.ok) return imported.status;
  const { machine, warnings } = imported;
  // What is assumed of drivers, nodes and the kernel changes nothing here.
  const told = warnings.filter(({ code }) => code !== 'DAX519');
  tellWarnings(told, terminal);
  const table = capacityTable(machine);
  if (options.svg !== undefined) writeWhole(options.svg, capacitySvg(table, 'capacity'));
  terminal.writeOut(
    options.json === true
      ? `${JSON.stringify({ kind: 'capacity', ...table }, bytesText)}\n`
      : `${capacityLines(table).join('\n')}\n`,
  );
  return EXIT.holds;
}
