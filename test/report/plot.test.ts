/** Plots: what must stand in them whatever the numbers are. */
import { describe, expect, it } from 'vitest';
import { drawGrowth, growthRows, growthText } from '../../src/report/growth.js';
import { drawBars, drawLines, shortNumber } from '../../src/report/plot.js';

const about = { id: 'p', title: 'A <title>', description: 'a "description" & more' };

describe('numbers at the axes', () => {
  it.each([
    [0, '0'],
    [0.25, '0.25'],
    [999, '999'],
    [1500, '1.5k'],
    [10_583_469, '10.6M'],
    [2e9, '2G'],
  ])('%d is %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});

describe('lines', () => {
  it('have a name each, a dash each, and points inside the picture', () => {
    const points = [1, 10, 100, 1000].map((x): [number, number] => [x, 2 * x]);
    const svg = drawLines({
      ...about,
      x: { label: 'states', scale: 'log' },
      y: { label: 'ns', scale: 'linear' },
      series: [
        { name: 'one', points },
        { name: 'two', points: points.map(([x, y]) => [x, y / 3]) },
      ],
    });
    expect(svg).toContain('>one</text>');
    expect(svg).toContain('>two</text>');
    expect(new Set(svg.match(/stroke-dasharray="[^"]*"/g)).size).toBe(2);
    expect(svg).toContain('A &lt;title&gt;');
    expect(svg).toContain('a "description" &amp; more');
    for (const [, x] of svg.matchAll(/cx="([\d.-]+)"/g)) {
      expect(Number(x)).toBeGreaterThan(0);
      expect(Number(x)).toBeLessThan(720);
    }
  });

  it.each([[[]], [[[1, 1]]], [[[5, 0]]]])('take %j', (points) => {
    const series = [{ name: 'one', points: points as [number, number][] }];
    const axis = { label: 'x', scale: 'linear' } as const;
    expect(drawLines({ ...about, x: axis, y: axis, series })).not.toMatch(/NaN|Infinity/);
  });
});

describe('bars', () => {
  it('are as long as their values', () => {
    const bar = (value: number) => ({ name: `v${value}`, value, note: `${value} s`, isOwn: false });
    const svg = drawBars({ ...about, label: 'seconds', bars: [bar(1), bar(2), bar(4)] });
    const widths = [...svg.matchAll(/width="([\d.]+)" height="20"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toHaveLength(3);
    expect((widths[2] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(4, 1);
  });
});

describe('growth by depth', () => {
  it('is told in a sentence and a table', () => {
    expect(growthText([1, 3, 8, 2])).toBe(
      '14 states in 4 levels; the widest is depth 2 with 8 states.',
    );
    expect(growthRows([1, 3, 1200])).toEqual([
      'depth    new  all so far',
      '    0      1           1',
      '    1      3           4',
      '    2  1,200       1,204',
    ]);
    expect(drawGrowth([1, 3, 8, 2], 'g')).toContain('all so far');
  });

  it('joins depths in a long table, and none is lost', () => {
    const levels = Array.from({ length: 100 }, (_, depth) => depth + 1);
    const rows = growthRows(levels);
    expect(rows.length).toBeLessThanOrEqual(41);
    expect(rows.at(-1)).toMatch(/5,050$/);
    expect(drawGrowth(levels, 'g')).not.toMatch(/NaN|Infinity/);
  });
});
