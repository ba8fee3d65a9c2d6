/** Ranges that the firmware names: who owns them, what the tree shows, what commands answer. */
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/verdict/trace.js';
import { runScript } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { ANSWER_CASES, OWNER_CASES, TREE_CASES } from './firmwareCases.ts';
import { last } from './machines.ts';

const machineOf = (firmware: string): string =>
  ['block_size: 128M', 'iomem: |', '  00000000-3fffffff : System RAM', firmware].join('\n');

/** A line that changes nothing, so that the kernel's own threads have done what they have to. */
const AFTERWARDS = 'cat /sys/devices/system/memory/auto_online_blocks';

async function settled(
  kernel: string,
  firmware: string,
  lines: readonly string[],
): Promise<RunRecord> {
  const records = await runScript({
    kernel,
    machine: machineOf(firmware),
    lines: [...lines, AFTERWARDS],
  });
  return last(records);
}

const OWNERS = titled(
  OWNER_CASES,
  ({ kernel, title, lines, owners }) => `${kernel}, ${title}, ${lines[0]}: ${owners}`,
);
const TREES = titled(
  TREE_CASES,
  ({ kernel, tree, lines }) => `${kernel}, ${lines.at(-1)}: ${tree}`,
);
const ANSWERS = titled(
  ANSWER_CASES,
  ({ kernel, lines, answer }) => `${kernel}: ${lines.at(-1)} answers ${answer}`,
);

printCells('ranges of the firmware', OWNERS.length + TREES.length + ANSWERS.length);

describe('a range of the firmware belongs to whom its kernel gives it', () => {
  it.each(OWNERS)('%s', async (_title, { kernel, firmware, lines, owners }) => {
    const { devices } = await settled(kernel, firmware, lines);

    const named = devices.map(({ name, driver }) => `${name} ${driver ?? 'none'}`).sort();
    const found = named.join(', ');
    expect(found === '' ? 'nobody' : found).toBe(owners);
  });
});

describe('the resource tree above 16 GiB', () => {
  it.each(TREES)('%s', async (_title, { kernel, firmware, lines, tree }) => {
    const { iomem } = await settled(kernel, firmware, lines);

    const names = iomem.filter(([start]) => start.startsWith('4')).map(([, , name]) => name);
    expect(names.join(' > ')).toBe(tree);
  });
});

describe('commands beneath drivers/dax', () => {
  it.each(ANSWERS)('%s', async (_title, { kernel, firmware, lines, answer }) => {
    const records = await runScript({ kernel, machine: machineOf(firmware), lines });

    expect(last(records).result).toBe(answer);
  });
});
