/**
 * A counterexample as text, to be understood by a kernel developer without a manual.
 *
 * Header, the machine at the start, the numbered steps with only what each one changed, the
 * outcome. Consecutive steps of one thread inside one system call stand under its command line
 * once.
 */
import type { Finding, LockView, MachineView, Trace, TraceStep } from '../verdict/trace.js';
import { renderDeadlock } from './deadlockText.js';
import { type EventRow, eventRows } from './eventRows.js';
import { CLASS_TEXT, propertyName } from './findingText.js';
import { formatIomemLine } from './iomemDiff.js';
import {
  atBothEnds,
  formatPlace,
  labelled,
  onOneLine,
  PAGE_WIDTH,
  plural,
  wrap,
} from './layout.js';
import { describeLock } from './lockText.js';
import { describeBlocks, describeDevice, machineDelta } from './machineDelta.js';
import { relevantIomem } from './relevantIomem.js';
import { type Paint, PLAIN, type Style } from './style.js';

const HEADER = { indent: 2, labelWidth: 8, width: PAGE_WIDTH };
const DETAIL = { indent: 6, labelWidth: 10, width: PAGE_WIDTH };
const FUNCTIONS_INDENT = 6;

/**
 * Renders a counterexample.
 *
 * @param options.file the trace file, when there is one: the last line then says how to replay it.
 * @returns lines of at most 92 columns where no single word is longer, ending with a line feed.
 */
export function renderTrace(
  trace: Trace,
  style: Style,
  options: { readonly file?: string } = {},
): string {
  const lines = [
    ...headerLines(trace, style),
    '',
    ...startLines(trace, style),
    '',
    ...stepLines(trace, style),
    ...outcomeLines(trace, style),
  ];
  if (trace.finding.deadlock !== null) lines.push('', renderDeadlock(trace, style).trimEnd());
  if (options.file !== undefined) lines.push('', `Replay: daxcheck replay ${options.file}`);
  return `${lines.join('\n')}\n`;
}

function headerLines(trace: Trace, style: Style): string[] {
  const { finding } = trace;
  const extent = `${plural(trace.steps.length, 'step')}, granularity: ${trace.granularity}`;
  return [
    `${headWord(finding, style)} ${style.title(propertyName(finding))}`,
    ...wrap(finding.summary, PAGE_WIDTH - 2).map((line) => `  ${line}`),
    '',
    ...labelled('class', CLASS_TEXT[finding.class], HEADER),
    ...labelled('kernel', `${trace.kernel}; ${extent}`, HEADER),
    ...labelled('model', `${trace.model} (${trace.title})`, HEADER),
  ];
}

/** A script's finding is no broken promise of the kernel, and must not look like one. */
function headWord(finding: Finding, style: Style): string {
  return finding.class === 'script' ? style.warning('FINDING') : style.bad('VIOLATED');
}

function startLines(trace: Trace, style: Style): string[] {
  const { initial } = trace;
  const { lines, omitted } = relevantIomem(trace);
  const ids = initial.drivers
    .filter((driver) => driver.ids.length > 0)
    .map((driver) => `${driver.name}: ids ${driver.ids.join(', ')}`);
  const facts = [
    ...initial.devices.map((device) => `${device.name}: ${describeDevice(device)}`),
    ...describeBlocks(initial.blocks),
    ...ids,
    `auto_online_blocks: ${initial.autoOnlineBlocks}`,
  ];
  const more = omitted === 0 ? [] : [`    (${plural(omitted, 'other line')} of /proc/iomem)`];
  return [
    style.title('Start'),
    ...lines.map((line) => `    ${formatIomemLine(line)}`),
    ...more.map(style.faint),
    ...facts.flatMap((fact) => wrap(fact, PAGE_WIDTH - 4).map((line) => `    ${line}`)),
  ];
}

function stepLines(trace: Trace, style: Style): string[] {
  const lines = [style.title('Steps')];
  if (trace.inevitableAt !== null && trace.inevitableAt < 0) {
    lines.push(style.warning('==> The outcome is inevitable from the start.'));
  }
  for (let index = 0; index < trace.steps.length; index++) {
    const step = trace.steps[index];
    if (step === undefined) break;
    const isLoop = trace.loopFrom === index;
    const previous = trace.steps[index - 1];
    if (isLoop) lines.push(style.warning('==> The steps from here on are repeated for ever:'));
    const isHead = isLoop || !continues(previous, step);
    if (isHead) lines.push(...commandLines(trace, step, style));
    const last = endOfSilence(trace, index);
    if (last > index) {
      lines.push(...silentLines(trace.steps.slice(index, last + 1), index + 1, style));
      index = last;
    } else {
      const known = isHead ? [] : (previous?.functions ?? []);
      lines.push(...functionLines(step, { number: index + 1, known }, style));
      lines.push(...detailLines(contextAt(trace, index, step), style));
    }
    if (trace.inevitableAt === index) {
      lines.push(style.warning(`==> After step ${index + 1} the outcome is inevitable.`));
    }
    if (isLastOfGroup(trace, index)) lines.push('');
  }
  return lines;
}

/** Whether another command comes after a step, or the part that is repeated. */
function isLastOfGroup({ steps, loopFrom }: Trace, index: number): boolean {
  const [step, next] = [steps[index], index + 1 === loopFrom ? undefined : steps[index + 1]];
  return step === undefined || next === undefined || !continues(step, next);
}

const contextAt = (trace: Trace, index: number, step: TraceStep): StepContext => ({
  trace,
  step,
  before: trace.steps[index - 1]?.after ?? trace.initial,
  lastOfGroup: isLastOfGroup(trace, index),
});

/**
 * The last of the steps from here on that go on with one command and change and tell nothing; the
 * index itself where there are not two of them.
 */
function endOfSilence(trace: Trace, index: number): number {
  const isSilent = (at: number): boolean => {
    const step = trace.steps[at];
    if (step === undefined || (at > index && !continues(trace.steps[at - 1], step))) return false;
    if (at > index && trace.loopFrom === at) return false;
    return detailLines(contextAt(trace, at, step), PLAIN).length === 0;
  };
  let last = index;
  for (let at = index; isSilent(at); at++) {
    last = at;
    if (trace.inevitableAt === at) break;
  }
  return last;
}

/** Steps that show nothing, in one row: where the thread has been meanwhile. */
function silentLines(steps: readonly TraceStep[], first: number, style: Style): string[] {
  const names = steps.map(({ functions }) => functions.at(-1) ?? '(user level)');
  const places = names.filter((name, index) => name !== names[index - 1]);
  const label = `${first}-${first + steps.length - 1}`.padStart(4).padEnd(FUNCTIONS_INDENT);
  const columns = { indent: 0, labelWidth: label.length + 1, width: PAGE_WIDTH };
  return labelled(`${label} `, `${places.join(', ')} (nothing to see)`, columns).map(style.faint);
}

/** Whether a step goes on with the command of the step before it. */
function continues(previous: TraceStep | undefined, step: TraceStep): boolean {
  if (previous === undefined || step.starts || previous.thread !== step.thread) return false;
  return previous.command?.text === step.command?.text;
}

function commandLines(trace: Trace, step: TraceStep, style: Style): string[] {
  const { command, thread } = step;
  if (command === null) return [style.actor(thread)];
  const text = onOneLine(command.text) + (step.starts ? '' : '  (continues)');
  const prompt = `${thread}$ `;
  const place = formatPlace(command.place, trace.model);
  const line = atBothEnds(prompt + text, place, PAGE_WIDTH);
  const painted = (rest: string) => style.actor(prompt) + rest;
  if (line !== null) {
    const rest = line.slice(prompt.length, line.length - place.length);
    return [painted(rest) + style.faint(place)];
  }
  return [painted(text), style.faint(place.padStart(PAGE_WIDTH))];
}

/** The functions of a step; those that the step before it stood in as well are not said again. */
function functionLines(
  step: TraceStep,
  { number, known }: { readonly number: number; readonly known: readonly string[] },
  style: Style,
): string[] {
  const text = step.functions.length === 0 ? '(user level)' : chainText(step.functions, known);
  const source = step.source ?? '';
  const label = String(number).padStart(4).padEnd(FUNCTIONS_INDENT);
  const whole = source === '' ? label + text : atBothEnds(label + text, source, PAGE_WIDTH);
  if (whole !== null && whole.length <= PAGE_WIDTH) {
    return [whole.slice(0, whole.length - source.length) + style.faint(source)];
  }
  const columns = { indent: 0, labelWidth: FUNCTIONS_INDENT, width: PAGE_WIDTH };
  const lines = labelled(label, text, columns);
  if (source !== '') lines.push(style.faint(source.padStart(PAGE_WIDTH)));
  return lines;
}

function chainText(functions: readonly string[], known: readonly string[]): string {
  const other = functions.findIndex((name, index) => known[index] !== name);
  const same = other < 0 ? functions.length : other;
  const from = Math.min(same, functions.length - 1);
  return [...(from > 0 ? ['...'] : []), ...functions.slice(from)].join(' > ');
}

interface StepContext {
  readonly trace: Trace;
  readonly step: TraceStep;
  readonly before: MachineView;
  readonly lastOfGroup: boolean;
}

function detailLines(context: StepContext, style: Style): string[] {
  const { trace, step, before, lastOfGroup } = context;
  const waits = step.events.some((event) => event.kind === 'wait');
  const rows = eventRows(step.events, trace.granularity);
  const returned = rows.filter((row) => row.kind === 'return');
  const delta = machineDelta(before, step.after);
  return [
    ...rows.filter((row) => row.kind !== 'return').flatMap((row) => rowLines(row, style)),
    ...iomemLines(delta.iomem, style),
    ...delta.changes.flatMap((change) => labelled('now', change, DETAIL)),
    ...returned.flatMap((row) => rowLines(row, style)),
    ...(waits || lastOfGroup ? heldLines(step) : []),
  ];
}

function rowLines(row: EventRow, style: Style): string[] {
  const label = row.kind === 'wait' ? row.label.toUpperCase() : row.label;
  return labelled(label, row.text, DETAIL).map(rowPaint(row, style));
}

function rowPaint({ kind, label, text }: EventRow, style: Style): Paint {
  if (kind === 'wait' || kind === 'message' || kind === 'fault') return style.warning;
  if (kind === 'return') return text.startsWith('ok') ? style.good : style.bad;
  return label === 'locks' || kind === 'uevent' ? style.faint : PLAIN.title;
}

function iomemLines(edits: ReturnType<typeof machineDelta>['iomem'], style: Style): string[] {
  return edits.map((edit, index) => {
    const label = (index === 0 ? 'iomem' : '').padEnd(DETAIL.labelWidth);
    const sign = edit.op === 'remove' ? '-' : '+';
    const paint = edit.op === 'remove' ? style.removed : style.added;
    return ' '.repeat(DETAIL.indent) + label + paint(`${sign} ${formatIomemLine(edit.line)}`);
  });
}

function heldLines(step: TraceStep): string[] {
  const held = step.after.locks.filter((lock: LockView) => lock.holder === step.thread);
  return held.length === 0 ? [] : labelled('holds', held.map(describeLock).join(', '), DETAIL);
}

/** What goes on for ever, where that is what breaks the property. */
function endText({ loopFrom, steps }: Trace): string {
  if (loopFrom === undefined) return '';
  if (loopFrom === steps.length) return '; nothing has to move any more';
  if (loopFrom + 1 === steps.length) return `; step ${steps.length} is repeated for ever`;
  return `; steps ${loopFrom + 1} to ${steps.length} are repeated for ever`;
}

function outcomeLines(trace: Trace, style: Style): string[] {
  const { finding } = trace;
  const after =
    trace.steps.length === 0 ? 'in the initial state' : `after step ${trace.steps.length}`;
  const text = `${propertyName(finding)} is violated ${after}: ${finding.summary}${endText(trace)}`;
  return [style.title('Outcome'), ...wrap(text, PAGE_WIDTH - 4).map((line) => `    ${line}`)];
}
