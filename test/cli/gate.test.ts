/** The gate's table, and --as-declared, on verdicts made by hand; test/gate has the rest. */
import { describe, expect, it } from 'vitest';
import { declaredStatus } from '../../src/cli/explore.js';
import { EXIT } from '../../src/errors.js';
import { countFailures, type GateReport, type GateRow } from '../../src/report/gateRecord.js';
import { gateText } from '../../src/report/gateText.js';
import { PLAIN } from '../../src/report/style.js';
import type { Verdict } from '../../src/verdict/trace.js';

function verdict(wishes: Partial<Verdict>): Verdict {
  return {
    model: 'a.yaml',
    title: 'a model',
    kernel: 'v5.1',
    granularity: 'call',
    verdict: 'holds',
    exitStatus: 0,
    distinctStates: 1234,
    transitions: 56789,
    depth: 12,
    stoppedBy: null,
    violations: [],
    held: ['no-overlap'],
    scope: '1 device',
    vacuous: [],
    lockOrder: null,
    expectation: { met: true, differences: [] },
    measured: { seconds: 0.1, statesPerSecond: 12340, memoryBytes: 1, workers: 1 },
    ...wishes,
  };
}

function row(wishes: Partial<GateRow>): GateRow {
  return {
    kind: 'model',
    model: 'models/a.yaml',
    met: true,
    failures: [],
    exitStatus: 0,
    verdict: 'holds',
    kernel: 'v5.1',
    distinctStates: 1234,
    transitions: 56789,
    depth: 12,
    violated: [],
    findings: [],
    vacuous: [],
    measured: { seconds: 0.1 },
    ...wishes,
  };
}

function report(rows: readonly GateRow[], wishes: Partial<GateReport> = {}): GateReport {
  return {
    rows,
    baseline: null,
    summary: {
      kind: 'gate',
      directory: 'models',
      models: rows.length,
      met: rows.filter(({ met }) => met).length,
      failures: countFailures(rows),
      notRun: 0,
      skipped: 0,
      exitStatus: 22,
      measured: { seconds: 1.25, jobs: 2 },
    },
    ...wishes,
  };
}

describe('the table of the gate', () => {
  it('has a line for each model, why one failed under it, and the sum', () => {
    const place = { file: 'models/longer.yaml', line: 24, column: 1 };
    const rejected = { file: 'models/bad.yaml', line: 2, column: 1 };
    const rows = [
      row({}),
      row({
        model: 'models/longer.yaml',
        met: false,
        distinctStates: 5,
        failures: [
          { kind: 'counts', text: 'states: 4 declared, 5 found', place, property: null },
          { kind: 'drift', text: 'depth: 3 in the baseline, 12 now', place, property: null },
        ],
      }),
      row({
        model: 'models/bad.yaml',
        met: false,
        verdict: 'rejected',
        failures: [
          {
            kind: 'invalid',
            text: 'DAX010: unknown key\nremove it',
            place: rejected,
            property: null,
          },
        ],
      }),
    ];
    expect(gateText(report(rows), PLAIN)).toMatchInlineSnapshot(`
      "        model               verdict         states   transitions  depth
      ok      models/a.yaml       holds            1,234        56,789     12
      FAILED  models/longer.yaml  holds                5        56,789     12
              counts: states: 4 declared, 5 found (models/longer.yaml:24)
              drift: depth: 3 in the baseline, 12 now (models/longer.yaml:24)
      FAILED  models/bad.yaml     rejected         1,234        56,789     12
              invalid: DAX010: unknown key (models/bad.yaml:2)
                remove it

      1 of 3 models as declared; failed: 1 counts, 1 invalid, 1 drift
      Measured: 1.3 s, 2 models at a time
      Exit status 22: a self-check failed
      "
    `);
  });

  it('is but the sum where all is well and --quiet is asked for', () => {
    expect(gateText(report([row({})]), PLAIN, { quiet: true })).toMatch(
      /^1 of 1 models as declared/,
    );
  });

  it('tells what was written into a baseline', () => {
    const changes = ['a.yaml: new'];
    const baseline = { kind: 'baseline', file: 'b.json', changes } as const;
    const text = gateText(report([row({})], { baseline }), PLAIN);
    expect(text).toContain('b.json: written\n  a.yaml: new\n1 of 1 models as declared');
  });
});

describe('--as-declared', () => {
  it('is 0 for a declared violation', () => {
    expect(declaredStatus(verdict({ exitStatus: 12 }))).toBe(0);
  });

  it('fails where the verdict is another than declared, even one that holds', () => {
    const expectation = { met: false, differences: ['x'] };
    expect(declaredStatus(verdict({ expectation }))).toBe(EXIT.selfCheckFailed);
  });

  it('does not fit a model that declares nothing', () => {
    expect(declaredStatus(verdict({ expectation: null }))).toBe(EXIT.optionMismatch);
  });
});
