/**
 * Writes a machine as a model file: complete, with a comment on where each value comes from.
 */
import { printIomem } from '../model/iomem.js';
import type { IomemNode } from '../model/model.js';
import { formatRange, formatSize } from '../model/quantity.js';
import { bytesOf } from './capacity.js';
import {
  type ImportedDevice,
  type ImportedMachine,
  type Known,
  type Origin,
  shownOrigin,
} from './machine.js';
import { matchesByType } from './release.js';

const COMMENT_COLUMN = 46;

/** A line with where its value comes from. */
function line(text: string, origin: Origin): string {
  const plain = shownOrigin(origin).replace(/[^\x20-\x7e]/g, '?');
  return `${text.padEnd(COMMENT_COLUMN)} # ${plain}`;
}

/** Bytes that are no text would end the file; blanks at the end of a name are the mail's. */
function printable(nodes: readonly IomemNode[]): IomemNode[] {
  return nodes.map((node) => ({
    ...node,
    name: node.name.replace(/[^\x20-\x7e]/g, '?').trim(),
    children: printable(node.children),
  }));
}

const indented = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((one) => (one === '' ? '' : ' '.repeat(columns) + one))
    .join('\n');

function namespaceText({ namespace, ranges }: ImportedDevice): string {
  const [range] = ranges.value;
  if (namespace === null || range === undefined) return '';
  const metadata = bytesOf({ start: namespace.range.start, end: range.start - 1n });
  return `{ name: ${namespace.name}, metadata: ${formatSize(metadata)} }`;
}

function rangeLine({ ranges }: ImportedDevice): string {
  const shown = ranges.value.map(formatRange);
  const text = shown.length === 1 ? `range: ${shown[0]}` : `ranges: [${shown.join(', ')}]`;
  return line(`      ${text}`, ranges.origin);
}

const nodeText = (node: number | null): string => (node === null ? 'none' : `${node}`);

function blockLines(blocks: ImportedDevice['blocks']): string[] {
  if (blocks === null) return [];
  const { value, origin } = blocks;
  if (typeof value === 'string') return [line(`      blocks: ${value}`, origin)];
  const rows = value.map(({ first, last, initial }) => {
    const numbers = first === last ? `${first}` : `${first}-${last}`;
    return line(`        ${numbers}: ${initial.value}`, initial.origin);
  });
  return ['      blocks:', ...rows];
}

function deviceLines(device: ImportedDevice): string[] {
  const { region, targetNode, align, driver, blocks } = device;
  const namespace = namespaceText(device);
  return [
    `    ${device.name}:`,
    rangeLine(device),
    ...(region === null
      ? [
          line(`      target_node: ${nodeText(targetNode.value)}`, targetNode.origin),
          line(`      align: ${formatSize(align.value)}`, align.origin),
          ...(namespace === '' ? [] : [`      namespace: ${namespace}`]),
        ]
      : [`      region: ${region.name}`]),
    line(`      driver: ${driver.value ?? 'none'}`, driver.origin),
    ...blockLines(blocks),
  ];
}

function regionLines(machine: ImportedMachine): string[] {
  const byName = new Map(
    machine.devices.flatMap((device) =>
      device.region === null ? [] : [[device.region.name, { ...device, region: device.region }]],
    ),
  );
  const kmem = matchesByType(machine.kernel.value) ? ', kmem: true' : '';
  return [...byName.values()].flatMap(({ region, targetNode, align }) => [
    `    ${region.name}:`,
    `      kind: dynamic`,
    `      range: ${formatRange(region)}`,
    line(`      target_node: ${nodeText(targetNode.value)}`, targetNode.origin),
    line(`      align: ${formatSize(align.value)}`, align.origin),
    ...(kmem === '' ? [] : ['      kmem: true']),
  ]);
}

/** What an administrator may want next: the device in its other mode. */
function nextCommand({ name, driver }: ImportedDevice): string {
  const mode = driver.value === 'kmem' ? 'devdax' : 'system-ram';
  return `daxctl reconfigure-device --mode=${mode} ${name}`;
}

/** Columns in front of a line of rules in the model. */
export const RULES_INDENT = 6;

function leftOutLines({ rulesLeftOut }: ImportedMachine): string[] {
  if (rulesLeftOut.length === 0) return [];
  return [
    '# The udev rules of these files are installed, and are not in this model, for it cannot read',
    '# all of them. What they do is not explored:',
    ...rulesLeftOut.map((file) => `#   ${file.replace(/[^\x20-\x7e]/g, '?')}`),
  ];
}

function ruleLines(machine: ImportedMachine): string[] {
  if (machine.rules.length === 0) return leftOutLines(machine);
  const texts = machine.rules.map(
    ({ text, place }) => `# ${place.file}\n${text.replaceAll('\r\n', '\n').trimEnd()}`,
  );
  return [
    '  # The udev rules that are installed. Without `events` nobody runs `udevadm trigger`.',
    '  udev:',
    '    events: [coldplug]',
    '    rules: |',
    indented(texts.join('\n'), RULES_INDENT),
  ];
}

const sizeText = ({ value }: Known<bigint | 'auto'>): string =>
  value === 'auto' ? value : formatSize(value);

/** Writes the model. */
export function modelText(machine: ImportedMachine): string {
  const regions = regionLines(machine);
  const names = machine.devices.map(({ name }) => name).join(', ');
  const iomem = printIomem(printable(machine.iomem)).trimEnd();
  const memmap = machine.memmapOnMemory;
  return [
    '# Made by `daxcheck import`. Behind each value stands where it comes from; what is assumed',
    '# says so.',
    '# Check it with:  daxcheck explore FILE',
    'format: 1',
    `title: an imported machine with ${names}`,
    line(`kernel: ${machine.kernel.value}`, machine.kernel.origin),
    '',
    'machine:',
    line(`  block_size: ${sizeText(machine.blockSize)}`, machine.blockSize.origin),
    line(`  auto_online_blocks: ${machine.policy.value}`, machine.policy.origin),
    ...(memmap === null ? [] : [line(`  memmap_on_memory: ${memmap.value}`, memmap.origin)]),
    ...(machine.movableNode ? ['  movable_node: true'] : []),
    ...(iomem === ''
      ? []
      : [
          line('  # Without what the devices below have claimed.', machine.listing),
          '  iomem: |',
          indented(iomem, 4),
        ]),
    ...(regions.length === 0 ? [] : ['  regions:', ...regions]),
    '  dax:',
    ...machine.devices.flatMap(deviceLines),
    '',
    '# Everything that runs at the same time. Put your own script here, or commands in any order:',
    '#   admin: { any: [COMMAND, COMMAND], times: 3 }',
    'actors:',
    '  admin: |',
    ...machine.devices.map((device) => `    ${nextCommand(device)}`),
    ...ruleLines(machine),
    '',
  ].join('\n');
}
