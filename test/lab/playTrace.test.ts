/** A trace's commands, and what comes of playing them on what is or is not the model. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/lab/outcome.js';
import { type PlayedCommand, playCommands } from '../../src/lab/playTrace.js';
import type { Subject } from '../../src/lab/subject.js';
import { modelSubject } from './modelSubject.js';
import {
  BIND,
  crashOf,
  MAP,
  MOVABLE,
  menuOf,
  SIZE,
  scriptOf,
  smallModel,
  traced,
  UNBIND,
} from './playFixtures.js';

const LINES = [BIND, SIZE, MOVABLE, UNBIND];
const NAMES = (played: readonly PlayedCommand[]): readonly (readonly string[])[] =>
  played.map(({ differences }) => differences.map(({ what }) => what));

/** A subject that shows what the trace predicts, or what a test says instead. */
function echo(outcomes: readonly Outcome[]): Subject & { readonly asked: unknown[][] } {
  const subject = modelSubject(menuOf([BIND]));
  const asked: unknown[][] = [];
  return {
    ...subject,
    asked,
    play: async (commands, faults) => {
      asked.push(
        commands.map(({ text }) => text),
        [...(faults ?? [])],
      );
      return outcomes;
    },
  };
}

describe('the commands of a script', () => {
  it('are told with results, values, messages, functions and the machine after each', async () => {
    const commands = await traced(smallModel(scriptOf(LINES)));

    expect(commands.map(({ instruction }) => instruction.text)).toEqual(LINES);
    expect(commands.map(({ predicted }) => [predicted.result, predicted.value])).toEqual([
      ['ok', null],
      ['ok', '268435456'],
      ['ok', null],
      ['ok', null],
    ]);
    expect(commands.map(({ steps }) => steps[0])).toEqual([1, 2, 3, 4]);
    expect(commands[0]?.functions).toContain('dev_dax_kmem_probe');
    expect(commands[2]?.predicted.after?.blocks.map(({ state }) => state)).toEqual([
      'offline',
      'online',
    ]);
    expect(commands[3]?.predicted.messages.join('\n')).toMatch(/cannot be hotremoved/);
    expect(commands.some(({ misuses }) => misuses)).toBe(false);
  });

  it('are as predicted on a subject that is the model', async () => {
    const commands = await traced(smallModel(scriptOf(LINES)));
    const played = await playCommands(modelSubject(menuOf(LINES)), commands);

    expect(NAMES(played)).toEqual([[], [], [], []]);
  });

  it('differ from the one on that differs, in what was planted', async () => {
    const commands = await traced(smallModel(scriptOf(LINES)));
    const subject = modelSubject(menuOf(LINES), ({ text, outcome }) =>
      text === SIZE ? { ...outcome, value: '0', messages: ['a word'] } : outcome,
    );
    const played = await playCommands(subject, commands);

    expect(NAMES(played)).toEqual([[], ['result', 'messages'], [], []]);
    expect(played[1]?.differences[0]).toEqual({
      what: 'result',
      predicted: 'ok "268435456"',
      real: 'ok "0"',
    });
  });

  it('differ where the kernel lacks a feature that the subject has', async () => {
    const kernel = '{ base: v6.12.117, without: [match-by-type, cxl-dax-region] }';
    const commands = await traced(smallModel(scriptOf([BIND, UNBIND]), kernel));
    const played = await playCommands(modelSubject(menuOf([BIND, UNBIND])), commands);

    expect(played[0]?.differences[0]).toEqual({ what: 'result', predicted: 'ENODEV', real: 'ok' });
    expect(NAMES(played)[0]).toEqual(expect.arrayContaining(['iomem', 'driver of dax0.0']));
  });

  it.each(['stuck', 'died'])('are not played behind one that is %s', async (result) => {
    const commands = await traced(smallModel(scriptOf(LINES)));
    const subject = modelSubject(menuOf(LINES), ({ text, outcome }) =>
      text === SIZE ? { ...outcome, result, value: null, messages: [], after: null } : outcome,
    );
    const played = await playCommands(subject, commands);

    expect(played.map(({ real }) => real?.result ?? null)).toEqual(['ok', result, null, null]);
    expect(NAMES(played)).toEqual([[], ['result'], [], []]);
  });
});

describe('a fault of the model', () => {
  const faults = "faults:\n  - { fault: 'MEM_GOING_ONLINE -ENOMEM', times: 1 }\n";
  const refused = smallModel(`actors:
  admin: |
    ${BIND}
    ${MOVABLE} || ${SIZE}
properties:
  refused: '!(threads["admin"].done && blocks["memory33"].state == "offline")'
check: [refused]
${faults}`);

  it('stands at the command in which it happens, and is told to the subject', async () => {
    const commands = await traced(refused);
    const subject = echo(commands.map(({ predicted }) => predicted));
    const played = await playCommands(subject, commands);

    expect(commands.map(({ predicted }) => predicted.result)).toEqual(['ok', 'ENOMEM', 'ok']);
    expect(subject.asked).toEqual([
      [BIND, MOVABLE, SIZE].map((text) => expect.stringContaining(text)),
      [null, expect.stringMatching(/^MEM_GOING_ONLINE .*-ENOMEM/), null],
    ]);
    expect(NAMES(played)).toEqual([[], [], []]);
  });
});

describe('what udev does', () => {
  it('is a command of udev, at the block of the event that it handles', async () => {
    const commands = await traced(
      smallModel(`actors:
  admin: |
    ${BIND}
  udev:
    rules: |
      SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"
properties:
  below: '!(blocks["memory33"].state == "online")'
check: [below]
`),
    );

    expect(commands.map(({ thread }) => thread)).toEqual(['admin', 'udev', 'udev']);
    expect(commands.slice(1).map(({ instruction }) => instruction)).toMatchObject([
      { op: 'read', file: { kind: 'block', block: 33, attr: 'state' } },
      { op: 'write', file: { kind: 'block', block: 33, attr: 'state' } },
    ]);
    expect(commands[1]?.predicted.value).toBe('offline');
    expect(commands[2]?.predicted.after?.blocks[1]?.state).toBe('online');
  });
});

describe('a command that misuses memory', () => {
  const script = [BIND, MAP, UNBIND];
  const crash = smallModel(crashOf(script));
  const outcomes = async (last: Partial<Outcome>): Promise<readonly PlayedCommand[]> => {
    const commands = await traced(crash);
    const predicted = commands.map((one) => one.predicted);
    const [at] = predicted.slice(-1);
    if (at === undefined) throw new Error('no command');
    return playCommands(echo([...predicted.slice(0, -1), { ...at, ...last }]), commands);
  };

  it('is the one that breaks no-crash, and no other', async () => {
    const commands = await traced(crash);
    expect(commands.map(({ misuses }) => misuses)).toEqual([false, false, true]);
  });

  it.each<[string, Partial<Outcome>, boolean]>([
    ['the process dies', { result: 'died', messages: [], after: null }, true],
    ['the kernel warns', { messages: ['refcount_t: underflow; use-after-free.'] }, true],
    ['nothing happens', {}, true],
    ['something else fails', { result: 'EBUSY' }, false],
    ['it never returns', { result: 'stuck', after: null }, false],
  ])('is as predicted where %s: %#', async (_, last, isPredicted) => {
    const played = await outcomes(last);
    expect(NAMES(played).flat().length === 0).toBe(isPredicted);
  });

  it('excuses nothing that dies elsewhere', async () => {
    const commands = await traced(smallModel(scriptOf([BIND, UNBIND])));
    const died: Outcome = { result: 'died', value: null, messages: [], after: null };
    const first = commands[0]?.predicted ?? died;
    const played = await playCommands(echo([first, died]), commands);
    expect(played[1]?.differences).toEqual([{ what: 'result', predicted: 'ok', real: 'died' }]);
  });
});
