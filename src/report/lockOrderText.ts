/** The order of locks as text: the cycles first, then what was taken under what. */
import type { LockOrder } from '../verdict/trace.js';
import { labelled, PAGE_WIDTH } from './layout.js';
import { PLAIN, type Style } from './style.js';

type Cycle = LockOrder['cycles'][number];

const COLUMNS = { indent: 4, labelWidth: 10, width: PAGE_WIDTH };

/** Renders the cycles among classes of locks, and the edges that they are made of. */
export function renderLockOrder(order: LockOrder, style: Style = PLAIN): string {
  const { cycles, edges, stray } = order;
  const lines = [
    style.title('Order of locks'),
    `  ${edges.length} pairs of a lock held and a lock taken, ${cycles.length} cycles`,
    ...cycles.flatMap((cycle) => cycleLines(cycle, style)),
    '',
    ...edgeLines(order),
    ...stray.map((name) => `  given back and not seen to be held: ${name}`),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function verdictText({ verdict, maskedBy }: Cycle): string {
  switch (verdict) {
    case 'deadlock':
      return 'a deadlock of it was found';
    case 'masked':
      return `cannot happen: masked by ${maskedBy ?? '?'}`;
    case 'readers':
      return 'needs a writer that is not modelled: only readers meet in it';
    case 'not reached':
      return 'no deadlock found, and no common outer lock';
  }
}

function cycleLines(cycle: Cycle, style: Style): string[] {
  const around = [...cycle.classes, cycle.classes[0] ?? ''].join(' -> ');
  const text = verdictText(cycle);
  const sight =
    cycle.hidden.length === 0
      ? 'would report it'
      : `does not see it: ${cycle.hidden.join(', ')} exempt`;
  return [
    '',
    ...labelled('Cycle', around, { ...COLUMNS, indent: 2 }),
    ...labelled('verdict', cycle.verdict === 'deadlock' ? style.bad(text) : text, COLUMNS),
    ...labelled('lockdep', sight, COLUMNS),
    ...cycle.paths.flatMap((path, index) =>
      labelled(index === 0 ? 'paths' : '', path.join(' > '), COLUMNS),
    ),
  ];
}

/** For each class held, what was taken under it; what is only ever tried is marked. */
function edgeLines({ edges }: LockOrder): string[] {
  const held = [...new Set(edges.map((edge) => edge.held))];
  return held.flatMap((name) => {
    const taken = edges
      .filter((edge) => edge.held === name)
      .map((edge) => (edge.waits ? edge.taken : `${edge.taken} (tried)`));
    return [`  ${name}`, ...labelled('', `-> ${taken.join(', ')}`, { ...COLUMNS, labelWidth: 0 })];
  });
}
