/**
 * A counterexample in the words of the user's own files: which line of which file races with which
 * other line, what the machine ends in, and whether only a reboot helps.
 */
import type { Place } from '../model/model.js';
import type { MachineView, Trace, TraceStep } from '../verdict/trace.js';
import { propertyName } from './findingText.js';
import { formatPlace, formatResult, labelled, onOneLine, PAGE_WIDTH, wrap } from './layout.js';
import { describeBlocks, describeDevice, machineDelta } from './machineDelta.js';
import type { Style } from './style.js';

/** A line of a user's file, at the step of the trace in which it matters. */
export interface StoryLine {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly thread: string;
  readonly place: Place;
  /** The line as the file has it. */
  readonly text: string;
  /** What was done at this step, with values put in; null where that is the line itself. */
  readonly call: string | null;
  /** What it did to the machine, or what it was answered. */
  readonly did: readonly string[];
}

/** An order of the racing lines that was tried. */
export interface TriedOrder {
  readonly text: string;
  /** The property was not violated in the end. */
  readonly isSafe: boolean;
}

/** What running the counterexample again has shown. */
export interface StoryFacts {
  /** Devices that are lost where it ends; null where that cannot be asked. */
  readonly lost: readonly string[] | null;
  /** Names of what is not as it is meant to be in the end; empty where that is not the finding. */
  readonly missed: ReadonlySet<string>;
  readonly orders: readonly TriedOrder[];
}

export interface Story {
  readonly property: string;
  readonly device: string | null;
  readonly summary: string;
  /** The line after which the outcome could not be avoided any more; null when there is none. */
  readonly decisive: StoryLine | null;
  /** The line of another thread that came in between; null where nobody else was needed. */
  readonly by: StoryLine | null;
  /** What the decisive line's thread had done before, and the other undid, where there is one. */
  readonly since: StoryLine | null;
  /** The step at which somebody runs `udevadm trigger`; null where nobody needs to. */
  readonly triggered: number | null;
  /** The machine in the last state. */
  readonly ends: readonly string[];
  readonly reboot: 'needed' | 'not needed' | 'unknown';
  readonly why: string;
  readonly orders: readonly TriedOrder[];
}

const before = (trace: Trace, index: number): MachineView =>
  trace.steps[index - 1]?.after ?? trace.initial;

/** Names of what differs between two views: devices, blocks, drivers, the policy. */
export function touched(from: MachineView, to: MachineView): ReadonlySet<string> {
  const names = new Set<string>();
  const compare = (left: readonly unknown[], right: readonly unknown[], name: string): void => {
    if (JSON.stringify(left) !== JSON.stringify(right)) names.add(name);
  };
  const each = [...new Set([...from.devices, ...to.devices].map(({ name }) => name))];
  for (const name of each) {
    const of = ({ devices }: MachineView): readonly unknown[] =>
      devices
        .filter((device) => device.name === name)
        .map(({ driver, present, size }) => [driver, present, String(size)]);
    compare(of(from), of(to), name);
  }
  const indices = [...new Set([...from.blocks, ...to.blocks].map(({ index }) => index))];
  for (const index of indices) {
    const of = ({ blocks }: MachineView): readonly unknown[] =>
      blocks
        .filter((block) => block.index === index)
        .map(({ state, zones }) => [state, state === 'online' ? zones : '']);
    compare(of(from), of(to), `memory${index}`);
  }
  compare([from.autoOnlineBlocks], [to.autoOnlineBlocks], 'auto_online_blocks');
  return names;
}

/** The text of a line of a user's script; null for other places. */
export type LineAt = (place: Place) => string | null;

function lineOf(trace: Trace, index: number, lineAt: LineAt): StoryLine | null {
  const step = trace.steps[index];
  if (step === undefined || step.command === null) return null;
  const { place } = step.command;
  const done = step.command.text.replace(/\s*#\s*(?:daxctl|ndctl|cxl)\s*$/, '');
  const text = lineAt(place) ?? step.command.text;
  const call = text === step.command.text ? null : done;
  const did = didOf(trace, step, index);
  return { step: index + 1, thread: step.thread, place, text, call, did };
}

/** What a step did: changes of the machine, what was printed, an error that came back. */
function didOf(trace: Trace, step: TraceStep, index: number): readonly string[] {
  const { changes } = machineDelta(before(trace, index), step.after);
  const printed = step.events.flatMap((event) => (event.kind === 'output' ? [event.text] : []));
  const failed = step.events.flatMap((event) =>
    event.kind === 'return' && event.result !== 'ok' ? [formatResult(event.result)] : [],
  );
  const read = step.events.flatMap((event) =>
    event.kind === 'return' && event.value !== null ? [`reads ${event.value}`] : [],
  );
  return [...changes, ...printed, ...failed, ...(changes.length === 0 ? read : [])];
}

/** The last step up to `from` that belongs to a line of a file. */
function lastOf(
  trace: Trace,
  from: number,
  accepts: (step: TraceStep, index: number) => boolean,
): number {
  for (let index = from; index >= 0; index--) {
    const step = trace.steps[index];
    if (step !== undefined && step.command !== null && accepts(step, index)) return index;
  }
  return -1;
}

interface Race {
  readonly decisive: number;
  readonly by: number;
  readonly since: number;
}

/** The step of the same thread before this one that changed the machine from another line. */
function earlierLine(trace: Trace, decisive: number): number {
  const late = trace.steps[decisive];
  return lastOf(trace, decisive - 1, (step, index) => {
    if (step.thread !== late?.thread) return false;
    if (step.command?.place.line === late.command?.place.line) return false;
    return touched(before(trace, index), step.after).size > 0;
  });
}

/** The last step that made something other than it is meant to be, else the last one. */
function decisiveOf(trace: Trace, missed: ReadonlySet<string>): number {
  const { steps, inevitableAt } = trace;
  const end = inevitableAt === null || inevitableAt < 0 ? steps.length - 1 : inevitableAt;
  const wrong = lastOf(trace, end, (step, index) =>
    [...touched(before(trace, index), step.after)].some((name) => missed.has(name)),
  );
  return wrong >= 0 ? wrong : lastOf(trace, end, () => true);
}

/** The steps that race; -1 for one that is not there. `missed`: as in StoryFacts. */
export function raceOf(trace: Trace, missed: ReadonlySet<string>): Race {
  const { steps } = trace;
  const decisive = decisiveOf(trace, missed);
  const thread = steps[decisive]?.thread;
  const by = lastOf(trace, decisive - 1, (step, index) => {
    if (step.thread === thread) return false;
    return touched(before(trace, index), step.after).size > 0;
  });
  if (by < 0) return { decisive, by, since: earlierLine(trace, decisive) };
  const changed = touched(before(trace, by), steps[by]?.after ?? trace.initial);
  const since = lastOf(trace, by - 1, (step, index) => {
    if (step.thread !== thread) return false;
    return [...touched(before(trace, index), step.after)].some((name) => changed.has(name));
  });
  return { decisive, by, since };
}

/** The last step up to this one with which somebody announced everything once more; else null. */
function triggerOf({ steps }: Trace, last: number): number | null {
  const found = steps.findLastIndex(
    ({ thread, command, events }, index) =>
      index <= last &&
      thread === 'environment' &&
      command === null &&
      events.some(({ kind }) => kind === 'uevent'),
  );
  return found < 0 ? null : found + 1;
}

/** What is wrong; for an operation that failed also which one, and how it failed. */
function summaryOf({ finding: { property, summary }, steps }: Trace): string {
  const last = steps.at(-1);
  if (property !== 'rollback' || last === undefined) return summary;
  const said = last.events.flatMap((event) => {
    if (event.kind === 'message') return [event.text];
    return event.kind === 'return' && event.result !== 'ok' ? [formatResult(event.result)] : [];
  });
  const command = last.command === null ? '' : `, ${onOneLine(last.command.text)}`;
  return `${summary} (step ${steps.length}${command}: ${said.join('; ')})`;
}

/** A machine in lines: devices, blocks, the policy. */
export function endsOf(machine: MachineView): readonly string[] {
  return [
    ...machine.devices.map((device) => `${device.name}: ${describeDevice(device)}`),
    ...describeBlocks(machine.blocks),
    `auto_online_blocks: ${machine.autoOnlineBlocks}`,
  ];
}

function rebootOf(
  { finding: { property, deadlock, device } }: Trace,
  { lost }: StoryFacts,
): Pick<Story, 'reboot' | 'why'> {
  if (property === 'recoverable') {
    return { reboot: 'needed', why: `no command can bind ${device} again` };
  }
  if (property === 'no-crash') return { reboot: 'needed', why: 'the kernel has gone wrong' };
  if (deadlock?.kind === 'permanent') {
    return { reboot: 'needed', why: 'the threads wait for ever, and cannot be killed' };
  }
  if (lost === null) return { reboot: 'unknown', why: 'a system call is under way there' };
  if (lost.length === 0) {
    return { reboot: 'not needed', why: 'from there each device can be bound again' };
  }
  return { reboot: 'needed', why: `from there no command can bind ${lost.join(', ')} again` };
}

/** Tells a violation in the words of the user's files. */
export function storyOf(trace: Trace, facts: StoryFacts, lineAt: LineAt = () => null): Story {
  const { finding } = trace;
  const race = raceOf(trace, facts.missed);
  return {
    property: finding.property,
    device: finding.device,
    summary: summaryOf(trace),
    decisive: lineOf(trace, race.decisive, lineAt),
    by: lineOf(trace, race.by, lineAt),
    since: lineOf(trace, race.since, lineAt),
    triggered: triggerOf(trace, race.decisive),
    ends: endsOf(trace.steps.at(-1)?.after ?? trace.initial),
    ...rebootOf(trace, facts),
    orders: facts.orders,
  };
}

const TEXT = { indent: 2, labelWidth: 12, width: PAGE_WIDTH };
const DID = { indent: 6, labelWidth: 4, width: PAGE_WIDTH };

function lineText(line: StoryLine, model: string): string[] {
  const command = `${formatPlace(line.place, model)}  ${onOneLine(line.text)}`;
  return [
    ...wrap(command, PAGE_WIDTH - 4).map(
      (part, index) => `${index === 0 ? '    ' : '      '}${part}`,
    ),
    ...labelled(
      '',
      [
        `step ${line.step}`,
        ...(line.call === null ? [] : [line.call]),
        ...line.did.slice(0, 4),
      ].join('; '),
      DID,
    ),
  ];
}

/** Which lines race, in one sentence. */
export function raceSentence({ decisive, by, since, triggered }: Story, model: string): string {
  if (decisive === null) return 'no line of a file does this';
  const line = formatPlace(decisive.place, model);
  if (by === null) {
    return triggered === null
      ? `${line} does this alone: no other file is needed`
      : `${line} does this once somebody runs udevadm trigger: no other file is needed`;
  }
  const other = formatPlace(by.place, model);
  const between = since === null ? '' : `, after ${formatPlace(since.place, model)}`;
  return `${line} races with ${other}${between}`;
}

/** Renders a story. */
export function renderStory(story: Story, model: string, style: Style): string {
  const lines = [story.since, story.by, story.decisive].filter((line) => line !== null);
  const told = story.orders.map(({ text, isSafe }) => `${isSafe ? 'safe' : 'not safe'}: ${text}`);
  const orders = told.length > 0 || story.by === null ? told : ['none could be tried'];
  const { triggered } = story;
  return [
    `${style.title('In your files')}: ${style.bad(propertyName(story))}`,
    ...wrap(raceSentence(story, model), PAGE_WIDTH - 2).map((line) => `  ${line}`),
    ...lines.flatMap((line) => lineText(line, model)),
    ...(triggered === null ? [] : [`    somebody runs udevadm trigger (step ${triggered})`]),
    ...labelled('what', story.summary, TEXT),
    ...story.ends.flatMap((line, index) => labelled(index === 0 ? 'ends in' : '', line, TEXT)),
    ...labelled('reboot', `${story.reboot}: ${story.why}`, TEXT),
    ...orders.flatMap((line, index) => labelled(index === 0 ? 'order' : '', line, TEXT)),
    '',
  ].join('\n');
}
