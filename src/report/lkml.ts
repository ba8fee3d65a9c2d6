/**
 * A counterexample as a mail to kernel developers: plain text of at most 72 columns and fewer than
 * 60 lines, in the words of the kernel alone. docs/lkml.md says what stands where and why.
 */
import { SELECTABLE } from '../kernel/features.js';
import { sourceOf } from '../kernel/functions.js';
import type { MachineView, Trace } from '../verdict/trace.js';
import { formatIomemLine } from './iomemDiff.js';
import { formatAddress, formatBytes, wrap } from './layout.js';
import { type LabRun, runSentence, splatOf, stacksOf } from './lkmlRun.js';
import {
  columnsOf,
  commandText,
  isRule,
  renderTable,
  type ToldRun,
  toldRuns,
  toolOf,
} from './lkmlTable.js';
import { isDeviceUse, triggerOf } from './lkmlTrigger.js';
import { maskOf, ruleOf, subjectFile, subjectOf, subsystemOf, symptomOf } from './lkmlWords.js';
import { machineDelta } from './machineDelta.js';
import { relevantIomem } from './relevantIomem.js';

const WIDTH = 72;
const LINES_MAX = 59;
const TABLE_LEAST = 8;
const REPRODUCER_MOST = 16;
const LISTING_MOST = 6;
const CHANGES_MOST = 5;
const STACK_LINES_MOST = 5;
const SPLAT_LINES_MOST = 8;
const FILES_MOST = 4;

/** A commit as the kernel's `Fixes:` names one. */
export interface NamedCommit {
  /** 12 digits. */
  readonly commit: string;
  readonly title: string;
}

/** What a trace does not know. */
export interface LkmlOptions {
  /** Runs of this trace on real kernels, in order. */
  readonly runs: readonly LabRun[];
  /** The commit that brought it, where kernels without and with it alone were run. */
  readonly fixes: NamedCommit | null;
  /** Program and version. */
  readonly tool: string;
}

/** Renders the mail. */
export function renderLkml(trace: Trace, options: LkmlOptions): string {
  const head = [
    ...folded('Subject: ', subjectLine(trace)),
    '',
    ...wrap(symptomOf(trace), WIDTH),
    '',
    ...field('Tested', testedText(trace, options.runs)),
    ...field('Who', triggerOf(trace)),
    ...field('Files', filesText(trace)),
  ];
  const evidence = [
    ...afterwards(trace),
    ...stackLines(trace, options.runs),
    ...splatLines(options.runs),
  ];
  const tail = [
    '',
    ...reproducer(trace),
    '',
    ...field('Rule', ruleOf(trace)),
    ...maskLines(trace),
    ...fixesLines(options.fixes),
    ...wrap(`Found by ${options.tool}, which runs these paths in every order.`, WIDTH),
  ];
  const room = LINES_MAX - head.length - evidence.length - tail.length - 1;
  const lines = [...head, '', ...renderTable(trace, Math.max(TABLE_LEAST, room)), ...evidence];
  return asInSource([...lines, ...tail].map((line) => `${line.trimEnd()}\n`).join(''));
}

/** kmem's functions that have the names of those of memory blocks: as the source has them. */
const asInSource = (text: string): string =>
  text.replace(/\bdax_(state_(?:store|show)\(\))/g, '$1');

const LABEL = 8;

/** A label with a text beside it. */
function field(label: string, text: string): string[] {
  if (text === '') return [];
  return wrap(text, WIDTH - LABEL).map(
    (line, index) => (index === 0 ? `${label}:`.padEnd(LABEL) : ' '.repeat(LABEL)) + line,
  );
}

/** A header of a mail that is too long goes on behind a blank. */
function folded(name: string, text: string): string[] {
  return wrap(name + text, WIDTH - 1).map((line, index) => (index === 0 ? line : ` ${line}`));
}

/**
 * Files of the functions in the table: first that of the subject, then those in which steps end,
 * the latest, and those that lead there.
 */
function filesText(trace: Trace): string {
  const columns = new Set(columnsOf(trace));
  const steps = trace.steps.filter(({ thread }) => columns.size === 0 || columns.has(thread));
  const subject = subjectFile(trace);
  const others = new Set(steps.map(({ source }) => source).filter((file) => file !== subject));
  const innermost = [...others].slice(subject === null ? -FILES_MOST : 1 - FILES_MOST);
  const chains = steps.flatMap(({ functions }) => functions.map(sourceOf));
  const all = [subject, ...innermost, ...chains].filter((file) => file !== null);
  const names = [...new Set(all)].slice(0, FILES_MOST).join(', ');
  return names === '' ? '' : `${names} (${releaseOf(trace)})`;
}

function subjectLine(trace: Trace): string {
  const mark = trace.finding.class === 'kernel-defect' ? '[BUG]' : '[QUESTION]';
  return `${mark} ${subsystemOf(trace)}: ${subjectOf(trace)}`;
}

/** The release alone, without commits that it is asked for with or without. */
const releaseOf = ({ kernel }: Trace): string => kernel.split(' ')[0] ?? kernel;

/** A kernel with its commits named as kernel people name them, and not by their features. */
const kernelWords = ({ kernel }: Trace): string =>
  kernel.replace(/[a-z0-9-]+(?=,|$| with| without)/g, (id) => {
    const row = SELECTABLE.find((feature) => feature.id === id);
    if (row === undefined) return id;
    return row.commit === null ? `"${row.title}"` : `${row.commit} ("${row.title}")`;
  });

function testedText(trace: Trace, runs: readonly LabRun[]): string {
  if (runs.length > 0) return runs.map(runSentence).join(' ');
  return `not reproduced on a running kernel; it follows from the code of ${kernelWords(trace)}.`;
}

/** What is there in the end, where nothing hangs: the devices' memory, and what has changed. */
function afterwards(trace: Trace): string[] {
  const { finding, initial, steps } = trace;
  const end = steps.at(-1)?.after;
  if (finding.deadlock !== null || end === undefined) return [];
  if (finding.property === 'lock-pairing') return [];
  const { lines } = relevantIomem({ initial: end, steps: [] });
  const { iomem, changes } = machineDelta(initial, end);
  const gone = iomem.filter(({ op }) => op === 'remove').map(({ line }) => line);
  const isGone = (name: string): boolean => !end.iomem.some((line) => line.name === name);
  const listing = [
    ...lines.map((line) => `  ${formatIomemLine(line)}`),
    ...gone.filter(({ name }) => isGone(name)).map((line) => `  (no ${line.name} any more)`),
  ].map((line) => line.slice(0, WIDTH));
  const told = changes.flatMap((change) => wrap(change, WIDTH - 4).map((line) => `  ${line}`));
  return [
    '',
    'Afterwards /proc/iomem has',
    ...cut(listing, LISTING_MOST),
    ...(told.length === 0 ? [] : ['and this has changed:', ...cut(told, CHANGES_MOST)]),
  ];
}

/** At most so many lines, and how many there are more. */
function cut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `  [${lines.length - most + 1} more]`];
}

function stackLines(trace: Trace, runs: readonly LabRun[]): string[] {
  const found = stacksOf(runs);
  if (found === null) return [];
  const columns = columnsOf(trace);
  return [
    '',
    `Stacks on ${found.kernel}, innermost first:`,
    ...found.stacks.flatMap(({ thread, frames }) => {
      const cpu = columns.indexOf(thread);
      const label = cpu < 0 ? '  ' : `  CPU ${cpu}: `;
      const lines = wrap(frames.join(' < '), WIDTH - label.length);
      return lines
        .slice(0, STACK_LINES_MOST)
        .map((line, index) => (index === 0 ? label : ' '.repeat(label.length)) + line);
    }),
  ];
}

function splatLines(runs: readonly LabRun[]): string[] {
  const found = splatOf(runs, SPLAT_LINES_MOST);
  if (found === null) return [];
  return [
    '',
    `Console of ${found.kernel}:`,
    ...found.lines.map((line) => `  ${line}`.slice(0, WIDTH)),
  ];
}

/** Devices that a reproducer needs, as they are at its start. */
function setupLines(trace: Trace, texts: readonly string[]): string[] {
  const touched = ({ name }: MachineView['devices'][number]): boolean =>
    texts.some((text) => text.includes(name));
  const present = trace.initial.devices.filter(({ present: isThere }) => isThere);
  const named = present.filter(touched);
  const lines = (named.length > 0 ? named : present)
    .slice(0, 2)
    .map(({ name, driver, size, ranges }) => {
      const where = ranges.map(({ start, end }) => `${formatAddress(start)}-${formatAddress(end)}`);
      const at = where.length === 0 ? '' : ` at ${where.join(' + ')}`;
      return `${name}: ${formatBytes(size)}${at}, driver ${driver ?? 'none'}`;
    });
  const policy = `auto_online_blocks: ${trace.initial.autoOnlineBlocks}`;
  return [...lines, policy].flatMap((text) =>
    wrap(text, WIDTH - 4).map((line, index) => (index === 0 ? `  # ${line}` : `  #   ${line}`)),
  );
}

/** A shell line within the width; a backslash before the line feed is taken out by the shell. */
export function shellLine(text: string): string[] {
  const lines: string[] = [];
  let rest = `  ${text}`;
  while (rest.length > WIDTH) {
    const blank = rest.lastIndexOf(' ', WIDTH - 2);
    const isBetween = blank > 4 && rest.slice(0, blank).trim() !== '';
    const cut = isBetween ? blank + 1 : WIDTH - 1;
    lines.push(`${rest.slice(0, cut)}\\`);
    rest = isBetween ? `    ${rest.slice(cut)}` : rest.slice(cut);
  }
  return [...lines, rest];
}

/** Commands that do something, in the order in which they begin. */
function commandLines(told: readonly ToldRun[]): string[] {
  const racing = told.filter(({ isRacing }) => isRacing);
  const lines: string[] = [];
  let previous = '';
  for (const { run, isRacing } of told) {
    const text = commandText(run.command.text);
    const tool = toolOf(run.command.text);
    const key = `${run.thread} ${text}`;
    if (key === previous) continue;
    previous = key;
    const note = isRule(text) ? 'udev' : isDeviceUse(text) ? 'a process' : null;
    const isFirst = tool !== null && !lines.some((line) => line.includes(`# ${tool} does:`));
    if (isFirst) lines.push(`  # ${tool} does:`);
    if (note !== null) {
      lines.push(...wrap(`${note}: ${text}`, WIDTH - 4).map((line) => `  # ${line}`));
    } else lines.push(...shellLine(isRacing && racing.length > 1 ? `${text} &` : text));
  }
  return racing.length > 1 ? [...lines, '  wait'] : lines;
}

function reproducer(trace: Trace): string[] {
  const told = toldRuns(trace);
  const setup = setupLines(
    trace,
    told.map(({ run }) => run.command.text),
  );
  const lines = commandLines(told);
  if (lines.length === 0) return ['Reproducer: none; it is so once the machine is up:', ...setup];
  const over = lines.length - REPRODUCER_MOST;
  const shown =
    over <= 0 ? lines : [...lines.slice(0, 4), `  # [${over + 1} lines]`, ...lines.slice(over + 5)];
  const isRacing = told.some((one) => one.isRacing);
  return [`Reproducer${howOften(trace, isRacing)}:`, ...setup, ...shown];
}

function howOften(trace: Trace, isRacing: boolean): string {
  const hasFault = trace.steps.some(({ events }) => events.some(({ kind }) => kind === 'fault'));
  const parts = [
    ...(isRacing ? ['again and again, until they meet'] : []),
    ...(hasFault ? ['with that failure'] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function maskLines(trace: Trace): string[] {
  return field('Masked', maskOf(trace));
}

function fixesLines(fixes: NamedCommit | null): string[] {
  return fixes === null ? [] : [`Fixes: ${fixes.commit.slice(0, 12)} ("${fixes.title}")`];
}
