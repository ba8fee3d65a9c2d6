import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileModel, type Scenario } from '../../src/compile/scenario.js';
import { conform } from '../../src/lab/conform/conform.js';
import type { ConformReport, Extent } from '../../src/lab/conform/report.js';
import type { Subject } from '../../src/lab/subject.js';
import { modelOf } from '../support/run.js';
import { modelSubject, type PlantedStep } from './modelSubject.js';

const BUS = '/sys/bus/dax/drivers';
const MEMORY = '/sys/devices/system/memory';

const BIND = `echo dax0.0 > ${BUS}/kmem/bind`;
const UNBIND = `echo dax0.0 > ${BUS}/kmem/unbind`;
const MOVABLE = `echo online_movable > ${MEMORY}/memory32/state`;
const KERNEL = `echo online_kernel > ${MEMORY}/memory32/state`;
const OFFLINE = `echo offline > ${MEMORY}/memory32/state`;
const OTHER = `echo online_movable > ${MEMORY}/memory33/state`;

const MAP = 'echo 110000000-117ffffff > /sys/bus/dax/devices/dax0.0/mapping';

const machine = (commands: readonly string[], end = '10fffffff'): Scenario =>
  compileModel(
    modelOf(`format: 1
title: a device of two blocks
kernel: v6.12
machine:
  block_size: 128M
  iomem: |
    00000000-3fffffff : System RAM
    100000000-${end} : Soft Reserved
  regions:
    hmem.0: { range: 100000000-${end}, kind: dynamic, target_node: 1, kmem: true }
  dax:
    dax0.0: { region: hmem.0, range: 100000000-10fffffff }
actors:
  admin:
    any:
${commands.map((command) => `      - ${command}`).join('\n')}
`),
  );

const PLAIN = machine([BIND, UNBIND, MOVABLE, OFFLINE, OTHER]);
const MISUSED = machine([BIND, UNBIND, MAP], '117ffffff');
const OPEN = machine([BIND, UNBIND, KERNEL, OFFLINE]);

const folder = (): string => mkdtempSync(join(tmpdir(), 'daxcheck-conform-'));

const ABOUT = { features: [], configuration: { rig: 'none' } };

async function run(
  scenario: Scenario,
  subjects: readonly Subject[],
  extent: Extent,
  out = folder(),
  signal?: AbortSignal,
): Promise<ConformReport> {
  const answer = await conform({ scenario, subjects, extent, out, about: ABOUT, signal });
  if (!answer.ok) throw new Error(answer.reasons.join('\n'));
  return answer.report;
}

const TOURS: Extent = { kind: 'tours', depth: 3 };
const RANDOM: Extent = { kind: 'random', traces: 30, length: 12, seed: 7 };

/** Answers EPERM where a condition holds. */
const refusing =
  (when: (step: PlantedStep) => boolean) =>
  (step: PlantedStep): PlantedStep['outcome'] =>
    when(step) ? { ...step.outcome, result: 'EPERM' } : step.outcome;

describe('conformance', () => {
  it('finds nothing when the kernel is the model, and covers every transition', async () => {
    const report = await run(PLAIN, [modelSubject(PLAIN)], TOURS);

    expect(report).toMatchObject({ verdict: 'agrees', findings: [] });
    expect(report.transitions.covered).toBe(report.transitions.all);
    expect(report.transitions.all).toBeGreaterThan(50);
  });

  it('covers the same with three guests side by side', async () => {
    const subjects = [modelSubject(PLAIN), modelSubject(PLAIN), modelSubject(PLAIN)];

    const one = await run(PLAIN, [modelSubject(PLAIN)], TOURS);
    const three = await run(PLAIN, subjects, TOURS);

    expect(three.transitions).toEqual(one.transitions);
    expect(subjects.every(({ counts }) => counts.played > 0)).toBe(true);
  });

  it('makes the trace of a planted difference as short as it gets', async () => {
    const plant = refusing(
      ({ text, before, outcome }) =>
        text === UNBIND && before.includes(MOVABLE) && outcome.result === 'ok',
    );

    const report = await run(PLAIN, [modelSubject(PLAIN, plant)], TOURS);

    expect(report.verdict).toBe('differs');
    expect(report.findings.every(({ isReproduced }) => isReproduced)).toBe(true);
    const traces = report.findings.map(({ trace }) => trace);
    expect(traces.every((trace) => trace.at(-1) === UNBIND)).toBe(true);
    expect(traces.map((trace) => new Set(trace))).toEqual(
      traces.map(() => new Set([BIND, MOVABLE, UNBIND])),
    );
    expect(traces.every((trace) => trace.length === 3)).toBe(true);
  });

  it('makes a random trace of twelve commands as short as it gets', async () => {
    const plant = refusing(({ text, before }) => text === OFFLINE && before.includes(OTHER));

    const report = await run(PLAIN, [modelSubject(PLAIN, plant)], RANDOM);

    const lengths = report.findings.map(
      ({ differences, trace }) => `${differences[0]?.predicted} ${trace.length}`,
    );
    expect(new Set(lengths)).toEqual(new Set(['ENOENT 2', 'EINVAL 3', 'ok 4']));
  });

  it('shortens like differences once, and counts the others', async () => {
    const plant = refusing(({ text }) => text === MOVABLE || text === OTHER);

    const report = await run(PLAIN, [modelSubject(PLAIN, plant)], TOURS);

    const classes = report.findings.map((finding) => finding.class);
    expect(new Set(classes).size).toBe(classes.length);
    expect(Math.max(...report.findings.map(({ count }) => count))).toBeGreaterThan(1);
  });

  it('goes on behind a message that differs', async () => {
    const report = await run(
      PLAIN,
      [
        modelSubject(PLAIN, ({ outcome }) => ({
          ...outcome,
          messages: [...outcome.messages, 'something new'],
        })),
      ],
      TOURS,
    );

    expect(report.verdict).toBe('differs');
    expect(report.transitions.covered).toBe(report.transitions.all);
    expect(report.transitions.different).toBe(report.transitions.all);
  });

  it.each(['stuck', 'died'] as const)('takes a guest that is %s as a finding', async (result) => {
    const report = await run(
      PLAIN,
      [
        modelSubject(PLAIN, ({ text, before, outcome }) =>
          text === UNBIND && before.at(-1) === MOVABLE
            ? { result, value: null, messages: ['Call Trace:'], after: null }
            : outcome,
        ),
      ],
      TOURS,
    );

    expect(report.findings[0]).toMatchObject({
      kind: result,
      isPredicted: false,
      trace: [BIND, MOVABLE, UNBIND],
      console: ['Call Trace:'],
    });
  });

  it('takes what comes of misused memory as predicted, and resets behind it', async () => {
    const subject = modelSubject(MISUSED, ({ violated, outcome }) =>
      violated.includes('no-crash')
        ? { result: 'died', value: null, messages: [], after: null }
        : outcome,
    );

    const report = await run(MISUSED, [subject], { kind: 'tours', depth: 2 });

    expect(report.verdict).toBe('agrees');
    expect(report.findings[0]).toMatchObject({
      kind: 'died',
      isPredicted: true,
      violated: ['no-crash'],
      trace: [BIND, MAP, UNBIND],
    });
  });

  it('takes a warning on the console as a finding, and tells which command it was', async () => {
    const report = await run(
      PLAIN,
      [
        modelSubject(PLAIN, ({ text, before, outcome, print }) => {
          if (text === OFFLINE && outcome.result === 'ok') {
            print(`WARNING: CPU: 0 PID: ${before.length} at mm/page_alloc.c`);
          }
          return outcome;
        }),
      ],
      TOURS,
    );

    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({
      kind: 'console',
      isPredicted: false,
      trace: [BIND, MOVABLE, OFFLINE],
    });
  });

  it('tells steps with several answers with the reason, and takes what happened', async () => {
    let calls = 0;
    const choose = (count: number): number => calls++ % count;

    const report = await run(OPEN, [modelSubject(OPEN, undefined, choose)], RANDOM);

    expect(report.findings).toEqual([]);
    expect(report.several.steps).toBeGreaterThan(0);
    expect(report.several.reasons[0]?.reason).toMatch(/^left open in \w+\(\) of mm\/|drivers\//);
    expect(report.verdict).toBe(report.several.share > 0.02 ? 'undetermined' : 'agrees');
  });

  it('plays the same random traces for the same seed, and others for another', async () => {
    const texts = async (seed: number): Promise<string> => {
      const out = folder();
      await run(PLAIN, [modelSubject(PLAIN)], { ...RANDOM, seed }, out);
      const lines = readFileSync(join(out, 'progress.jsonl'), 'utf8').trim().split('\n').slice(1);
      return JSON.stringify(lines.map((line) => JSON.parse(line).covered));
    };

    expect(await texts(1)).toBe(await texts(1));
    expect(await texts(2)).not.toBe(await texts(1));
  });
});

describe('a conformance run', () => {
  it('goes on where it was interrupted, a line cut off left out', async () => {
    const out = folder();
    const stop = new AbortController();
    const first = modelSubject(PLAIN, ({ outcome }) => {
      if (first.counts.played > 60) stop.abort();
      return outcome;
    });

    const half = await run(PLAIN, [first], TOURS, out, stop.signal);
    const path = join(out, 'progress.jsonl');
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"trace":nu`);
    const second = modelSubject(PLAIN);
    const whole = await run(PLAIN, [second], TOURS, out);

    expect(half.verdict).toBe('incomplete');
    expect(half.transitions.covered).toBeGreaterThan(0);
    expect(whole.verdict).toBe('agrees');
    expect(whole.steps).toBe(half.steps + second.counts.played);
    expect(second.counts.played).toBeLessThan(whole.steps);
  });

  it('refuses to go on with other options, and says which', async () => {
    const out = folder();
    await run(PLAIN, [modelSubject(PLAIN)], RANDOM, out);

    const answer = await conform({
      scenario: PLAIN,
      subjects: [modelSubject(PLAIN)],
      extent: { ...RANDOM, seed: 8 },
      out,
      about: ABOUT,
    });

    expect(answer).toEqual({
      ok: false,
      reasons: [`${out} holds a run with seed 7, not 8; name another folder`],
    });
  });

  it('refuses a guest that is not in the initial state', async () => {
    const subject = modelSubject(PLAIN);
    const strange = { ...subject, look: async () => ({ ...(await subject.look()), devices: [] }) };

    const answer = await conform({
      scenario: PLAIN,
      subjects: [strange],
      extent: TOURS,
      out: folder(),
      about: ABOUT,
    });

    expect(answer.ok).toBe(false);
    expect(answer.ok ? '' : answer.reasons.join()).toContain('driver of dax0.0 is absent');
  });

  it('tells the exact number of steps and resets first, if nothing differs', async () => {
    const subject = modelSubject(PLAIN);
    let told = { steps: 0, resets: 0 };
    const answer = await conform({
      scenario: PLAIN,
      subjects: [subject],
      extent: TOURS,
      out: folder(),
      about: ABOUT,
      onEstimate: (estimate) => {
        told = estimate;
      },
    });

    expect(answer.ok && answer.report.steps).toBe(told.steps);
    expect(answer.ok && answer.report.resets).toBe(told.resets);
  });
});
