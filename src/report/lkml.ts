/**
 * A counterexample as a mail to kernel developers: plain text of at most 72 columns and fewer than
 * 60 lines, in the words of the kernel alone. docs/lkml.md says what stands where and why.
 */
import { overlappingOf, runsOf } from '../verdict/commandRuns.js';
import type { MachineView, Trace } from '../verdict/trace.js';
import { formatIomemLine } from './iomemDiff.js';
import { wrap } from './layout.js';
import { type LabRun, runSentence, splatOf, stacksOf } from './lkmlRun.js';
import { columnsOf, commandText, faultWords, renderTable } from './lkmlTable.js';
import { triggerOf } from './lkmlTrigger.js';
import { areaOf, maskOf, ruleOf, subjectOf, symptomOf } from './lkmlWords.js';
import { describeDevice, machineDelta } from './machineDelta.js';

const WIDTH = 72;
const LINES_MAX = 59;
const TABLE_LEAST = 8;
const REPRODUCER_MOST = 16;
const AFTERWARDS_MOST = 8;
const STACK_LINES_MOST = 4;
const SPLAT_LINES_MOST = 8;

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
    ...field('Files', `${filesOf(trace).join(', ') || '-'} (${trace.kernel})`),
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
  return [...lines, ...tail].map((line) => `${line.trimEnd()}\n`).join('');
}

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

function filesOf(trace: Trace): readonly string[] {
  const columns = new Set(columnsOf(trace));
  const sources = trace.steps.flatMap(({ thread, source }) =>
    source === null || !columns.has(thread) ? [] : [source],
  );
  return [...new Set(sources)].slice(-4);
}

function subjectLine(trace: Trace): string {
  const last = trace.steps.findLast(({ source }) => source !== null && areaOf(source) !== null);
  const area = last?.source == null ? 'dax' : (areaOf(last.source) ?? 'dax');
  const mark = trace.finding.class === 'kernel-defect' ? '[BUG]' : '[QUESTION]';
  return `${mark} ${area}: ${subjectOf(trace)}`;
}

function testedText({ kernel }: Trace, runs: readonly LabRun[]): string {
  if (runs.length > 0) return runs.map(runSentence).join(' ');
  return `not reproduced on a running kernel; it follows from the code of ${kernel}.`;
}

/** What is different in the end, where nothing hangs. */
function afterwards({ finding, initial, steps }: Trace): string[] {
  const end = steps.at(-1)?.after;
  if (finding.deadlock !== null || end === undefined) return [];
  const { iomem, changes } = machineDelta(initial, end);
  const edits = iomem.map(
    ({ op, line }) => `  ${op === 'remove' ? '-' : '+'} ${formatIomemLine(line)}`,
  );
  const told = [
    ...edits,
    ...changes.flatMap((change) => wrap(change, WIDTH - 4).map((line) => `  ${line}`)),
  ].map((line) => line.slice(0, WIDTH));
  if (told.length === 0) return [];
  const shown = told.slice(0, AFTERWARDS_MOST);
  const more = told.length - shown.length;
  return [
    '',
    'Afterwards (/proc/iomem, devices, memory blocks):',
    ...shown,
    ...(more > 0 ? [`  [${more} more]`] : []),
  ];
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
    .map((device) => `${device.name}: ${describeDevice(device)}`);
  const policy = `auto_online_blocks: ${trace.initial.autoOnlineBlocks}`;
  return [...lines, policy].flatMap((text) =>
    wrap(text, WIDTH - 4).map((line, index) => (index === 0 ? `  # ${line}` : `  #   ${line}`)),
  );
}

/** A rule of udev is no line of a shell. */
const isRule = (text: string): boolean => /==|\bRUN\+?=|ATTR\{/.test(text);

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

function reproducer(trace: Trace): string[] {
  const runs = runsOf(trace).filter(({ command }) => command.text !== '');
  const racing = overlappingOf(runs).filter(({ isInKernel }) => isInKernel);
  const isConcurrent = (run: (typeof runs)[number]): boolean => racing.includes(run);
  const texts = runs.map(({ command }) => commandText(command.text));
  const lines: string[] = [];
  let previous = '';
  for (const [index, run] of runs.entries()) {
    const text = texts[index] ?? '';
    const key = `${run.thread} ${text}`;
    if (key === previous) continue;
    previous = key;
    if (isRule(text)) lines.push(...wrap(`udev: ${text}`, WIDTH - 4).map((line) => `  # ${line}`));
    else lines.push(...shellLine(isConcurrent(run) ? `${text} &` : text));
  }
  if (racing.length > 0) lines.push('  wait');
  const shown =
    lines.length <= REPRODUCER_MOST
      ? lines
      : [
          ...lines.slice(0, 3),
          `  # [${lines.length - REPRODUCER_MOST + 1} lines]`,
          ...lines.slice(lines.length - REPRODUCER_MOST + 4),
        ];
  if (lines.length === 0)
    return [
      'Reproducer: none needed, it is there once the machine is up:',
      ...setupLines(trace, texts),
    ];
  return [
    `Reproducer${howOften(trace, racing.length > 0)}:`,
    ...setupLines(trace, texts),
    ...shown,
  ];
}

function howOften(trace: Trace, isRacing: boolean): string {
  const faults = faultsOf(trace);
  const parts = [
    ...(isRacing ? ['again and again, until the two meet'] : []),
    ...(faults.length > 0 ? [`where ${faults.join(', ')}`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

const faultsOf = ({ steps }: Trace): readonly string[] => [
  ...new Set(
    steps.flatMap(({ events }) =>
      events.flatMap((event) => (event.kind === 'fault' ? [faultWords(event.text)] : [])),
    ),
  ),
];

function maskLines(trace: Trace): string[] {
  return field('Masked', maskOf(trace));
}

function fixesLines(fixes: NamedCommit | null): string[] {
  return fixes === null ? [] : [`Fixes: ${fixes.commit.slice(0, 12)} ("${fixes.title}")`];
}
