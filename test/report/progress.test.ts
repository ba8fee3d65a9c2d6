/** The progress line, on a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/engine/progress.js';
import { createProgress, renderProgress } from '../../src/report/progress.js';

const POINT: Progress = {
  transitions: 4_000_000,
  distinctStates: 1_000_000,
  depth: 21,
  frontier: 50_000,
  memoryBytes: 134_217_728,
  load: 0.436,
  seconds: 2,
  statesPerSecond: 500_000,
  rest: {
    statesLeast: 3_120_000,
    secondsLeast: 6.2,
    statesMost: 19_400_000,
    secondsMost: 98,
  },
};

/** A reporter on a clock that stands still until moved, and what it has written. */
function start(options: { isTerminal: boolean; quiet?: boolean; columns?: number }) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { write: (text: string) => written.push(text) };
  const progress = createProgress(stream, { now: () => clock.ms, ...options });
  return { written, clock, progress };
}

describe('progress', () => {
  it('has states, rate, depth, the rest, frontier, memory and load on one line', () => {
    expect(renderProgress(POINT).split(', ')).toEqual([
      '1,000,000 states',
      '500,000/s',
      'depth 21',
      'rest 3.1 million to 19 million',
      '7 s to 2 min',
      'frontier 50,000',
      '128.0 MiB',
      'table 44 %',
    ]);
  });

  it('gives the least alone while nothing bounds the rest', () => {
    const rest = { statesLeast: 45_600, secondsLeast: 0.1, statesMost: null, secondsMost: null };

    const unknown = { ...POINT, rest: null };

    expect(renderProgress({ ...POINT, rest })).toMatch(/, rest at least 46,000, 1 s, frontier/);
    expect(renderProgress(unknown)).toContain(', rest unknown, ');
  });

  it('rewrites one line on a terminal, and clears it at the end', () => {
    const { written, clock, progress } = start({ isTerminal: true, columns: 200 });

    clock.ms = 2000;
    progress.update(POINT);
    progress.end();

    expect(written).toEqual([`\r\u001b[K${renderProgress(POINT)}`, '\r\u001b[K']);
  });

  it('is whole up to the width of a page where the terminal does not know its own', () => {
    const { written, clock, progress } = start({ isTerminal: true, columns: 0 });

    clock.ms = 2000;
    progress.update({ ...POINT, rest: null });

    expect(written.join('')).toMatch(/table 44 %$/);
  });

  it('never wraps on a narrow terminal', () => {
    const { written, clock, progress } = start({ isTerminal: true, columns: 40 });

    clock.ms = 2000;
    progress.update(POINT);

    expect(written.join('').replace('\r\u001b[K', '')).toHaveLength(39);
  });

  it('writes a plain line now and then elsewhere', () => {
    const { written, clock, progress } = start({ isTerminal: false });

    for (clock.ms = 0; clock.ms <= 25_000; clock.ms += 1000) progress.update(POINT);
    progress.end();

    expect(written).toEqual([`${renderProgress(POINT)}\n`, `${renderProgress(POINT)}\n`]);
  });

  it('stays silent when quiet', () => {
    const { written, clock, progress } = start({ isTerminal: true, quiet: true });

    clock.ms = 60_000;
    progress.update(POINT);
    progress.end();

    expect(written).toEqual([]);
  });

  it('stays silent in a run that ends at once', () => {
    const { written, progress } = start({ isTerminal: true });

    progress.update(POINT);
    progress.end();

    expect(written).toEqual([]);
  });
});
