/**
 * A step in a few words: who does what, and what comes of it.
 */

import { formatIomemLine } from '../report/iomemDiff.js';
import { formatResult, onOneLine } from '../report/layout.js';
import { machineDelta } from '../report/machineDelta.js';
import type { MachineView, StepEvent, TraceStep } from '../verdict/trace.js';

/** Says what a step does: the command that starts, or where it goes on. */
export function labelOf(step: TraceStep): string {
  const { command, starts, functions, events } = step;
  if (command !== null && starts) return onOneLine(command.text);
  const taken = events.find(({ kind }) => kind === 'fault' || kind === 'uevent');
  const where = functions.at(-1);
  if (command === null) {
    if (taken !== undefined && 'text' in taken) return taken.text;
    return where ?? 'at user level';
  }
  return where === undefined ? `goes on: ${onOneLine(command.text)}` : `goes on in ${where}`;
}

function outcomeOf(event: StepEvent): string | null {
  switch (event.kind) {
    case 'return': {
      const value = event.value === null ? '' : `: "${event.value}"`;
      return `returns ${formatResult(event.result)}${value}`;
    }
    case 'wait':
      return event.holders.length === 0
        ? `waits for ${event.lock}`
        : `waits for ${event.lock}, held by ${event.holders.join(', ')}`;
    case 'message':
      return `dmesg: ${event.text}`;
    case 'output':
      return `prints: ${event.text}`;
    case 'fault':
      return `fault: ${event.text}`;
    case 'uevent':
      return event.text.startsWith('udev handles') ? event.text : `uevent: ${event.text}`;
    default:
      return null;
  }
}

/** Locks that a step takes and keeps. */
function keptLocks({ events }: TraceStep): string[] {
  const kept: string[] = [];
  for (const event of events) {
    if (event.kind === 'lock') kept.push(event.lock);
    if (event.kind !== 'unlock') continue;
    const at = kept.lastIndexOf(event.lock);
    if (at >= 0) kept.splice(at, 1);
  }
  return kept;
}

/** Says what comes of a step: what it returns, what changes, which locks it keeps. */
export function outcomesOf(before: MachineView, step: TraceStep): readonly string[] {
  const { iomem, changes } = machineDelta(before, step.after);
  const events = step.events.map(outcomeOf).filter((text) => text !== null);
  const label = labelOf(step);
  return [
    ...events.filter((text) => text !== label),
    ...changes,
    ...iomem.map(({ op, line }) => `${op === 'add' ? '+' : '-'} ${formatIomemLine(line).trim()}`),
    ...keptLocks(step).map((lock) => `takes ${lock}`),
  ];
}
