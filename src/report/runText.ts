/**
 * `daxcheck run` as text: each line with what it returned and what changed, then the machine at
 * the end.
 */
import type { DeviceView, IomemLine, MachineView, RunRecord } from '../verdict/trace.js';
import { formatIomemLine } from './iomemDiff.js';
import {
  atBothEnds,
  formatPlace,
  formatResult,
  labelled,
  onOneLine,
  PAGE_WIDTH,
} from './layout.js';
import { describeBlocks, describeDevice, machineDelta } from './machineDelta.js';
import type { Style } from './style.js';

const DETAIL = { indent: 4, labelWidth: 9, width: PAGE_WIDTH };

export interface RunTextOptions {
  /** The machine before the first line; without it the first line shows no changes. */
  readonly initial?: MachineView;
  /** The model's file: its name is then left out of the places. */
  readonly model?: string;
}

/**
 * Renders the records of a run. A record with an empty command is the machine before the first
 * line.
 */
export function renderRun(
  records: readonly RunRecord[],
  style: Style,
  options: RunTextOptions = {},
): string {
  const lines: string[] = [];
  let before: MachineView | null = options.initial ?? null;
  for (const record of records) {
    const after = viewOfRecord(record);
    if (record.command !== '')
      lines.push(...recordLines(record, { before, after }, style, options));
    before = after;
  }
  if (before !== null) lines.push(style.title('At the end'), ...machineLines(before));
  return lines.map((line) => `${line}\n`).join('');
}

interface Views {
  readonly before: MachineView | null;
  readonly after: MachineView;
}

function recordLines(
  record: RunRecord,
  { before, after }: Views,
  style: Style,
  options: RunTextOptions,
): string[] {
  const place = record.place === null ? '' : formatPlace(record.place, options.model ?? null);
  const prompt = `${record.thread}$ `;
  const command = onOneLine(record.command);
  const line = atBothEnds(prompt + command, place, PAGE_WIDTH) ?? prompt + command;
  const value = record.value === null ? '' : `: ${JSON.stringify(record.value)}`;
  const returned = labelled('returns', formatResult(record.result) + value, DETAIL);
  const paint = record.result === 'ok' ? style.good : style.bad;
  const messages = record.messages.flatMap((text) => labelled('dmesg', text, DETAIL));
  const output = (record.output ?? []).flatMap((text) => labelled('prints', text, DETAIL));
  return [
    style.actor(prompt) + line.slice(prompt.length).trimEnd(),
    ...returned.map(paint),
    ...messages.map(style.warning),
    ...output,
    ...(before === null ? [] : deltaLines(before, after, style)),
    '',
  ];
}

function deltaLines(before: MachineView, after: MachineView, style: Style): string[] {
  const delta = machineDelta(before, after);
  const iomem = delta.iomem.map((edit, index) => {
    const label = (index === 0 ? 'iomem' : '').padEnd(DETAIL.labelWidth);
    const [sign, paint] = edit.op === 'remove' ? ['-', style.removed] : ['+', style.added];
    return ' '.repeat(DETAIL.indent) + label + paint(`${sign} ${formatIomemLine(edit.line)}`);
  });
  return [...iomem, ...delta.changes.flatMap((change) => labelled('now', change, DETAIL))];
}

function machineLines(view: MachineView): string[] {
  const facts = [
    ...view.devices.map((device) => `${device.name}: ${describeDevice(device)}`),
    ...describeBlocks(view.blocks),
    `auto_online_blocks: ${view.autoOnlineBlocks}`,
  ];
  return [...view.iomem.map(formatIomemLine), ...facts].map((line) => `    ${line}`);
}

/** The machine after a record, as far as a record tells it. */
export function viewOfRecord(record: RunRecord): MachineView {
  return {
    iomem: record.iomem.map(([start, end, name, depth]): IomemLine => {
      return { start: parseHex(start), end: parseHex(end), name, depth };
    }),
    devices: record.devices.map(viewOfDevice),
    blocks: record.blocks.map((block) => ({
      index: Number(block.name.replace(/^\D+/, '')),
      state: block.state === 'online' || block.state === 'going-offline' ? block.state : 'offline',
      zones: block.zones,
      device: '',
    })),
    drivers: [],
    autoOnlineBlocks: record.autoOnlineBlocks,
    locks: [],
  };
}

function viewOfDevice(device: RunRecord['devices'][number]): DeviceView {
  const ranges = device.ranges.map(([start, end]) => ({
    start: parseHex(start),
    end: parseHex(end),
  }));
  return {
    name: device.name,
    driver: device.driver,
    present: true,
    size: ranges.reduce((bytes, range) => bytes + range.end - range.start + 1n, 0n),
    ranges,
    targetNode: null,
    opens: 0,
    mappings: 0,
    pins: 0,
    poison: false,
  };
}

/** Reads an address of a record, with or without 0x; the record's maker vouches for the digits. */
function parseHex(text: string): bigint {
  return BigInt(`0x${text.replace(/^0x/i, '')}`);
}
