/** Trace files: written and read back unchanged, and refused with faults when damaged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashModelText, renderItf } from '../../src/report/itf.js';
import { parseItf } from '../../src/report/itfRead.js';
import type { Trace } from '../../src/verdict/trace.js';
import { FC, SEED_TITLE } from '../support/fc.js';
import { anyTrace } from './arbitraries.js';
import { DEADLOCK_TRACE, UNBIND_TRACE } from './fixtures.js';

const ORIGIN = { modelHash: hashModelText('format: 1\n'), initial: 0 };

function render(trace: Trace): string {
  return renderItf(trace, ORIGIN);
}

function codes(text: string): string[] {
  const reading = parseItf(text, 'a.itf.json');
  return reading.ok ? [] : reading.diagnostics.map((fault) => fault.code);
}

describe(`a trace file (${SEED_TITLE})`, () => {
  it('gives back the whole trace when read', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        expect(parseItf(render(trace))).toMatchObject({ ok: true, trace });
      }),
      FC,
    );
  });

  it('names model, hash, ordinals and finding for the replay', () => {
    const reading = parseItf(render(DEADLOCK_TRACE));

    expect(reading).toMatchObject({
      ok: true,
      header: {
        ...ORIGIN,
        model: DEADLOCK_TRACE.model,
        ordinals: [1, 1, 0, 1, 0, 0],
        finding: DEADLOCK_TRACE.finding,
      },
    });
  });

  it('is ITF: variables declared, one state more than steps, integers as #bigint', () => {
    const document = JSON.parse(render(UNBIND_TRACE));

    expect(document['#meta'].format).toBe('ITF');
    expect(document.states).toHaveLength(UNBIND_TRACE.steps.length + 1);
    const [first] = document.states;
    expect(Object.keys(first)).toEqual(['#meta', ...document.vars]);
    expect(first.iomem[0].end).toEqual({ '#bigint': '4095' });
    const { '#meta': meta, ...variables } = first;
    expect(JSON.stringify(variables)).not.toMatch(/[:[,]-?\d/);
    expect(meta).toEqual({ index: 0 });
  });

  it('says of each step the shell line, what it returned and how /proc/iomem changed', () => {
    const document = JSON.parse(render(UNBIND_TRACE));

    expect(document.states[1]['#meta'].daxcheck).toMatchObject({
      thread: 'admin',
      shell: 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind',
      returned: 'ok',
      iomemRemoved: ['  100000000-10fffffff : dax0.0'],
      iomemAdded: [],
    });
  });

  it('is the same bytes every time', () => {
    expect(render(UNBIND_TRACE)).toBe(render(UNBIND_TRACE));
  });
});

describe(`a damaged trace file (${SEED_TITLE})`, () => {
  it('is refused with a fault wherever it is cut off', () => {
    const text = render(DEADLOCK_TRACE).trimEnd();
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), (length) => {
        expect(codes(text.slice(0, length))).toEqual(['DAX401']);
      }),
      FC,
    );
  });

  it('is refused without a crash when it is any text at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(codes(text).length).toBeGreaterThan(0);
      }),
      FC,
    );
  });

  it('is told from the trace of another tool', () => {
    expect(codes('{"#meta": {"format": "ITF"}, "vars": ["x"], "states": []}')).toEqual(['DAX402']);
  });

  it('is refused by its number when its format is a later one', () => {
    const text = render(UNBIND_TRACE).replace('"daxcheck":{"format":1', '"daxcheck":{"format":2');

    expect(codes(text)).toEqual(['DAX403']);
  });

  it('gets all its faults at once, each with line, column and path', () => {
    const text = render(UNBIND_TRACE)
      .replace('"granularity":"call"', '"granularity":"slow"')
      .replace('{"#bigint":"4095"}', '4095');

    const columnOf = (part: string) => (text.split('\n')[1] ?? '').indexOf(part) + 1;

    const reading = parseItf(text, 'a.itf.json');

    expect(reading.ok ? [] : reading.diagnostics).toMatchObject([
      {
        code: 'DAX404',
        message: expect.stringContaining('#meta.daxcheck.granularity'),
        place: { file: 'a.itf.json', line: 2, column: columnOf('"slow"') },
      },
      {
        code: 'DAX404',
        message: expect.stringContaining('states[0].iomem[0].end'),
        place: { line: 5 },
      },
    ]);
  });

  it('is refused when header and states tell different steps', () => {
    const text = render(UNBIND_TRACE).replace('"ordinals":[0,0,2,0,1]', '"ordinals":[0,0,3,0]');

    expect(codes(text)).toEqual(['DAX404', 'DAX404']);
  });

  it('gets no more than twenty faults and the number of the rest', () => {
    const text = render(UNBIND_TRACE).replaceAll('"poison":false', '"poison":0');
    const many = text.replaceAll('"present":true', '"present":1').replaceAll('"Str"', '0');
    const more = many.replaceAll('"registered":true', '"registered":1');

    expect(codes(more)).toHaveLength(21);
    expect(codes(more).at(-1)).toBe('DAX015');
  });
});
