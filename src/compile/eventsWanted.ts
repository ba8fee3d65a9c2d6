/**
 * Which events udev's rules can act on: no others need to be kept in the state.
 */
import {
  EVENT_ADD,
  EVENT_BIND,
  EVENT_CHANGE,
  EVENT_OFFLINE,
  EVENT_ONLINE,
  EVENT_REMOVE,
  EVENT_UNBIND,
} from '../../assembly/layout.js';
import type { ActorProgram, Instruction } from '../userland/program.js';

/** Bits of the actions. */
export const ACTIONS = {
  add: EVENT_ADD,
  remove: EVENT_REMOVE,
  change: EVENT_CHANGE,
  online: EVENT_ONLINE,
  offline: EVENT_OFFLINE,
  bind: EVENT_BIND,
  unbind: EVENT_UNBIND,
} as const;

/**
 * Tells which events of which objects can make a udev program do anything: bits of memory's
 * actions, and of dax's shifted by 8. Others need not be kept. Every outcome of a test is tried, so
 * none that matters is missed.
 */
export function eventsWanted(actors: readonly ActorProgram[]): number {
  let wanted = 0;
  for (const actor of actors) {
    if (actor.kind !== 'udev') continue;
    for (const program of actor.programs) {
      for (const subsystem of ['memory', 'dax'] as const) {
        for (const [action, bit] of Object.entries(ACTIONS)) {
          // No driver has memory blocks.
          if (subsystem === 'memory' && (bit & (EVENT_BIND | EVENT_UNBIND)) !== 0) continue;
          if (canAct(program.instructions, subsystem, action))
            wanted |= subsystem === 'memory' ? bit : bit << 8;
        }
      }
    }
  }
  return wanted;
}

type Status = 0 | 1 | null;

function canAct(items: readonly Instruction[], subsystem: string, action: string): boolean {
  const seen = new Set<string>();
  const open: { at: number; status: Status }[] = [{ at: 0, status: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at, status } = next;
    const item = items[at];
    const key = `${at}/${status}`;
    if (item === undefined || item.op === 'exit' || seen.has(key)) continue;
    seen.add(key);
    switch (item.op) {
      case 'event': {
        const holds =
          (item.subsystem ?? subsystem) === subsystem && (item.action ?? action) === action;
        open.push({ at: at + 1, status: holds ? 0 : 1 });
        break;
      }
      case 'jump':
        open.push({ at: item.to, status });
        break;
      case 'jump-if-failed':
      case 'jump-if-ok': {
        const taken = item.op === 'jump-if-failed' ? 1 : 0;
        if (status !== 1 - taken) open.push({ at: item.to, status });
        if (status !== taken) open.push({ at: at + 1, status });
        break;
      }
      case 'invert':
        open.push({ at: at + 1, status: status === null ? null : status === 0 ? 1 : 0 });
        break;
      case 'status':
        open.push({ at: at + 1, status: item.value === 0 ? 0 : 1 });
        break;
      case 'equal':
      case 'compare':
      case 'less':
      case 'status-is':
      case 'exists':
      case 'maybe':
      case 'read':
      case 'recall':
      case 'negate':
      case 'sleep':
        open.push({ at: at + 1, status: null });
        break;
      case 'count':
      case 'keep':
      case 'tell':
      case 'assign':
        open.push({ at: at + 1, status });
        break;
      default:
        return true;
    }
  }
  return false;
}
