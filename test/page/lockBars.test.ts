import { describe, expect, it } from 'vitest';
import { lockBarsOf } from '../../src/page/lockBars.js';
import type { LockView, MachineView, StepEvent, Trace } from '../../src/verdict/trace.js';

const held = (holder: string, lock: string): LockView => ({ holder, lock, mode: 'write' });

const view = (locks: readonly LockView[]): MachineView => ({
  iomem: [],
  devices: [],
  blocks: [],
  drivers: [],
  autoOnlineBlocks: 'offline',
  locks,
});

interface Move {
  readonly thread: string;
  readonly locks: readonly LockView[];
  readonly waits?: string;
}

function traceOf(moves: readonly Move[], deadlock: Trace['finding']['deadlock'] = null): Trace {
  const wait = (lock: string): StepEvent => {
    return { kind: 'wait', lock, killable: false, restarts: false, holders: [] };
  };
  return {
    ...{ format: 1, model: 'm.yaml', title: 't', kernel: 'v5.1', granularity: 'step' },
    finding: { property: 'p', class: 'kernel-defect', summary: 's', device: null, deadlock },
    initial: view([]),
    steps: moves.map(({ thread, locks, waits }) => ({
      ...{ thread, command: null, starts: false, functions: [], source: null, ordinal: 0 },
      events: waits === undefined ? [] : [wait(waits)],
      after: view(locks),
    })),
    inevitableAt: null,
  };
}

describe('the bars of locks', () => {
  it('stand beside the steps after which a lock is held', () => {
    const trace = traceOf([
      { thread: 'a', locks: [held('a', 'L')] },
      { thread: 'a', locks: [held('a', 'L')] },
      { thread: 'a', locks: [] },
    ]);
    expect(lockBarsOf(trace).bars).toEqual([
      { thread: 'a', lock: 'L', mode: 'write', kind: 'held', from: 1, to: 2, rail: 0 },
    ]);
  });

  it('never cover each other, and take a rail again when it is free', () => {
    const trace = traceOf([
      { thread: 'a', locks: [held('a', 'L')] },
      { thread: 'a', locks: [held('a', 'L'), held('a', 'M')] },
      { thread: 'a', locks: [held('a', 'M')] },
      { thread: 'a', locks: [held('a', 'M'), held('a', 'N')] },
    ]);
    const rails = lockBarsOf(trace).bars.map(({ lock, rail }) => `${lock}${rail}`);
    expect(rails).toEqual(['L0', 'M1', 'N0']);
  });

  it('show a wait until the thread moves again', () => {
    const trace = traceOf([
      { thread: 'a', locks: [held('a', 'L')] },
      { thread: 'b', locks: [held('a', 'L')], waits: 'L' },
      { thread: 'a', locks: [] },
      { thread: 'b', locks: [held('b', 'L')] },
    ]);
    const bars = lockBarsOf(trace).bars.filter(({ thread }) => thread === 'b');
    expect(bars.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['waits', 2, 3],
      ['held', 4, 4],
    ]);
  });

  it('show what a deadlock waits for, from when it was taken', () => {
    const stuck = (thread: string, waitsFor: string, by: string) => ({
      ...{ thread, waitsFor, heldBy: [by], command: '', stack: [], holds: [] },
      ...{ killable: false, restarts: false },
    });
    const threads = [stuck('a', 'M', 'b'), stuck('b', 'L', 'a')];
    const locks = [held('a', 'L'), held('b', 'M')];
    const trace = traceOf(
      [
        { thread: 'a', locks: locks.slice(0, 1) },
        { thread: 'b', locks },
        { thread: 'b', locks },
      ],
      { kind: 'permanent', cycles: [], threads },
    );
    const waits = lockBarsOf(trace).bars.filter(({ kind }) => kind === 'waits');
    expect(waits.map(({ thread, lock, from, to }) => [thread, lock, from, to])).toEqual([
      ['a', 'M', 2, 3],
      ['b', 'L', 3, 3],
    ]);
  });

  it('have a letter for each lock, also beyond the alphabet', () => {
    const locks = Array.from({ length: 30 }, (_, index) => held('a', `lock${index}`));
    const { letters } = lockBarsOf(traceOf([{ thread: 'a', locks }]));
    expect(letters.get('lock0')).toBe('A');
    expect(letters.get('lock25')).toBe('Z');
    expect(letters.get('lock26')).toBe('A2');
    expect(new Set(letters.values()).size).toBe(30);
  });
});
