/** What happened in a step, in order: one order for the terminal and the page. */
import { describe, expect, it } from 'vitest';
import { eventRows } from '../../src/report/eventRows.js';
import type { StepEvent } from '../../src/verdict/trace.js';

const lock = (name: string): StepEvent => ({ kind: 'lock', lock: name, mode: 'write' });
const unlock = (name: string): StepEvent => ({ kind: 'unlock', lock: name, mode: 'write' });
const message = (text: string): StepEvent => ({ kind: 'message', text });
const uevent = (block: number): StepEvent => ({
  kind: 'uevent',
  text: `online /devices/system/memory/memory${block} (memory)`,
});
const WAIT: StepEvent = {
  kind: 'wait',
  lock: 'b',
  holders: ['other'],
  killable: false,
  restarts: false,
};
const RETURN: StepEvent = { kind: 'return', result: 'ok', value: null };

const kinds = (events: readonly StepEvent[], granularity: 'call' | 'step'): readonly string[] =>
  eventRows(events, granularity).map(({ kind, label, text }) =>
    kind === 'locks' || kind === 'message' ? `${label} ${text}` : kind,
  );

describe('what happened in a system call', () => {
  it('has one row of locks, in front of all else', () => {
    const events = [lock('a'), message('one'), unlock('a'), lock('b'), message('two'), RETURN];
    expect(kinds(events, 'call')).toEqual(['locks +-a +b', 'dmesg one', 'dmesg two', 'return']);
  });

  it('has what came before a wait in front of the wait, and the rest behind it', () => {
    const events = [lock('a'), message('one'), WAIT, lock('b'), message('two'), RETURN];
    expect(kinds(events, 'call')).toEqual([
      'dmesg one',
      'locks +a',
      'wait',
      'locks +b',
      'dmesg two',
      'return',
    ]);
  });
});

describe('what happened in a step of one', () => {
  it('keeps its order', () => {
    const events = [lock('a'), message('one'), unlock('a'), lock('b'), RETURN];
    expect(kinds(events, 'step')).toEqual([
      'takes a',
      'dmesg one',
      'releases a',
      'takes b',
      'return',
    ]);
  });
});

describe('the same uevent of consecutive memory blocks', () => {
  it('is one row', () => {
    expect(eventRows([uevent(32), uevent(33), message('x'), uevent(34)], 'step')).toEqual([
      {
        kind: 'uevent',
        label: 'uevent',
        text: 'online /devices/system/memory/memory32-33 (memory)',
      },
      { kind: 'message', label: 'dmesg', text: 'x' },
      { kind: 'uevent', label: 'uevent', text: 'online /devices/system/memory/memory34 (memory)' },
    ]);
  });
});
