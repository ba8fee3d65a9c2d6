/**
 * A script's text: what it is, the machine that it needs, the steps one by one; the functions that
 * it is made of stand behind them.
 */
import type { Range } from '../../model/model.js';
import { formatAddress, plural } from '../../report/layout.js';
import type { Finding, MachineView } from '../../verdict/trace.js';
import type { Call, Group } from './calls.js';
import { factsOf, fileName, type Prediction } from './prediction.js';
import { argumentsOf, comment, originOf, quoted, titleOf } from './words.js';

/** A group of calls with what is predicted of it. */
export interface Step {
  readonly group: Group;
  readonly prediction: Prediction;
}

/** All that a script's text is made of. */
export interface ScriptPlan {
  readonly model: string;
  readonly title: string;
  readonly kernel: string;
  readonly finding: Finding;
  readonly initial: MachineView;
  readonly spans: readonly Range[];
  readonly blockSize: bigint;
  /** R of every daxR.I. */
  readonly regions: readonly string[];
  readonly blocks: readonly number[];
  /** Files that are there in the initial state and will be used. */
  readonly files: readonly string[];
  /** What nothing shows, in words. */
  readonly assumed: readonly string[];
  readonly steps: readonly Step[];
  /** Name of the program that maps devices; null when none does. */
  readonly process: string | null;
}

/** Writes a prediction as the body of a here-document, which no line of it can end. */
function hereDocument(lines: readonly string[], mark: string): string[] {
  return [...lines, mark];
}

const madeBy = (group: Group): readonly Call[] =>
  group.calls.filter(({ deed }) => deed !== null && deed.kind !== 'cannot');

/** The threads of a group, in the order in which they start. */
const threadsOf = (calls: readonly Call[]): readonly string[] => [
  ...new Set(calls.map(({ thread }) => thread)),
];

/** Whether a call has come to rest before a step: it has returned, or waits for somebody. */
function isAtRest(call: Call, step: number): boolean {
  if (call.result !== null && call.last < step) return true;
  return call.waits.some((wait) => wait < step);
}

/** Whether a thread's first call of a group begins while another thread is on its way. */
function isWindow(call: Call, calls: readonly Call[]): boolean {
  const others = calls.filter(({ thread, first }) => thread !== call.thread && first < call.first);
  return others.some((other) => !isAtRest(other, call.first));
}

/** Seconds that a thread waits before its first call, so that what came before is at rest. */
function pauseOf(thread: string, calls: readonly Call[]): number {
  const call = calls.find((other) => other.thread === thread);
  if (call === undefined || isWindow(call, calls)) return 0;
  return threadsOf(calls).indexOf(thread);
}

function callLines(call: Call, calls: readonly Call[], model: string): string[] {
  const lines = originOf(call, model);
  const words = call.deed === null ? null : argumentsOf(call.deed);
  if (words === null) return lines;
  const name = fileName(call.thread);
  const isFirst = calls.find(({ thread }) => thread === call.thread) === call;
  const pause = isFirst ? pauseOf(call.thread, calls) : 0;
  const waiting = pause === 0 ? [] : [`\tcall ${name} pause ${pause}`];
  return [...lines, ...waiting, `\tcall ${name} ${words}`];
}

const WINDOW = [
  '\t# A script cannot force where these meet: they are started in the order of the trace.',
  '\t# `repeat N` tries it N times.',
];

/** Says what a step is, for its line in the output: the deeds, and what they come to. */
function stepTitle({ group, prediction }: Step): string {
  const calls = madeBy(group);
  const texts = calls.map(({ deed }, index) => {
    const result = prediction.results[index]?.result ?? 'any';
    const shown = result === 'any' ? '' : `: ${result}`;
    return deed === null ? '' : `${titleOf(deed)}${shown}`;
  });
  const shown = texts.slice(0, 3).join(', against ');
  return `${shown}${texts.length > 3 ? `, and ${plural(texts.length - 3, 'more call')}` : ''}`;
}

function stepLines(step: Step, model: string): string[] {
  const { group, prediction } = step;
  const { obstacle, injections } = prediction;
  const calls = madeBy(group);
  if (calls.length === 0 && obstacle !== null) return [`\tcannot ${quoted(obstacle)}`, ''];
  const overlapping = calls.some(
    (call) => calls.find(({ thread }) => thread === call.thread) === call && isWindow(call, calls),
  );
  return [
    ...(overlapping ? WINDOW : []),
    ...(obstacle === null ? [] : [`\tcannot ${quoted(obstacle)}`]),
    ...group.calls.flatMap((call) => callLines(call, calls, model)),
    ...injections.map(({ point, errno }) => `\tinject ${point} -${errno}`),
    `\texpect ${quoted(stepTitle(step))} <<'PREDICTED'`,
    ...hereDocument(prediction.lines, 'PREDICTED'),
    ...injections.map(({ point }) => `\tinject ${point} 0`),
    '',
  ];
}

/** Worst that a broken property means for the machine on which the script runs. */
function dangerOf({ property }: Finding): string {
  if (property === 'no-deadlock') return 'It may hang tasks, until the machine is booted again.';
  if (property === 'no-crash') {
    return 'It may crash the kernel: what is not written to disk by then is lost.';
  }
  return 'It may leave memory claimed, until the machine is booted again.';
}

/** What the script does to the machine, for somebody who has not decided yet. */
function warningLines(plan: ScriptPlan): string[] {
  const deeds = plan.steps.flatMap(({ group }) => madeBy(group));
  const changing = deeds.filter(({ deed }) => deed?.kind !== 'read' && deed?.kind !== 'exists');
  const devices = plan.initial.devices.filter(({ present }) => present);
  const texts = [
    ...devices.map(({ name, ranges }) => {
      const spans = ranges.map(({ start, end }) => `${formatAddress(start)}-${formatAddress(end)}`);
      return `this takes ${name} (${spans.join(' + ') || 'no memory'}) for its own`;
    }),
    ...changing.map(({ deed }) => (deed === null ? '' : `  ${titleOf(deed)}`)),
    'What is stored there, and what runs in memory that comes from there, can be lost.',
    dangerOf(plan.finding),
  ];
  return ['warning() {', ...texts.map((text) => `\tnote ${quoted(text)}`), '}', ''];
}

function requirementLines(plan: ScriptPlan): string[] {
  const commands = plan.steps.flatMap(({ group }) =>
    group.calls.flatMap(({ deed }) =>
      deed?.kind === 'command' ? [deed.text.split(' ')[0] ?? ''] : [],
    ),
  );
  const injected = plan.steps.flatMap(({ prediction }) =>
    prediction.injections.map(({ point }) => `"$INJECT/${point}/error"`),
  );
  const programs = [...new Set(commands)].filter((name) => name !== '');
  const { process } = plan;
  return [
    '# One line for everything that is missing.',
    'requirements() {',
    ...[...plan.files.map(quoted), ...new Set(injected)].map((file) => `\tneed_file ${file}`),
    ...(injected.length === 0
      ? []
      : [
          '\t[ -e "$INJECT" ] ||',
          '\t\techo "mount debugfs at /sys/kernel/debug; modprobe memory-notifier-error-inject"',
        ]),
    ...(programs.length === 0 ? [] : [`\tneed_program ${programs.map(quoted).join(' ')}`]),
    ...(process === null
      ? []
      : [`\t[ -x "$PROCESS" ] || echo "build it first: cc -O2 -Wall -o $PROCESS $PROCESS.c"`]),
    ...(plan.files.length + programs.length + injected.length === 0 && process === null
      ? ['\t:']
      : []),
    '}',
    '',
  ];
}

function constantLines(plan: ScriptPlan): string[] {
  const { spans, regions, blocks, blockSize, steps, finding, process } = plan;
  const injected = steps.flatMap(({ prediction }) => prediction.injections);
  const texts: readonly (readonly [string, string])[] = [
    ['NAME', finding.property],
    ['KERNEL', plan.kernel],
    ['STEPS', String(steps.filter((step) => hasTest(step)).length)],
    ['SPANS', spans.map(({ start, end }) => `${start.toString(16)}-${end.toString(16)}`).join(' ')],
    ['REGIONS', regions.join(' ')],
    ['BLOCKS', blocks.join(' ')],
    ['BLOCK_SIZE', String(blockSize)],
    ['INJECTED', [...new Set(injected.map(({ point }) => point))].join(' ')],
  ];
  const program = process === null ? [] : [`PROCESS=$(dirname "$0")/${quoted(process)}`];
  return [...texts.map(([name, text]) => `${name}='${text}'`), ...program, ''];
}

const hasTest = ({ group }: Step): boolean => madeBy(group).length > 0;

function headLines(plan: ScriptPlan): string[] {
  const { finding, model, title, kernel, steps, assumed } = plan;
  const unreturned = steps.flatMap(({ prediction }) => prediction.results);
  const hangs = unreturned.filter(({ result }) => result === 'hangs').map(({ thread }) => thread);
  return [
    '#!/bin/sh',
    '# SPDX-License-Identifier: Apache-2.0',
    '# shellcheck disable=SC2034,SC2153,SC2317',
    '#',
    ...comment(`${finding.property}: ${finding.summary}.`),
    '#',
    ...comment(`From ${model} (${title}), as the model of ${kernel} has it.`),
    ...comment(
      'Every step is a call with what it returns and what it changes, as diff(1) writes it:' +
        ' "-" was there, "+" is there now. Lines with "dmesg:" are messages of the kernel.',
    ),
    ...(hangs.length === 0
      ? []
      : comment(`In the end ${hangs.join(' and ')} wait for one another for ever.`)),
    ...assumed.flatMap((text) => comment(`Assumed, for nothing shows it: ${text}`)),
    '#',
    '# Exit status: 0 all as predicted, 1 not, 4 skipped.',
    '',
  ];
}

/**
 * Renders a script.
 *
 * @param functions text of the functions that it is made of (lab/script.sh).
 */
export function renderScript(plan: ScriptPlan, functions: string): string {
  const { initial, spans, steps, model } = plan;
  const processes = plan.steps.flatMap(({ group }) =>
    group.calls.flatMap(({ deed, thread }) => (deed?.kind === 'process' ? [fileName(thread)] : [])),
  );
  const starts = [...new Set(processes)].map((thread) => `\tstart_process ${thread}`);
  return [
    ...headLines(plan),
    ...constantLines(plan),
    ...warningLines(plan),
    '# The machine before the first step.',
    'initial_state() {',
    "\tcheck_state <<'INITIAL'",
    ...hereDocument(factsOf(initial, spans), 'INITIAL'),
    '}',
    '',
    ...requirementLines(plan),
    'start_processes() {',
    ...(starts.length === 0 ? ['\t:'] : starts),
    '}',
    '',
    'steps() {',
    ...steps.flatMap((step) => stepLines(step, model)).slice(0, -1),
    '}',
    '',
    functions.trimEnd(),
    '',
    'main "$@"',
    '',
  ].join('\n');
}
