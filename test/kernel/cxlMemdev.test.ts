/** A CXL memory device that is disabled: what the tool refuses, what goes, what stays behind. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.ts';
import type { RunRecord } from '../../src/verdict/trace.ts';
import { modelOf, runScript } from '../support/run.ts';
import { last } from './machines.ts';

const MACHINE = [
  'block_size: 128M',
  'iomem: |',
  '  00000000-3fffffff : System RAM',
  'cxl:',
  '  windows: [400000000-40fffffff]',
  '  regions:',
  '    region8: { range: 400000000-40fffffff, target_node: 1, memdev: mem0 }',
].join('\n');

const POLICY = '/sys/devices/system/memory/auto_online_blocks';
/** The kernel's own threads have done what they have to when the next line begins. */
const SET_UP = ['modprobe cxl_acpi', 'modprobe dax_cxl', `cat ${POLICY}`];
const DISABLE = 'cxl disable-memdev -f mem0';

const runOn = (lines: readonly string[], kernel = 'v6.12'): Promise<readonly RunRecord[]> =>
  runScript({ kernel, machine: MACHINE, lines });

const treeOf = ({ iomem }: RunRecord): string =>
  iomem
    .filter(([start]) => start.startsWith('4'))
    .map(([, , name]) => name)
    .join(' > ');

const statesOf = ({ blocks }: RunRecord): string => blocks.map(({ state }) => state).join(' ');

describe('cxl disable-memdev', () => {
  it.each([
    [['cxl disable-memdev mem0'], 'EBUSY'],
    [[DISABLE], 'ok'],
    [[DISABLE, 'cxl create-region region8'], 'EBUSY'],
    [[DISABLE, 'cxl destroy-region region8'], 'ok'],
    [[DISABLE, 'cxl destroy-region region8', 'cxl create-region region8'], 'ENXIO'],
    [
      [
        DISABLE,
        'cxl destroy-region region8',
        'cxl enable-memdev mem0',
        'cxl create-region region8',
      ],
      'ok',
    ],
  ])('%j: the last line answers %s', async (lines, answer) => {
    expect(last(await runOn([...SET_UP, ...lines])).result).toBe(answer);
  });

  it('takes the dax device away and leaves the region', async () => {
    const end = last(await runOn([...SET_UP, DISABLE]));

    expect(end.devices).toEqual([]);
    expect(treeOf(end)).toBe('CXL Window 0 > region8');
  });

  it('leaves memory online that nobody has a device for', async () => {
    const end = last(await runOn([`echo online_movable > ${POLICY}`, ...SET_UP, DISABLE]));

    expect(end.devices).toEqual([]);
    expect(statesOf(end)).toBe('online online');
    expect(treeOf(end)).toBe('CXL Window 0 > region8 > dax8.0 > System RAM (kmem)');
  });

  it('does nothing before cxl_acpi is there', async () => {
    const end = last(await runOn([DISABLE, ...SET_UP]));

    expect(end.devices.map(({ name }) => name)).toEqual(['dax8.0']);
  });
});

describe('recoverable', () => {
  const verdictOn = async (kernel: string, line: string): Promise<string> => {
    const script = [...SET_UP, line].map((each) => `    ${each}`).join('\n');
    const machine = MACHINE.replaceAll('\n', '\n  ');
    const text = `
format: 1
title: t
kernel: ${kernel}
machine:
  ${machine}
actors:
  admin: |
${script}
check: [{ recoverable: dax8.0 }]
`;
    return (await explore(modelOf(text))).verdict;
  };

  it.each([
    ['v6.12', DISABLE],
    ['v7.1', DISABLE],
    ['v7.1', 'cxl destroy-region -f region8'],
  ])('holds on %s after %s: the region can be set up anew', async (kernel, line) => {
    expect(await verdictOn(kernel, line)).toBe('holds');
  });
});
