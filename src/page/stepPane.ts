/**
 * One step: the shell line, the kernel functions and the commits behind them, what happened, what
 * changed.
 */

import type { ReportFeature, ReportRun } from '../report/document.js';
import { eventRows, returnOf } from '../report/eventRows.js';
import { formatIomemLine } from '../report/iomemDiff.js';
import { formatPlace, onOneLine } from '../report/layout.js';
import { machineDelta } from '../report/machineDelta.js';
import type { MachineView, Trace, TraceStep } from '../verdict/trace.js';
import { breakable, type Child, h } from './dom.js';
import { part } from './machinePane.js';

function commandBlock(trace: Trace, step: TraceStep): Child {
  const { command, thread } = step;
  if (command === null) return h('p', { class: 'faint' }, `${thread}: no command of a file`);
  const returned = returnOf(step);
  const result = returned ?? 'under way';
  const kind = returned === null ? 'plain' : returned === 'ok' ? 'good' : 'bad';
  return h(
    'div',
    { class: 'command' },
    h(
      'code',
      { class: 'shell' },
      h('b', {}, `${thread}$ `),
      breakable(onOneLine(command.text)),
      !step.starts && h('span', { class: 'faint' }, '  (continues)'),
    ),
    h(
      'p',
      { class: 'command-foot' },
      h('span', { class: `chip chip-${kind}` }, result),
      h('span', { class: 'faint' }, `${formatPlace(command.place, trace.model)}`),
    ),
  );
}

function featureItem(feature: ReportFeature): HTMLElement {
  const { id, commit, title, since, isPresent } = feature;
  return h(
    'li',
    {},
    h('span', { class: `chip chip-${isPresent ? 'plain' : 'warn'}` }, isPresent ? 'has' : 'lacks'),
    ' ',
    commit === null ? h('span', { class: 'faint' }, 'commit unknown') : h('code', {}, commit),
    ` ${title} `,
    h('span', { class: 'faint' }, `(${id}, ${since})`),
  );
}

function pathOf(step: TraceStep, run: ReportRun): Child {
  if (step.functions.length === 0) return h('p', { class: 'faint' }, 'In userland.');
  const calls = step.functions.map((name, index) => {
    const source = run.functions[name]?.source ?? null;
    const isLast = index === step.functions.length - 1;
    return h(
      'li',
      { style: `--depth:${index}` },
      h('code', {}, isLast ? h('b', {}, `${name}()`) : `${name}()`),
      source !== null && h('span', { class: 'faint source' }, source),
    );
  });
  return h('ol', { class: 'calls', 'aria-label': 'Kernel functions, outermost first' }, calls);
}

function commitsOf(step: TraceStep, run: ReportRun): Child {
  const known = new Map(
    step.functions
      .flatMap((name) => run.functions[name]?.features ?? [])
      .map((feature) => [feature.id, feature]),
  );
  if (known.size === 0) return null;
  const features = [...known.values()];
  const lacking = features.filter(({ isPresent }) => !isPresent);
  const present = features.filter(({ isPresent }) => isPresent);
  return h(
    'details',
    { class: 'commits' },
    h(
      'summary',
      {},
      `Commits that changed these functions: ${run.kernel} has ${present.length}, ` +
        `lacks ${lacking.length}`,
    ),
    h('ul', {}, [...lacking, ...present].map(featureItem)),
  );
}

/** Moves of locks, each of which stays on one line. */
const movesOf = (text: string): Child =>
  text.split(/ (?=[+-])/).map((move) => [h('span', { class: 'move' }, move), ' ']);

function eventsPart(step: TraceStep, trace: Trace): Child {
  const rows = eventRows(step.events, trace.granularity);
  if (rows.length === 0) return null;
  return part(
    'What happened',
    h(
      'dl',
      { class: 'events' },
      rows.map(({ kind, label, text }) => [
        h('dt', { class: `event event-${kind}` }, label),
        h('dd', { class: `event event-${kind}` }, kind === 'locks' ? movesOf(text) : text),
      ]),
    ),
  );
}

function changesPart(before: MachineView, after: MachineView): Child {
  const { iomem, changes } = machineDelta(before, after);
  const lines = iomem.map(({ op, line }) => {
    const sign = op === 'add' ? '+' : '−';
    return h(
      'li',
      { class: `line line-${op}` },
      h('span', { class: 'sign' }, sign),
      h('code', {}, formatIomemLine(line).trimStart()),
    );
  });
  const others = changes.map((change) =>
    h(
      'li',
      { class: 'line line-change' },
      h('span', { class: 'sign' }, '→'),
      h('span', {}, change),
    ),
  );
  return part(
    'What changed',
    lines.length + others.length === 0
      ? h('p', { class: 'faint' }, 'Nothing that userland can see.')
      : h('ul', { class: 'changes' }, lines, others),
  );
}

/** Shows a step. */
export function stepParts(
  step: TraceStep,
  before: MachineView,
  context: { readonly trace: Trace; readonly run: ReportRun },
): readonly Child[] {
  const { trace, run } = context;
  return [
    h(
      'section',
      { class: 'part part-command' },
      commandBlock(trace, step),
      pathOf(step, run),
      commitsOf(step, run),
    ),
    changesPart(before, step.after),
    eventsPart(step, trace),
  ];
}
