/**
 * The explorer of a run: the way so far as a timeline, what holds where it has led, what can happen
 * next, and the machine there.
 *
 * Where a reader goes back, the steps of the longer way stay in the timeline, until another action
 * is taken.
 */
import type { Badge, Position } from '../explorer/position.js';
import { formatWay, type Way } from '../explorer/way.js';
import { renderWayModel } from '../explorer/wayModel.js';
import type { ReportRun } from '../report/document.js';
import { propertyName } from '../report/findingText.js';
import { plural } from '../report/layout.js';
import { renderShellLines } from '../report/shell.js';
import type { MachineView, Trace, TraceStep } from '../verdict/trace.js';
import { blocksOfAll } from './blockCells.js';
import type { CopyDialog, CopyText } from './copyDialog.js';
import { deadlockPart } from './deadlock.js';
import { type Child, fill, h } from './dom.js';
import { type ActionLink, actionsPart, badgesPart } from './explorerParts.js';
import { focusByLabel, labelOfFocus } from './focus.js';
import { type IomemChoice, makeFrame } from './iomemPane.js';
import { machineParts } from './machinePane.js';
import type { Explorable } from './openExplorer.js';
import { wayAddress } from './route.js';
import { stepParts } from './stepPane.js';
import { makeTimeline, markStep } from './timeline.js';

/** What a view is made with. */
export interface ExplorerContext {
  readonly run: ReportRun;
  /** Place of the run in the report, from 0, and of its first behaviour. */
  readonly number: number;
  readonly firstTrace: number;
  readonly dialog: CopyDialog;
  readonly choice: () => IomemChoice;
  readonly choose: (choice: IomemChoice) => void;
}

/** How many actions are told more, each time. */
const MORE = 200;

const isPrefix = (short: readonly number[], long: readonly number[]): boolean =>
  short.length <= long.length && short.every((ordinal, at) => ordinal === long[at]);

/** The steps of a way as a behaviour that violates nothing. */
function asTrace(run: ReportRun, initial: MachineView, steps: readonly TraceStep[]): Trace {
  const { model, title, kernel, granularity } = run;
  const nothing = {
    property: '',
    class: 'own',
    summary: '',
    deadlock: null,
    device: null,
  } as const;
  return {
    format: 1,
    model,
    title,
    kernel,
    granularity,
    finding: nothing,
    initial,
    steps,
    inevitableAt: null,
  };
}

const region = (label: string, name: string): HTMLElement =>
  h('div', { class: name, tabindex: '0', role: 'region', 'aria-label': label });

type Which = 'next' | 'previous' | 'first' | 'last';

/** The explorer of a run, once its engine runs. */
export class ExplorerView {
  readonly element: HTMLElement;
  readonly #explorable: Explorable;
  readonly #context: ExplorerContext;
  readonly #tools = h('div', { class: 'way-tools' });
  readonly #note = h('div', {});
  readonly #head = h('div', { class: 'step-head' });
  readonly #stepPane = region('What can happen next', 'pane-step');
  readonly #machinePane = region('The machine here', 'pane-machine');
  readonly #pane = h('div', { class: 'pane' }, this.#head, this.#stepPane, this.#machinePane);
  readonly #columns = h('div', { class: 'columns' });
  #asked: Way | null = null;
  #here: Position | null = null;
  /** The longest way that the one here is the beginning of, and its timeline. */
  #far: { readonly initial: number; readonly trace: Trace; readonly timeline: HTMLElement } | null =
    null;

  constructor(explorable: Explorable, context: ExplorerContext) {
    this.#explorable = explorable;
    this.#context = context;
    this.element = h(
      'div',
      { class: 'trace explorer' },
      headOf(context.run, this.#tools, this.#note),
      this.#columns,
    );
  }

  /**
   * Goes to the end of a way; says in one sentence where that is, null where another way was asked
   * for meanwhile.
   */
  async visit(way: Way): Promise<string | null> {
    this.#asked = way;
    const position = await this.#explorable.explorer.visit(way);
    if (this.#asked !== way) return null;
    this.#remember(position);
    this.redraw();
    this.#stepPane.scrollTop = 0;
    return sentence(position);
  }

  /** The address of another step of the way; null where there is none. */
  addressAt(which: Which): string | null {
    const [at, count] = [this.#here?.steps.length ?? 0, this.#farOrdinals().length];
    const wanted = { next: at + 1, previous: at - 1, first: 0, last: count }[which];
    return wanted < 0 || wanted > count ? null : this.#addressOfStep(wanted);
  }

  /** The address of what the nth action leads to, from 0; null where there is none. */
  addressOfAction(index: number): string | null {
    const links = this.#here === null ? [] : this.#links(this.#here);
    return links[index]?.address ?? null;
  }

  /** Shows again what is shown. */
  redraw(): void {
    const [here, far] = [this.#here, this.#far];
    if (here === null || far === null) return;
    const focused = labelOfFocus(this.element);
    fill(this.#tools, this.#toolButtons(here));
    fill(this.#note, here.isCut && h('p', { class: 'note' }, CUT));
    fill(this.#head, this.#headOfStep(here));
    fill(this.#stepPane, this.#stepParts(here, far.trace));
    fill(this.#machinePane, this.#machineParts(here, far.trace));
    markStep(far.timeline, here.steps.length);
    // An action that was taken is gone: what can happen after it has the focus.
    if (focused !== null) focusByLabel(this.element, focused, this.#stepPane);
  }

  #farOrdinals(): readonly number[] {
    return this.#far?.trace.steps.map(({ ordinal }) => ordinal) ?? [];
  }

  #address(ordinals: readonly number[]): string {
    return wayAddress(this.#context.number, { initial: this.#here?.way.initial ?? 0, ordinals });
  }

  #addressOfStep(step: number): string {
    return this.#address(this.#farOrdinals().slice(0, step));
  }

  #remember(position: Position): void {
    const { way, steps, initial } = position;
    this.#here = position;
    const isOfFar = this.#far?.initial === way.initial;
    if (isOfFar && isPrefix(way.ordinals, this.#farOrdinals())) return;
    const trace = asTrace(this.#context.run, initial, steps);
    const timeline = makeTimeline(trace, (step) => this.#addressOfStep(step));
    this.#far = { initial: way.initial, trace, timeline };
    fill(this.#columns, timeline, this.#pane);
  }

  /** Names of the report's behaviours that begin with these steps. */
  #behavioursWith(ordinals: readonly number[]): readonly string[] {
    const { run, firstTrace } = this.#context;
    return run.traces.flatMap(({ trace }, index) => {
      const isSame = isPrefix(
        ordinals,
        trace.steps.map(({ ordinal }) => ordinal),
      );
      return isSame ? [`${firstTrace + index + 1} ${propertyName(trace.finding)}`] : [];
    });
  }

  /** What can happen next, by who does it: the order in which it is shown. */
  #links({ way, actions }: Position): readonly ActionLink[] {
    const threads = [...new Set(actions.map(({ step }) => step.thread))];
    const ordered = threads.flatMap((name) => actions.filter(({ step }) => step.thread === name));
    return ordered.map((action) => {
      const ordinals = [...way.ordinals, action.step.ordinal];
      const followedBy = way.initial === 0 ? this.#behavioursWith(ordinals) : [];
      return { action, address: this.#address(ordinals), followedBy };
    });
  }

  #stepParts(here: Position, trace: Trace): Child {
    const { steps, initial, actionsLeft, deadlock } = here;
    const step = steps.at(-1);
    const before = steps.at(-2)?.after ?? initial;
    return [
      deadlock !== null && deadlockPart(deadlock),
      actionsPart(this.#links(here), actionsLeft, () => void this.#tellMore()),
      step !== undefined && [
        h('h3', { class: 'step-taken' }, `The step that led here: ${step.thread}`),
        stepParts(step, before, { trace, run: this.#context.run }),
      ],
    ];
  }

  #machineParts(here: Position, trace: Trace): Child {
    const { steps, initial, machine, badges } = here;
    const choice = this.#context.choice();
    const views = [trace.initial, ...trace.steps.map(({ after }) => after)];
    const blocks = blocksOfAll(views.map((view) => view.blocks));
    const before = steps.at(-2)?.after ?? initial;
    return [
      badgesPart(badges),
      machineParts(before, machine, {
        frame: makeFrame(trace, choice),
        blocks,
        choice,
        choose: this.#context.choose,
      }),
    ];
  }

  async #tellMore(): Promise<void> {
    if (this.#here === null) return;
    const { way, actions } = this.#here;
    this.#here = await this.#explorable.explorer.visit(way, actions.length + MORE);
    this.redraw();
  }

  #headOfStep({ steps, badges }: Position): Child {
    const later = this.#farOrdinals().length - steps.length;
    const link = (text: string, which: Which, label: string): HTMLElement => {
      const address = this.addressAt(which);
      return address === null
        ? h('span', { class: 'button', 'aria-hidden': 'true' }, text)
        : h('a', { class: 'button', href: address, 'aria-label': label }, text);
    };
    return [
      h(
        'div',
        { class: 'step-title' },
        h('h3', {}, steps.length === 0 ? 'Start' : `After ${plural(steps.length, 'step')}`),
        violatedChips(badges),
        later > 0 && h('span', { class: 'faint' }, `${later} more on this way`),
      ),
      h(
        'nav',
        { class: 'stepper', 'aria-label': 'Steps one by one' },
        link('‹', 'previous', 'Step back'),
        link('›', 'next', 'Step on'),
      ),
    ];
  }

  #toolButtons(here: Position): Child {
    const { dialog, run } = this.#context;
    const { head } = this.#explorable;
    const file = `way-${formatWay(here.way).replace(/\D+/g, '-').replace(/-$/, '')}`;
    const button = (text: string, make: () => CopyText): HTMLElement =>
      h('button', { class: 'button', type: 'button', click: () => dialog.show(make()) }, text);
    return [
      head !== null &&
        button('Copy as a model', () => ({
          title: 'The way as a model',
          file: `${file}.yaml`,
          text: renderWayModel(head, here),
        })),
      button('Copy as a script', () => ({
        title: 'The way as shell lines',
        file: `${file}.sh`,
        text: renderShellLines(asTrace(run, here.initial, here.steps)),
      })),
      here.way.ordinals.length > 0 &&
        h('a', { class: 'button', href: this.#address([]) }, 'Start again'),
    ];
  }
}

const CUT = 'The address names steps that this model does not have. The way ends where they begin.';

function headOf(run: ReportRun, tools: HTMLElement, note: HTMLElement): HTMLElement {
  const facts = [`kernel ${run.kernel}`, `granularity ${run.granularity}`, run.model];
  return h(
    'header',
    { class: 'trace-head' },
    h('h2', {}, h('span', { class: 'badge badge-plain' }, 'Explorer'), run.title),
    h(
      'ul',
      { class: 'facts faint' },
      facts.map((fact) => h('li', {}, fact)),
    ),
    tools,
    note,
  );
}

function violatedChips(badges: readonly Badge[]): Child {
  return badges
    .filter(({ state }) => state === 'violated')
    .map(({ property }) => h('span', { class: 'chip chip-bad' }, `✗ ${property}`));
}

/** Says where a way is, in one sentence. */
function sentence(position: Position): string {
  const violated = position.badges.filter(({ state }) => state === 'violated');
  const names = violated.map(({ property }) => property).join(', ');
  const told = names === '' ? 'nothing violated' : `violated: ${names}`;
  const count = position.actions.length + position.actionsLeft;
  const taken = plural(position.steps.length, 'step');
  return `After ${taken}: ${told}; ${plural(count, 'action')} next.`;
}
