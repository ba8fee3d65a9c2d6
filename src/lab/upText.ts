/**
 * A guest that came up, as text: its kernel, and the machine that it shows.
 */
import { formatIomemLine } from '../report/iomemDiff.js';
import { formatBytes, labelled, PAGE_WIDTH } from '../report/layout.js';
import type { Style } from '../report/style.js';
import type { IomemLine } from '../verdict/trace.js';
import { factLines, type KernelFacts } from './facts.js';
import type { SeenBlock, SeenDevice, Sighting } from './outcome.js';

export interface UpReport {
  readonly kind: 'lab-up';
  readonly model: string;
  /** The kernel, its package, its features and its options, by name. */
  readonly facts: KernelFacts;
  readonly machine: Sighting;
  readonly measured: { readonly secondsToSnapshot: number; readonly secondsToReset: number };
}

const DETAIL = { indent: 2, labelWidth: 14, width: PAGE_WIDTH };

const deviceText = ({ name, driver, size, ranges }: SeenDevice): string => {
  const where = ranges.map(({ start, end }) => `${start.toString(16)}-${end.toString(16)}`);
  return `${name} on ${driver ?? 'no driver'}, ${formatBytes(size)}: ${where.join(', ')}`;
};

const blockText = ({ index, state, zones }: SeenBlock): string =>
  `memory${index} ${state} (${zones})`;

/** A line of the listing keeps its indentation. */
const listed = (line: IomemLine, index: number): string =>
  `  ${(index === 0 ? 'iomem' : '').padEnd(DETAIL.labelWidth)}${formatIomemLine(line)}`;

/** Renders what came up. */
export function renderUp({ facts, machine, measured, model }: UpReport, style: Style): string {
  const row = (label: string, texts: readonly string[]): string[] =>
    texts.flatMap((text, index) => labelled(index === 0 ? label : '', text, DETAIL));
  const { secondsToSnapshot, secondsToReset } = measured;
  const lines = [
    style.good(`Up: ${model} on ${facts.release ?? '?'}`),
    ...factLines(facts),
    ...row('devices', machine.devices.map(deviceText)),
    ...row('blocks', machine.blocks.length === 0 ? ['none'] : machine.blocks.map(blockText)),
    ...machine.iomem.map(listed),
    ...row('measured', [
      [
        `${secondsToSnapshot.toFixed(1)} s to the snapshot`,
        `${secondsToReset.toFixed(2)} s to go back`,
      ].join(', '),
    ]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
