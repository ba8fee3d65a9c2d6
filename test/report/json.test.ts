/**
 * The JSON lines of explore and run: their order, their fields, and what may differ between runs.
 */
import { describe, expect, it } from 'vitest';
import { renderRunJson, renderVerdictJson } from '../../src/report/json.js';
import { DEADLOCK_TRACE, UNBIND_TRACE, verdict } from './fixtures.js';
import { RUN } from './runFixture.js';

const VIOLATED = verdict({ verdict: 'violated', violations: [DEADLOCK_TRACE, UNBIND_TRACE] });

function parseLines(text: string) {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('explore --json', () => {
  it('ends with the summary after one line for each violation', () => {
    const lines = parseLines(renderVerdictJson(VIOLATED));

    expect(lines.map((line) => line.kind)).toEqual(['violation', 'violation', 'verdict']);
  });

  it('has the promised fields in its last line', () => {
    const last = parseLines(renderVerdictJson(VIOLATED)).at(-1);

    expect(last).toMatchObject({
      verdict: 'violated',
      distinctStates: 1312,
      transitions: 4096,
      depth: 17,
      violations: [{ property: 'no-deadlock' }, { property: 'recoverable', device: 'dax0.0' }],
      measured: { workers: 2 },
    });
  });

  it('differs in nothing but measured when the machine was slower', () => {
    const measured = { seconds: 9, statesPerSecond: 1, memoryBytes: 1, workers: 7 };
    const strip = (text: string) => text.replace(/"measured":\{[^}]*\}/, '');

    const slow = renderVerdictJson({ ...VIOLATED, measured });

    expect(strip(slow)).toBe(strip(renderVerdictJson(VIOLATED)));
  });

  it('says where each trace file is', () => {
    const [first, second] = parseLines(renderVerdictJson(VIOLATED, ['one.itf.json']));

    expect([first.traceFile, second.traceFile]).toEqual(['one.itf.json', null]);
  });

  it('tells each step with the lines of /proc/iomem that came and went', () => {
    const [, unbind] = parseLines(renderVerdictJson(VIOLATED));

    expect(unbind.trace[1].iomem).toEqual({
      removed: [],
      added: ['  100000000-10fffffff : dax0.0', '    100000000-10fffffff : System RAM (kmem)'],
    });
  });
});

describe('run --json', () => {
  it('has one record a line, as it was', () => {
    expect(parseLines(renderRunJson(RUN))).toEqual(RUN);
  });
});
