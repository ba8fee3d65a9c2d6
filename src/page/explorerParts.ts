/**
 * What the explorer shows beside step and machine: what each property says here, and what can
 * happen next.
 */
import type { Action, Badge } from '../explorer/position.js';
import { plural } from '../report/layout.js';
import { type Child, h } from './dom.js';
import { part } from './machinePane.js';

const SIGNS = { holds: '✓', violated: '✗', unjudged: '–' } as const;
const WORDS = { holds: 'holds', violated: 'violated', unjudged: 'not judged here' } as const;
const KINDS = { holds: 'good', violated: 'bad', unjudged: 'plain' } as const;

function badgeItem({ property, state, note }: Badge): HTMLElement {
  return h(
    'li',
    {
      class: `property chip chip-${KINDS[state]}`,
      'data-property': property,
      'data-state': state,
      title: note === '' ? WORDS[state] : `${WORDS[state]}: ${note}`,
    },
    h('b', { 'aria-hidden': 'true' }, SIGNS[state]),
    ` ${property}`,
    h('span', { class: 'visually-hidden' }, ` ${WORDS[state]}`),
  );
}

function noteRow({ property, state, note }: Badge): Child {
  return [h('dt', {}, h('code', {}, property)), h('dd', {}, `${WORDS[state]}: ${note}`)];
}

/** Says what the properties say, the violated ones first. */
export function badgesPart(badges: readonly Badge[]): HTMLElement {
  const of = (state: Badge['state']): Badge[] => badges.filter((badge) => badge.state === state);
  const [violated, holding, unjudged] = [of('violated'), of('holds'), of('unjudged')];
  const counts = [
    ...(violated.length > 0 ? [`${violated.length} violated`] : []),
    `${holding.length} hold`,
    ...(unjudged.length > 0 ? [`${unjudged.length} not judged`] : []),
  ];
  const noted = badges.filter(({ note, state }) => note !== '' && state !== 'violated');
  return h(
    'section',
    { class: 'properties', 'aria-label': 'Properties at this state' },
    h('h3', {}, 'Properties here', h('span', { class: 'faint' }, ` ${counts.join(', ')}`)),
    h('ul', { class: 'property-list' }, [...violated, ...holding, ...unjudged].map(badgeItem)),
    violated.map(({ property, note }) =>
      h('p', { class: 'note note-bad' }, h('b', {}, property), `: ${note}`),
    ),
    noted.length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, 'What they say'),
        h('dl', { class: 'notes' }, noted.map(noteRow)),
      ),
  );
}

/** A step that can be taken, as the page links to it. */
export interface ActionLink {
  readonly action: Action;
  readonly address: string;
  /** Names of the behaviours of the report that go on with it. */
  readonly followedBy: readonly string[];
}

/** Keys take the first nine. */
const KEYS_MOST = 9;
const OUTCOMES_MOST = 6;

function outcomeList(outcomes: readonly string[]): Child {
  if (outcomes.length === 0) return null;
  const shown = outcomes.slice(0, OUTCOMES_MOST);
  const left = outcomes.length - shown.length;
  return h(
    'span',
    { class: 'outcomes' },
    shown.map((text) => h('span', {}, text)),
    left > 0 && h('span', { class: 'faint' }, `and ${plural(left, 'more change')}`),
  );
}

function actionItem({ action, address, followedBy }: ActionLink, index: number): HTMLElement {
  const { label, outcomes, violates, isStutter } = action;
  return h(
    'li',
    {},
    h(
      'a',
      { class: 'action', href: address, 'data-ordinal': action.step.ordinal },
      index < KEYS_MOST && h('kbd', { 'aria-hidden': 'true' }, String(index + 1)),
      h(
        'span',
        { class: 'action-text' },
        h('code', {}, label),
        outcomeList(outcomes),
        h(
          'span',
          { class: 'chips' },
          violates.map((name) => h('span', { class: 'chip chip-bad' }, `violates ${name}`)),
          followedBy.map((name) => h('span', { class: 'chip chip-warn' }, `as in ${name}`)),
          isStutter && h('span', { class: 'chip chip-plain' }, 'leaves everything as it is'),
        ),
      ),
    ),
  );
}

/** Lists what can happen next; the links of one thread stand together. */
export function actionsPart(
  links: readonly ActionLink[],
  left: number,
  showMore: () => void,
): HTMLElement {
  const threads = [...new Set(links.map(({ action }) => action.step.thread))];
  return part(
    'What can happen next',
    links.length === 0 && h('p', { class: 'faint' }, 'Nothing: every thread has ended or waits.'),
    threads.map((thread) =>
      h(
        'div',
        { class: 'actions' },
        h('h4', {}, thread),
        h(
          'ol',
          { 'aria-label': `Actions of ${thread}` },
          links.flatMap((link, index) =>
            link.action.step.thread === thread ? [actionItem(link, index)] : [],
          ),
        ),
      ),
    ),
    left > 0 &&
      h(
        'button',
        { class: 'button', type: 'button', click: showMore },
        `Show ${plural(left, 'more action')}`,
      ),
  );
}
