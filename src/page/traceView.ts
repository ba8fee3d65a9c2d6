/**
 * A behaviour: what it violates, its timeline, and beside it the step that is chosen and the
 * machine after it.
 */
import type { ReportRun, ReportTrace } from '../report/document.js';
import { returnOf } from '../report/eventRows.js';
import { CLASS_TEXT, propertyName } from '../report/findingText.js';
import { plural } from '../report/layout.js';
import type { Trace, TraceStep } from '../verdict/trace.js';
import { blocksOfAll } from './blockCells.js';
import { deadlockPart } from './deadlock.js';
import { type Child, fill, h } from './dom.js';
import { focusByLabel, labelOfFocus } from './focus.js';
import { type IomemChoice, makeFrame } from './iomemPane.js';
import { type MachineContext, machineParts } from './machinePane.js';
import { stepAddress } from './route.js';
import { stepParts } from './stepPane.js';
import { makeTimeline, markStep } from './timeline.js';

export interface TraceView {
  readonly element: HTMLElement;
  readonly trace: Trace;
  /** Shows a step; 0 is the start. */
  readonly show: (step: number) => void;
  /** Says in one sentence what step is shown. */
  readonly describe: (step: number) => string;
}

/** The step that tells most: the one that made the outcome inevitable, or else the last. */
export const tellingStep = ({ inevitableAt, steps }: Trace): number =>
  inevitableAt !== null && inevitableAt >= 0 ? inevitableAt + 1 : steps.length;

function badgeOf({ kind, trace }: ReportTrace): HTMLElement {
  if (kind === 'witness') return h('span', { class: 'badge badge-good' }, 'Witness');
  const isScript = trace.finding.class === 'script';
  return h(
    'span',
    { class: `badge badge-${isScript ? 'warn' : 'bad'}` },
    isScript ? 'Finding' : 'Violated',
  );
}

function inevitableLink({ inevitableAt }: Trace, number: number): Child {
  if (inevitableAt === null) return null;
  if (inevitableAt < 0) return h('span', {}, 'inevitable from the start');
  const address = stepAddress(number, inevitableAt + 1);
  return h('a', { href: address }, `inevitable after step ${inevitableAt + 1}`);
}

function headOf(entry: ReportTrace, number: number): HTMLElement {
  const { trace } = entry;
  const facts: Child[] = [
    CLASS_TEXT[trace.finding.class],
    `kernel ${trace.kernel}`,
    plural(trace.steps.length, 'step'),
    `granularity ${trace.granularity}`,
    inevitableLink(trace, number),
  ];
  return h(
    'header',
    { class: 'trace-head' },
    h('h2', {}, badgeOf(entry), ' ', h('code', {}, propertyName(trace.finding))),
    h('p', { class: 'trace-summary' }, trace.finding.summary),
    h(
      'ul',
      { class: 'facts faint' },
      facts.filter((fact) => fact !== null).map((fact) => h('li', {}, fact)),
      h('li', {}, trace.model),
    ),
  );
}

function outcomeText(trace: Trace, step: number): string {
  const { inevitableAt, steps } = trace;
  if (step === steps.length) return 'Here the property is violated.';
  if (inevitableAt === null || step < inevitableAt + 1) return '';
  return inevitableAt + 1 === step
    ? 'With this step the outcome became inevitable.'
    : 'The outcome is inevitable already.';
}

function stepHead(trace: Trace, number: number, at: number, explore: string | null): Child {
  const count = trace.steps.length;
  const step = trace.steps[at - 1];
  const link = (text: string, to: number, label: string): HTMLElement =>
    to < 0 || to > count
      ? h('span', { class: 'button', 'aria-hidden': 'true' }, text)
      : h('a', { class: 'button', href: stepAddress(number, to), 'aria-label': label }, text);
  const outcome = outcomeText(trace, at);
  return [
    h(
      'div',
      { class: 'step-title' },
      h('h3', {}, step === undefined ? 'Start' : `Step ${at} of ${count}`),
      step !== undefined && h('span', { class: 'faint' }, step.thread),
      outcome !== '' && h('span', { class: 'outcome' }, outcome),
    ),
    h(
      'nav',
      { class: 'stepper', 'aria-label': 'Steps one by one' },
      explore !== null && h('a', { class: 'button', href: explore }, 'Explore from here'),
      link('‹', at - 1, 'Step before'),
      link('›', at + 1, 'Next step'),
    ),
  ];
}

/** Says a step in one sentence. */
function sentence(trace: Trace, at: number): string {
  const step: TraceStep | undefined = trace.steps[at - 1];
  if (step === undefined) return `Start of ${propertyName(trace.finding)}`;
  const returned = returnOf(step);
  const where = step.functions.at(-1) ?? 'user level';
  const end = returned === null ? '' : `, returns ${returned}`;
  const what = `Step ${at} of ${trace.steps.length}, ${step.thread}: ${where}${end}.`;
  return `${what} ${outcomeText(trace, at)}`.trimEnd();
}

/** Makes the view of a behaviour; `number` is its place in the report, from 0. */
export function makeTraceView(
  entry: ReportTrace,
  run: ReportRun,
  {
    number,
    choice,
    choose,
    explore,
  }: {
    readonly number: number;
    readonly choice: () => IomemChoice;
    readonly choose: (choice: IomemChoice) => void;
    /** Where the explorer goes on from a step; null where there is none. */
    readonly explore: (step: number) => string | null;
  },
): TraceView {
  const { trace } = entry;
  const timeline = makeTimeline(trace, (step) => stepAddress(number, step));
  const head = h('div', { class: 'step-head' });
  const region = (label: string, name: string): HTMLElement =>
    h('div', { class: name, tabindex: '0', role: 'region', 'aria-label': label });
  const stepPane = region('The step', 'pane-step');
  const machinePane = region('The machine after it', 'pane-machine');
  const pane = h('div', { class: 'pane' }, head, stepPane, machinePane);
  const blocks = blocksOfAll(
    [trace.initial, ...trace.steps.map(({ after }) => after)].map((view) => view.blocks),
  );
  const frames = new Map<string, MachineContext['frame']>();
  const frameOf = (chosen: IomemChoice): MachineContext['frame'] => {
    const key = `${chosen.scale} ${chosen.isWhole}`;
    const frame = frames.get(key) ?? makeFrame(trace, chosen);
    frames.set(key, frame);
    return frame;
  };
  let shown = -1;
  const show = (at: number): void => {
    const chosen = choice();
    const step = trace.steps[at - 1];
    const before = trace.steps[at - 2]?.after ?? trace.initial;
    const after = step?.after ?? trace.initial;
    const context = { frame: frameOf(chosen), blocks, choice: chosen, choose };
    const { deadlock } = trace.finding;
    const isEnd = at === trace.steps.length;
    const focused = labelOfFocus(pane);
    fill(head, stepHead(trace, number, at, explore(at)));
    fill(
      stepPane,
      isEnd && deadlock !== null && deadlockPart(deadlock),
      step === undefined
        ? h('p', { class: 'faint' }, 'The machine before the first step.')
        : stepParts(step, before, { trace, run }),
    );
    fill(machinePane, machineParts(before, after, context));
    if (focused !== null) focusByLabel(pane, focused);
    if (shown !== at) stepPane.scrollTop = 0;
    shown = at;
    markStep(timeline, at);
  };
  const element = h(
    'div',
    { class: 'trace' },
    headOf(entry, number),
    h('div', { class: 'columns' }, timeline, pane),
  );
  return { element, trace, show, describe: (at) => sentence(trace, at) };
}
