/**
 * What changed between two views of the machine, in the words of sysfs and /proc/iomem.
 *
 * Runs of like blocks with the same change become one line, so that a device of a terabyte still
 * fits.
 */
import type { Range } from '../model/model.js';
import type { BlockView, DeviceView, DriverView, MachineView } from '../verdict/trace.js';
import { changedLines, diffIomem, type IomemEdit } from './iomemDiff.js';
import { formatAddress, formatBytes } from './layout.js';

export interface MachineDelta {
  /** Lines removed and added, in the order of the listing. */
  readonly iomem: readonly IomemEdit[];
  /** One sentence fragment each: `memory33: offline -> online Movable`. */
  readonly changes: readonly string[];
}

/** Compares two views; equal views give an empty difference. */
export function machineDelta(before: MachineView, after: MachineView): MachineDelta {
  return {
    iomem: changedLines(diffIomem(before.iomem, after.iomem)),
    changes: [
      ...deviceChanges(before.devices, after.devices),
      ...blockChanges(before.blocks, after.blocks),
      ...driverChanges(before.drivers, after.drivers),
      ...arrow('auto_online_blocks', before.autoOnlineBlocks, after.autoOnlineBlocks),
    ],
  };
}

/** Describes the state of a block as one would say it: its zone counts only while it is online. */
export function describeBlock(block: BlockView): string {
  return block.state === 'offline' ? 'offline' : `${block.state} ${block.zones}`.trimEnd();
}

/** Describes a device in one line: driver, size, ranges, node, users. */
export function describeDevice(device: DeviceView): string {
  if (!device.present) return 'not registered';
  const parts = [
    `driver ${device.driver ?? 'none'}`,
    device.size === 0n ? 'size 0' : `${formatBytes(device.size)} at ${formatRanges(device.ranges)}`,
  ];
  if (device.targetNode !== null) parts.push(`target node ${device.targetNode}`);
  if (device.opens > 0) parts.push(`opened ${device.opens} times`);
  if (device.mappings > 0) parts.push(`mapped ${device.mappings} times`);
  if (device.pins > 0) parts.push(`pinned ${device.pins} times`);
  if (device.poison) parts.push('media errors');
  return parts.join(', ');
}

/** Lists blocks with one line for each run of consecutive blocks that are alike. */
export function describeBlocks(blocks: readonly BlockView[]): string[] {
  return joinRuns(blocks.map((block) => ({ index: block.index, text: describeBlock(block) })));
}

function deviceChanges(before: readonly DeviceView[], after: readonly DeviceView[]): string[] {
  const old = new Map(before.map((device) => [device.name, device]));
  const young = new Set(after.map((device) => device.name));
  const lines = after.flatMap((device) => deviceChange(old.get(device.name), device));
  const gone = before.filter((device) => device.present && !young.has(device.name));
  return [...lines, ...gone.map((device) => `${device.name}: unregistered`)];
}

function deviceChange(old: DeviceView | undefined, device: DeviceView): string[] {
  const { name } = device;
  if (old === undefined || !old.present) {
    return device.present ? [`${name}: registered, ${describeDevice(device)}`] : [];
  }
  if (!device.present) return [`${name}: unregistered`];
  return [
    ...arrow(`${name}: driver`, old.driver ?? 'none', device.driver ?? 'none'),
    ...arrow(`${name}: size`, formatBytes(old.size), formatBytes(device.size)),
    ...arrow(`${name}: ranges`, formatRanges(old.ranges), formatRanges(device.ranges)),
    ...arrow(`${name}: target_node`, String(old.targetNode ?? -1), String(device.targetNode ?? -1)),
    ...arrow(`${name}: open files`, String(old.opens), String(device.opens)),
    ...arrow(`${name}: mappings`, String(old.mappings), String(device.mappings)),
    ...arrow(`${name}: pinned pages`, String(old.pins), String(device.pins)),
    ...arrow(`${name}: media errors`, yesNo(old.poison), yesNo(device.poison)),
  ];
}

function blockChanges(before: readonly BlockView[], after: readonly BlockView[]): string[] {
  const old = new Map(before.map((block) => [block.index, block]));
  const young = new Map(after.map((block) => [block.index, block]));
  const indices = [...new Set([...old.keys(), ...young.keys()])].sort((a, b) => a - b);
  const changed = indices.flatMap((index) => {
    const text = blockChange(old.get(index), young.get(index));
    return text === null ? [] : [{ index, text }];
  });
  return joinRuns(changed);
}

function blockChange(old: BlockView | undefined, block: BlockView | undefined): string | null {
  if (block === undefined) return old === undefined ? null : 'removed';
  if (old === undefined) return `added, ${describeBlock(block)}`;
  const from = describeBlock(old);
  const to = describeBlock(block);
  if (from !== to) return `${from} -> ${to}`;
  return old.zones === block.zones ? null : `valid_zones ${old.zones} -> ${block.zones}`;
}

interface BlockText {
  readonly index: number;
  readonly text: string;
}

function joinRuns(entries: readonly BlockText[]): string[] {
  const runs: { first: number; last: number; text: string }[] = [];
  for (const { index, text } of entries) {
    const run = runs.at(-1);
    if (run !== undefined && run.text === text && run.last + 1 === index) run.last = index;
    else runs.push({ first: index, last: index, text });
  }
  return runs.map(({ first, last, text }) =>
    first === last ? `memory${first}: ${text}` : `memory${first}-${last}: ${text}`,
  );
}

function driverChanges(before: readonly DriverView[], after: readonly DriverView[]): string[] {
  const old = new Map(before.map((driver) => [driver.name, driver]));
  return after.flatMap((driver) => {
    const was = old.get(driver.name);
    const ids = was?.ids ?? [];
    return [
      ...arrow(
        `driver ${driver.name}`,
        loaded(was?.registered ?? false),
        loaded(driver.registered),
      ),
      ...driver.ids.filter((id) => !ids.includes(id)).map((id) => `${driver.name}: id ${id} added`),
      ...ids
        .filter((id) => !driver.ids.includes(id))
        .map((id) => `${driver.name}: id ${id} removed`),
    ];
  });
}

function arrow(subject: string, from: string, to: string): string[] {
  if (from === to) return [];
  const separator = subject.includes(':') ? ' ' : ': ';
  return [`${subject}${separator}${from} -> ${to}`];
}

function formatRanges(ranges: readonly Range[]): string {
  if (ranges.length === 0) return 'none';
  return ranges
    .map((range) => `${formatAddress(range.start)}-${formatAddress(range.end)}`)
    .join(' + ');
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function loaded(registered: boolean): string {
  return registered ? 'registered' : 'not registered';
}
