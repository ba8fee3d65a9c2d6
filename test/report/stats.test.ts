/** The numbers of `--stats` as text. */
import { describe, expect, it } from 'vitest';
import { renderStats } from '../../src/report/stats.js';
import type { Stats } from '../../src/verdict/trace.js';
import { verdict } from './fixtures.ts';

const MIB = 2 ** 20;

const KEPT = {
  stateBytes: 250,
  packedBytes: 16,
  parts: 20_000,
  memory: {
    fixed: 7 * MIB,
    states: 16 * MIB,
    table: 32 * MIB,
    parts: 1.25 * MIB,
    partsTable: 0.5 * MIB,
  },
  probes: { load: 0.25, mean: 1.1234, percentile99: 3, most: 9, sampled: 1_048_576 },
};

const STATS: Stats = {
  seconds: {
    compile: 0.012,
    reserve: 0.003,
    search: 1.25,
    growing: 0.101,
    waiting: 0.02,
    traces: 0,
    properties: 0.5,
  },
  levels: Array.from({ length: 30 }, (_, depth) => ({ states: depth + 1, seconds: 0.001 })),
  commands: [
    { name: 'echo online > state (line 7)', count: 750 },
    { name: 'udev', count: 250 },
  ],
  points: Array.from({ length: 14 }, (_, point) => ({ name: `point ${point}`, count: 20 - point })),
  kept: KEPT,
};

const plain = verdict({ distinctStates: MIB });
const textOf = (stats: Stats): string =>
  renderStats({ ...plain, measured: { ...plain.measured, stats } });

describe('the numbers of an exploration', () => {
  it('are nothing where nobody asked', () => {
    expect(renderStats(plain)).toBe('');
  });

  it('are times, levels, steps, the table, and bytes a state by what they are for', () => {
    expect(textOf(STATS)).toMatchInlineSnapshot(`
      "Time
        compile        0.012 s
        reserve        0.003 s
        search         1.250 s
          tables grow  0.101 s  all workers together
          at barriers  0.020 s  of all workers, added up
        traces         0.000 s
        properties     0.500 s

      Levels
        depth 0-2     6 states  0.003 s
        depth 3-5    15 states  0.003 s
        depth 6-8    24 states  0.003 s
        depth 9-11   33 states  0.003 s
        depth 12-14  42 states  0.003 s
        depth 15-17  51 states  0.003 s
        depth 18-20  60 states  0.003 s
        depth 21-23  69 states  0.003 s
        depth 24-26  78 states  0.003 s
        depth 27-29  87 states  0.003 s

      Steps by command
        echo online > state (line 7)    750  75.0 %
        udev                            250  25.0 %
        all                           1,000

      Steps by where they begin in the kernel
        point 0    20  10.6 %
        point 1    19  10.1 %
        point 2    18  9.5 %
        point 3    17  9.0 %
        point 4    16  8.5 %
        point 5    15  7.9 %
        point 6    14  7.4 %
        point 7    13  6.9 %
        point 8    12  6.3 %
        point 9    11  5.8 %
        point 10   10  5.3 %
        point 11    9  4.8 %
        2 more     15  7.9 %
        all       189

      Table of states
        load                   25.0 %
        slots read, mean         1.12  over 1,048,576 states
        slots read, 99 of 100       3  at most
        slots read, most            9

      Memory
        states       16.0 MiB  16.0 bytes a state, for 250 unpacked
        their table  32.0 MiB  32.0 bytes a state
        parts         1.3 MiB  1.3 bytes a state, 20,000 distinct
        their table   0.5 MiB  0.5 bytes a state
        fixed         7.0 MiB  settings, workers, levels
      "
    `);
  });

  it('say nothing of parts where states are kept as they are', () => {
    const kept = { ...KEPT, parts: 0, stateBytes: 32, packedBytes: 32 };
    const unpacked = { ...STATS, kept };

    expect(textOf(unpacked)).not.toContain('parts');
    expect(textOf(unpacked)).not.toContain('unpacked');
  });

  it('are times and levels alone where no states are kept', () => {
    const { seconds, levels } = STATS;
    const titles = textOf({ seconds, levels })
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));

    expect(titles).toEqual(['Time', 'Levels']);
  });

  it('keep to the page with the longest of commands', () => {
    const commands = [{ name: 'x'.repeat(300), count: 123_456_789 }];

    const widest = Math.max(
      ...textOf({ ...STATS, commands })
        .split('\n')
        .map((l) => l.length),
    );

    expect(widest).toBeLessThanOrEqual(92);
  });
});
