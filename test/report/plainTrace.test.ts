/**
 * Traces of other tools. The three of TLC were written by TLC of April 2026 with `-dumpTrace json`:
 * a lock with two tasks (a state too many; a lasso), and the small hotplug system of bench/systems.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { explore } from '../../src/explore.js';
import { renderItf } from '../../src/report/itf.js';
import { renderPlain } from '../../src/report/plainText.js';
import { itfFaults, type PlainTrace, parsePlain, type Value } from '../../src/report/plainTrace.js';
import { renderPlainItf, renderPlainTlc, tlcValue } from '../../src/report/plainWrite.js';
import { PLAIN } from '../../src/report/style.js';
import { collect } from '../cli/terminal.ts';
import { modelNamed, modelPath } from '../explore/models.ts';
import { FC, SEED_TITLE } from '../support/fc.js';
import { anyTrace } from './arbitraries.js';
import { DEADLOCK_TRACE, UNBIND_TRACE } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ORIGIN = { modelHash: `sha256:${'0'.repeat(64)}`, initial: 0 };
const textOf = (name: string): string =>
  readFileSync(new URL(`foreign/${name}`, import.meta.url), 'utf8');

function traceIn(text: string): PlainTrace {
  const reading = parsePlain(text, 'a.json');
  if (!reading.ok) throw new Error(reading.diagnostics.map(({ message }) => message).join('\n'));
  return reading.trace;
}

const codes = (text: string): string[] => {
  const reading = parsePlain(text, 'a.json');
  return reading.ok ? [] : reading.diagnostics.map(({ code }) => code);
};

describe('a trace that TLC wrote', () => {
  it('is read with its actions and their arguments', () => {
    expect(traceIn(textOf('lock-safe.tlc.json'))).toEqual({
      from: 'tlc',
      source: 'Lock.tla',
      vars: ['pc', 'owner', 'history'],
      states: [
        {
          action: null,
          picks: {},
          values: { pc: { a: 'idle', b: 'idle' }, owner: [], history: [] },
        },
        {
          action: 'Take',
          picks: { t: 'b' },
          values: { pc: { a: 'idle', b: 'held' }, owner: ['b'], history: ['b'] },
        },
      ],
      loop: null,
    });
  });

  it('is read with the state that a lasso goes back to', () => {
    const { loop, states } = traceIn(textOf('lock-live.tlc.json'));

    expect({ loop, count: states.length }).toEqual({ loop: 1, count: 3 });
  });

  it('is read as TLC wrote it until 2024, without names of variables', () => {
    const { counterexample } = JSON.parse(textOf('lock-safe.tlc.json'));
    const { vars, states } = traceIn(JSON.stringify(counterexample));

    expect(vars).toEqual(['owner', 'history', 'pc']);
    expect(states).toHaveLength(2);
  });

  it('is shown by what each step changes', () => {
    expect(renderPlain(traceIn(textOf('daxhp.tlc.json')), PLAIN)).toMatchSnapshot();
  });

  it.each(['lock-safe', 'lock-live', 'daxhp'])('becomes ITF by its rules: %s', (name) => {
    const trace = traceIn(textOf(`${name}.tlc.json`));
    const text = renderPlainItf(trace);

    expect(itfFaults(JSON.parse(text))).toEqual([]);
    expect(traceIn(text)).toEqual({ ...trace, from: 'itf' });
  });

  it.each(['lock-safe', 'lock-live'])('is written again as TLC wrote it: %s', (name) => {
    const theirs = JSON.parse(textOf(`${name}.tlc.json`));
    const ours = JSON.parse(renderPlainTlc(traceIn(JSON.stringify(theirs))));

    expect(ours.counterexample.state).toEqual(theirs.counterexample.state);
    const named = (document: typeof ours) =>
      document.counterexample.action.map(([from, , to]: [[number], object, [number]]) => [
        from[0],
        to[0],
      ]);
    expect(named(ours)).toEqual(named(theirs));
  });
});

describe(`what daxcheck writes is ITF by ADR-015 (${SEED_TITLE})`, () => {
  it('whatever the trace', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        expect(itfFaults(JSON.parse(renderItf(trace, ORIGIN)))).toEqual([]);
      }),
      FC,
    );
  });

  it('and is read as such, with who moves, by which command, and the result', () => {
    const { states } = traceIn(renderItf(UNBIND_TRACE, ORIGIN));

    expect(states[1]?.picks).toMatchObject({
      thread: 'admin',
      command: 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind',
      result: 'ok',
    });
  });

  it('and becomes a trace of TLC, with addresses in hex', () => {
    const text = renderPlainTlc(traceIn(renderItf(DEADLOCK_TRACE, ORIGIN)));
    const trace = traceIn(text);

    expect(trace.from).toBe('tlc');
    expect(trace.states).toHaveLength(DEADLOCK_TRACE.steps.length + 1);
    expect(text).toContain('"0x100000000"');
  });
});

describe('the rules of ITF', () => {
  const file = (state: object, more: object = {}): string =>
    JSON.stringify({ vars: ['x'], states: [state], ...more });

  it.each<[string, string]>([
    ['a number that is no integer', file({ x: 1.5 })],
    ['a number beyond 2^53', file({ x: 2 ** 53 })],
    ['null', file({ x: null })],
    ['#bigint as a number', file({ x: { '#bigint': 5 } })],
    ['a form that there is not', file({ x: { '#list': [] } })],
    ['a special form beside fields', file({ x: { '#set': [], y: 1 } })],
    ['#map without pairs', file({ x: { '#map': [[1, 2, 3]] } })],
    ['a variable that is not set', file({ y: 1 })],
    ['a loop behind the end', file({ x: 1 }, { loop: 1 })],
  ])('refuse %s', (_, text) => {
    expect(codes(text)).toEqual(['DAX404']);
  });

  it('take every form of the format', () => {
    const x = { '#map': [[{ '#tup': [1, 'a'] }, { '#set': [true, { '#bigint': '-99' }] }]] };

    expect(codes(file({ x, '#meta': { index: 0 } }, { '#meta': {}, params: [], loop: 0 }))).toEqual(
      [],
    );
  });

  it.each<[string, string]>([
    ['no JSON', 'x'],
    ['other JSON', '{"a": 1}'],
    ['a list', '[1]'],
  ])('are not asked of %s', (_, text) => {
    expect(codes(text)).toEqual([text === 'x' ? 'DAX401' : 'DAX402']);
  });
});

describe('values of TLC', () => {
  it.each<[Value, Value]>([
    [{ '#bigint': '5' }, 5],
    [{ '#bigint': '4294967296' }, '0x100000000'],
    [{ '#set': [1, { '#tup': [2] }] }, [1, [2]]],
    [{ '#map': [['a', { '#bigint': '1' }]] }, { a: 1 }],
    [{ '#map': [[{ '#tup': [1] }, 2]] }, [[[1], 2]]],
    [
      { tag: 'Some', value: true },
      { tag: 'Some', value: true },
    ],
  ])('%j becomes %j', (itf, tlc) => {
    expect(tlcValue(itf)).toEqual(tlc);
  });
});

describe('on the command line', () => {
  const tlc = new URL('foreign/lock-live.tlc.json', import.meta.url).pathname;

  it('show prints a trace of TLC', async () => {
    const terminal = collect();

    expect(await runCommandLine(['show', tlc], terminal)).toBe(0);
    expect(terminal.out()).toContain('A trace of TLC, of Lock.tla: 2 steps, 3 variables');
    expect(terminal.out()).toContain('==> and back to the state after step 1.');
  });

  it('show --to writes it as ITF, and back', async () => {
    const [itf, back] = [collect(), collect()];
    const file = join(folder, 'lock.itf.json');

    expect(await runCommandLine(['show', '--to', 'itf', tlc], itf)).toBe(0);
    writeFileSync(file, itf.out());
    expect(await runCommandLine(['show', '--to', 'tlc', file], back)).toBe(0);
    expect(JSON.parse(back.out()).counterexample.state).toEqual(
      JSON.parse(textOf('lock-live.tlc.json')).counterexample.state,
    );
  });

  describe('replay --model', () => {
    const name = 'bugs/kmem-addfail-leak.yaml';
    const action = (command: string, result: string) => ({
      '#meta': {},
      'mbt::actionTaken': 'write',
      'mbt::nondetPicks': { thread: 'admin', command, result },
      x: 0,
    });
    const actions = (...states: object[]): string => {
      const file = join(
        folder,
        `actions-${states.length}-${JSON.stringify(states).length}.itf.json`,
      );
      const vars = ['x', 'mbt::actionTaken', 'mbt::nondetPicks'];
      const first = { x: 0, 'mbt::actionTaken': 'init', 'mbt::nondetPicks': {} };
      writeFileSync(file, JSON.stringify({ vars, states: [first, ...states] }));
      return file;
    };
    const unbind = 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind';

    it('does the actions that another tool has written', async () => {
      const terminal = collect();
      const file = actions(action(unbind, 'ok'));

      expect(await runCommandLine(['replay', '--model', modelPath(name), file], terminal)).toBe(0);
      expect(terminal.out()).toBe(
        `  1  \`admin: ${unbind}\` -> ok\nFollowed: 1 step; the last state violates nothing.\n`,
      );
    });

    it('shows what the last state violates', async () => {
      const [trace] = (await explore(modelNamed(name))).violations;
      const states = (trace?.steps ?? []).map((step) => action(step.command?.text ?? '', 'ok'));
      const terminal = collect();
      const file = actions(...states);

      const status = await runCommandLine(['replay', '--model', modelPath(name), file], terminal);

      expect(status).toBe(0);
      expect(terminal.out()).toMatch(/Followed: 2 steps; the last state violates /);
    });

    it('ends with 22 and what can be done instead where an action cannot be', async () => {
      const terminal = collect();
      const file = actions(action(unbind, 'EBUSY'));

      expect(await runCommandLine(['replay', '--model', modelPath(name), file], terminal)).toBe(22);
      expect(terminal.out()).toContain('NOT FOLLOWED');
      expect(terminal.out()).toContain(`can be done instead: \`admin: ${unbind}\` -> ok`);
    });

    it.each([['--html', 'x.html'], ['--lkml'], ['--explain']])('has no %s', async (...words) => {
      const terminal = collect();

      expect(await runCommandLine(['show', tlc, ...words], terminal)).toBe(150);
      expect(terminal.error()).toContain('a trace of another tool can only be shown, written with');
    });

    it('refuses a trace that does not say who moves', async () => {
      const terminal = collect();

      expect(await runCommandLine(['replay', '--model', modelPath(name), tlc], terminal)).toBe(150);
      expect(terminal.error()).toContain('DAX407');
    });
  });
});
