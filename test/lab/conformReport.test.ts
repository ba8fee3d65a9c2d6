import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Batch, Finding } from '../../src/lab/conform/record.js';
import { type About, renderConform, reportOf } from '../../src/lab/conform/report.js';

const ABOUT: About = {
  model: 'lab.yaml',
  kernel: 'v6.12.117',
  release: '6.12.117+deb12-amd64',
  features: ['kmem'],
  configuration: { rig: 'soft-reserved', features: 'v6.12.117' },
};

const FINDING: Finding = {
  kind: 'difference',
  class: 'write driver bind of kmem daxN | result: ok -> EBUSY',
  command: 'echo dax0.0 > /sys/bus/dax/drivers/kmem/bind',
  differences: [{ what: 'result', predicted: 'ok', real: 'EBUSY' }],
  isPredicted: false,
  violated: [],
  console: [],
  trace: ['echo dax0.0 > /sys/bus/dax/drivers/kmem/bind'],
  isReproduced: true,
};

const BATCH: Batch = {
  trace: null,
  covered: [0, 1, 2, 3],
  different: [3],
  steps: 100,
  resets: 1,
  replays: 2,
  several: {},
  ambiguous: 0,
  findings: [],
  problems: {},
  milliseconds: 2000,
};

const TOURS = { kind: 'tours', depth: 1 } as const;

const verdict = (batches: readonly Batch[], all = 4): string =>
  reportOf(ABOUT, TOURS, batches, all).verdict;

describe('the report of a conformance run', () => {
  it('agrees when everything was played and nothing differed', () => {
    expect(verdict([BATCH])).toBe('agrees');
  });

  it('is incomplete when a transition was not played', () => {
    expect(verdict([BATCH], 5)).toBe('incomplete');
  });

  it('differs when the kernel did what the model does not predict', () => {
    expect(verdict([{ ...BATCH, findings: [FINDING] }])).toBe('differs');
  });

  it('agrees where the model predicts what went wrong', () => {
    expect(verdict([{ ...BATCH, findings: [{ ...FINDING, isPredicted: true }] }])).toBe('agrees');
  });

  it('takes 2 % of steps with several answers, and is undetermined above', () => {
    expect(verdict([{ ...BATCH, several: { 'left open': 2 } }])).toBe('agrees');
    expect(verdict([{ ...BATCH, several: { 'left open': 3 } }])).toBe('undetermined');
  });

  it('counts a class in all batches, and a transition once', () => {
    const problems = { [FINDING.class]: 2 };
    const first = { ...BATCH, problems, findings: [FINDING] };

    const report = reportOf(ABOUT, TOURS, [first, { ...BATCH, problems }], 4);

    expect(report.findings.map(({ count }) => count)).toEqual([4]);
    expect(report.transitions).toEqual({ covered: 4, different: 1, all: 4 });
  });

  it('shows the shortest trace with what the model and the kernel say', () => {
    const findings = [FINDING];
    const problems = { [FINDING.class]: 3 };

    const text = renderConform(reportOf(ABOUT, TOURS, [{ ...BATCH, findings, problems }], 4));

    expect(text).toBe(`model            lab.yaml, v6.12.117
kernel           6.12.117+deb12-amd64
rig              soft-reserved
features         v6.12.117 (1)
asked            every transition from the states within 1 commands
steps            100, 1 resets, 2 traces to shorten
transitions      4 of 4, 1 different
several answers  0 steps, 0.00 %
rate             50.0 steps a second, 2 s

1. difference, 3 times; the model says otherwise
   $ echo dax0.0 > /sys/bus/dax/drivers/kmem/bind
   result
     model:  ok
     kernel: EBUSY

differs: the kernel does not do what the model says
`);
  });

  it('has every field in docs/lab-report.md', () => {
    const page = readFileSync(
      fileURLToPath(new URL('../../docs/lab-report.md', import.meta.url)),
      'utf8',
    );
    const report = reportOf(ABOUT, TOURS, [{ ...BATCH, findings: [FINDING] }], 4);
    const groups = [report.about, report.extent, report.transitions, report.several];
    const names = [
      report,
      ...groups,
      report.measured,
      ...report.findings,
      ...FINDING.differences,
    ].flatMap((one) => Object.keys(one));

    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
