/** The keys of the page, in a dialog. */
import { h } from './dom.js';

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['j', '↓', '→'], 'next step'],
  [['k', '↑', '←'], 'step before'],
  [['Home'], 'the start'],
  [['End'], 'the last step'],
  [['i'], 'the step after which the outcome is inevitable'],
  [[']', '['], 'next behaviour, behaviour before'],
  [['1', '…', '9'], 'in the explorer: take this action'],
  [['s'], 'summary'],
  [['g'], 'address map: to scale, logarithmic'],
  [['m'], 'address map: devices, whole map'],
  [['d'], 'dark, light'],
  [['?'], 'these keys'],
];

/** Makes the dialog; the caller puts it into the page and opens it. */
export function makeHelp(): HTMLDialogElement {
  const rows = KEYS.map(([keys, what]) => [
    h(
      'dt',
      {},
      keys.flatMap((key, index) => [index > 0 ? ' ' : '', h('kbd', {}, key)]),
    ),
    h('dd', {}, what),
  ]);
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-label': 'Keys' },
    h('h2', {}, 'Keys'),
    h('dl', {}, rows),
    h(
      'p',
      { class: 'faint' },
      'Each step has an address of its own: copy it from the address bar.',
    ),
    h('form', { method: 'dialog' }, h('button', { type: 'submit', class: 'button' }, 'Close')),
  );
  return dialog;
}
