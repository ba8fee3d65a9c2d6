/**
 * A deadlock: who holds what, who waits for what, and the stacks, as in a hung-task report.
 */
import { KIND_TEXT } from '../report/findingText.js';
import { onOneLine } from '../report/layout.js';
import { describeKill, heldBy } from '../report/lockText.js';
import type { DeadlockView } from '../verdict/trace.js';
import { breakable, h } from './dom.js';
import { part } from './machinePane.js';

type Stuck = DeadlockView['threads'][number];

/** The cycle from the first thread on: thread, lock, thread, lock, … and the first thread again. */
function cycleOf(threads: readonly Stuck[], names: readonly string[]): readonly string[] {
  const byName = new Map(threads.map((stuck) => [stuck.thread, stuck]));
  const path: string[] = [];
  const met = new Set<string>();
  let name = names[0];
  while (name !== undefined && !met.has(name)) {
    met.add(name);
    const stuck = byName.get(name);
    if (stuck === undefined) return [];
    path.push(name, stuck.waitsFor);
    name = stuck.heldBy.find((holder) => names.includes(holder));
  }
  return name === undefined ? [] : [...path, name];
}

function cycleElement(path: readonly string[]): HTMLElement {
  const texts = path.flatMap((text, index) => {
    const isThread = index % 2 === 0;
    const verb = isThread ? 'waits for' : 'held by';
    const node = h('span', { class: isThread ? 'node node-thread' : 'node node-lock' }, text);
    return index === path.length - 1
      ? [node]
      : [node, h('span', { class: 'faint' }, ` ${verb} → `)];
  });
  return h('p', { class: 'cycle' }, texts);
}

function stuckElement(stuck: Stuck): HTMLElement {
  return h(
    'li',
    {},
    h('h4', {}, stuck.thread),
    h('code', { class: 'shell' }, breakable(onOneLine(stuck.command))),
    h(
      'dl',
      { class: 'events' },
      h('dt', {}, 'holds'),
      h('dd', {}, stuck.holds.length === 0 ? 'nothing' : stuck.holds.join(', ')),
      h('dt', {}, 'waits for'),
      h('dd', {}, `${stuck.waitsFor}, ${heldBy(stuck.heldBy)}; ${describeKill(stuck)}`),
      h('dt', {}, 'stack'),
      h('dd', {}, h('code', {}, [...stuck.stack].reverse().join(' < '))),
    ),
  );
}

/** Shows a deadlock. */
export function deadlockPart(deadlock: DeadlockView): HTMLElement {
  const text = KIND_TEXT[deadlock.kind];
  const cycles = deadlock.cycles.map(({ threads }) => cycleOf(deadlock.threads, threads));
  return part(
    'Deadlock',
    h('p', {}, `${text.charAt(0).toUpperCase()}${text.slice(1)}.`),
    cycles.filter((path) => path.length > 0).map(cycleElement),
    h('ul', { class: 'stuck' }, deadlock.threads.map(stuckElement)),
  );
}
