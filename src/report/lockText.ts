/** Locks in words: taken, released, held, waited for. */
import type { LockView, StepEvent } from '../verdict/trace.js';
import { joinBlockRuns } from './blockRuns.js';

type LockEvent = { readonly lock: string; readonly mode: LockView['mode'] };
type WaitEvent = Extract<StepEvent, { kind: 'wait' }>;

/** Names a lock; readers are marked, since they exclude only writers. */
export function describeLock(lock: LockEvent): string {
  return lock.mode === 'read' ? `${lock.lock} (read)` : lock.lock;
}

/** Says what a thread waits for, who holds it, and which signal ends the wait. */
export function describeWait(wait: WaitEvent): string {
  return `for ${wait.lock}, ${heldBy(wait.holders)}; ${describeKill(wait)}`;
}

/** Says who holds what is waited for. */
export function heldBy(holders: readonly string[]): string {
  return holders.length === 0 ? 'held by no thread' : `held by ${holders.join(' and ')}`;
}

/** Says what a signal does to a waiting thread. */
export function describeKill(wait: Pick<WaitEvent, 'killable' | 'restarts'>): string {
  if (wait.restarts) return 'it restarts again and again, and any signal ends that';
  return wait.killable ? 'kill -9 ends this wait' : 'not even kill -9 ends this wait';
}

/**
 * Turns a run of lock events into labelled rows.
 *
 * A step of granularity `step` takes or releases a lock or two: in words. A whole system call
 * passes through many: one row, in order, `+` taken, `-` released, `+-` one right after the other;
 * what is done for one memory block after the other is written once.
 */
export function lockRows(
  events: readonly StepEvent[],
  granularity: 'call' | 'step',
): { label: string; text: string }[] {
  const moves = events.flatMap((event) =>
    event.kind === 'lock' || event.kind === 'unlock'
      ? [{ taken: event.kind === 'lock', name: describeLock(event) }]
      : [],
  );
  if (moves.length === 0) return [];
  if (granularity === 'call') {
    return [{ label: 'locks', text: joinBlockRuns(signs(moves), REPEATED_TOGETHER).join(' ') }];
  }
  const rows: { label: string; text: string }[] = [];
  for (const { taken, name } of moves) {
    const label = taken ? 'takes' : 'releases';
    const row = rows.at(-1);
    if (row?.label === label) row.text += `, ${name}`;
    else rows.push({ label, text: name });
  }
  return rows;
}

/** Most lock moves that one memory block costs in a call. */
const REPEATED_TOGETHER = 4;

interface Move {
  readonly taken: boolean;
  readonly name: string;
}

function signs(moves: readonly Move[]): string[] {
  const texts: string[] = [];
  for (let at = 0; at < moves.length; at++) {
    const [move, next] = [moves[at], moves[at + 1]];
    if (move === undefined) break;
    const isPair = move.taken && next?.taken === false && next.name === move.name;
    texts.push(`${isPair ? '+-' : move.taken ? '+' : '-'}${move.name}`);
    if (isPair) at++;
  }
  return texts;
}
