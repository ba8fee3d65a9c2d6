/**
 * Ranges of the firmware: what contradicts itself, and what commands on them need.
 */
import { describe, expect, it } from 'vitest';
import { nameFaults } from '../../src/compile/scenario.ts';
import { faultsOf, HEAD, modelOf, short } from './support.ts';

/** A machine whose firmware keys are the case's own; its first line is line 6. */
const machine = (lines: string): string => `${HEAD}machine:\n  block_size: 128M\n${lines}`;

const ENTRY = '  soft_reserved: [{ range: 400000000-40fffffff, target_node: 1 }]\n';
const window = (regions: string): string =>
  `  cxl:\n    windows: [400000000-40fffffff]\n    regions: { ${regions} }\n`;

describe('a range of the firmware', () => {
  it.each([
    [
      'a region that leaves its window',
      window('region8: { range: 400000000-41fffffff, target_node: 1 }'),
      ['DAX031 8:34'],
    ],
    [
      'a region without a window',
      '  cxl: { regions: { region8: { range: 400000000-40fffffff, target_node: 1 } } }\n',
      ['DAX031 6:39'],
    ],
    [
      'a region of another name',
      window('cxl8: { range: 400000000-40fffffff, target_node: 1 }'),
      ['DAX018 8:16'],
    ],
    [
      'a memory device of another name',
      window('region8: { range: 400000000-40fffffff, target_node: 1, memdev: cxl0 }'),
      ['DAX018 8:79'],
    ],
    [
      'a memory device behind two regions',
      '  cxl:\n    windows: [400000000-41fffffff]\n    regions:\n' +
        '      region8: { range: 400000000-40fffffff, target_node: 1, memdev: mem0 }\n' +
        '      region9: { range: 410000000-41fffffff, target_node: 1, memdev: mem0 }\n',
      ['DAX046 10:70'],
    ],
    [
      'entries that overlap',
      '  soft_reserved:\n    - { range: 400000000-40fffffff, target_node: 1 }\n' +
        '    - { range: 408000000-41fffffff, target_node: 1 }\n',
      ['DAX034 8:16'],
    ],
    [
      'a device of the number of hmem.0',
      `${ENTRY}  dax:\n    dax0.1: { range: 100000000-107ffffff, target_node: 1 }\n`,
      ['DAX046 8:5'],
    ],
    [
      'a region of the number of hmem.0',
      ENTRY + window('region0: { range: 400000000-40fffffff, target_node: 1 }'),
      ['DAX046 9:34'],
    ],
    [
      'an entry that the listing has as well',
      `${ENTRY}  iomem: |\n    00000000-1fffffff : System RAM\n` +
        '    400000000-40fffffff : Soft Reserved\n',
      ['DAX017 9:5'],
    ],
    [
      'a module that is loaded before the start',
      `${ENTRY}  modules: { dax_hmem: loaded }\n`,
      ['DAX013 7:24'],
    ],
  ])('is refused: %s', (_title, lines, expected) => {
    expect(faultsOf(machine(lines))).toEqual(expected);
  });

  it('is none of the declared regions', () => {
    expect(modelOf(machine(ENTRY)).machine.regions).toEqual([]);
  });
});

describe('a command on what lies beneath', () => {
  const faultsWith = (lines: string, command: string): string[] =>
    short(nameFaults(modelOf(`${machine(lines)}actors:\n  admin: ${command}\n`)));

  it.each([
    ['modprobe dax_hmem', '', ['DAX204 8:10']],
    ['insmod dax_hmem.ko', ENTRY, []],
    ['insmod other.ko', ENTRY, ['DAX204 8:10']],
    ['modprobe dax_cxl', '  modules: { dax_cxl: absent }\n', ['DAX204 9:10']],
    [
      'cxl destroy-region region9',
      window('region8: { range: 400000000-40fffffff, target_node: 1 }'),
      ['DAX211 10:10'],
    ],
    [
      'cxl disable-memdev -f mem1',
      window('region8: { range: 400000000-40fffffff, target_node: 1, memdev: mem0 }'),
      ['DAX211 10:10'],
    ],
    ['echo x > /sys/bus/nd/devices/namespace0.0/uuid', ENTRY, ['DAX211 8:19']],
  ])('%s', (command, lines, expected) => {
    const own = lines === '' ? '  auto_online_blocks: offline\n' : lines;
    const full = own.includes('modules') ? `${ENTRY}${own}` : own;
    expect(faultsWith(full, command)).toEqual(expected);
  });
});
