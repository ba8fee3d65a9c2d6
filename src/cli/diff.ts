/**
 * `daxcheck diff`: one model on two kernels: both verdicts, and the shortest behaviour that
 * userland can see on one of them only.
 */
import type { Comparison, Distinction, Seen } from '../diff.js';
import { EXIT } from '../errors.js';
import { kernelRequestOf } from '../kernel/features.js';
import type { Model } from '../model/model.js';
import { formatCount, onOneLine } from '../report/layout.js';
import type { Style } from '../report/style.js';
import type { Observable } from '../verdict/observables.js';
import type { Verdict } from '../verdict/trace.js';
import { exploreModel } from './explore.js';
import { warnOfUnknown, withModel } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import type { Terminal } from './terminal.js';

export interface DiffOptions extends LookOptions {
  /** A kernel as verdicts name it: 'v6.1', 'v6.1 without kmem-hotremove'. */
  readonly from: string;
  readonly to: string;
  readonly observe?: readonly Observable[];
  readonly workers?: number;
  readonly pairs?: number;
}

/** The model on another kernel; what it declares is said of its own kernel alone. */
export function onKernel(model: Model, name: string): Model {
  return { ...model, kernel: { ...model.kernel, ...kernelRequestOf(name) }, expect: null };
}

interface Sides {
  readonly first: Verdict;
  readonly second: Verdict;
  readonly comparison: Comparison;
}

/** Names of what was found, each once. */
export const findingsOf = ({ violations }: Verdict): string[] => [
  ...new Set(
    violations.map(({ finding }) =>
      finding.device === null ? finding.property : `${finding.property}(${finding.device})`,
    ),
  ),
];

const isSameVerdict = (left: Verdict, right: Verdict): boolean =>
  left.verdict === right.verdict && findingsOf(left).join() === findingsOf(right).join();

/** What is said of a verdict in one line. */
export function verdictLine(verdict: Verdict, width: number): string {
  const states = `${formatCount(verdict.distinctStates)} states`;
  const counts = `${states}, ${formatCount(verdict.transitions)} transitions`;
  const found = findingsOf(verdict);
  const what = found.length === 0 ? verdict.verdict : `${verdict.verdict}: ${found.join(', ')}`;
  return `  ${verdict.kernel.padEnd(width)}  ${what}; ${counts}, depth ${verdict.depth}`;
}

const answerOf = ({ result, value }: Seen): string =>
  value === null ? result : `${result} ${JSON.stringify(value)}`;

function callLine(seen: Seen, number: number): string {
  const text = onOneLine(seen.command);
  const command = text === '' ? ': by itself' : `$ ${text}`;
  const answer = answerOf(seen);
  const line = `  ${String(number).padStart(3)}  ${seen.thread}${command}`;
  return answer === '' ? line : `${line}  ->  ${answer}`;
}

const only = (lines: readonly string[], without: readonly string[]): readonly string[] =>
  lines.filter((line) => !without.includes(line));

/** The lines of the machine that one of two has and the other has not. */
function machineLines(has: readonly string[], other: readonly string[]): string[] {
  return [
    ...only(has, other).map((line) => `       shows   ${line}`),
    ...only(other, has).map((line) => `       and not ${line}`),
  ];
}

/** How much two answers differ: another errno counts more than any number of lines. */
const distanceOf = (one: Seen, other: Seen): number =>
  (answerOf(one) === answerOf(other) ? 0 : 1000) +
  only(one.machine, other.machine).length +
  only(other.machine, one.machine).length;

/** The nearest of what the other kernel can show instead. */
function insteadLines({ calls, instead }: Distinction, other: string): string[] {
  const last = calls.at(-1);
  if (last === undefined) return [];
  const [nearest] = [...instead].sort((a, b) => distanceOf(last, a) - distanceOf(last, b));
  if (nearest === undefined) return [`       never on ${other} after the same calls`];
  const answer = answerOf(nearest);
  return [
    `       on ${other}${answer === answerOf(last) ? ', which answers the same' : `: ${answer}`}`,
    ...machineLines(last.machine, nearest.machine),
  ];
}

function distinctionLines(
  distinction: Distinction | null,
  { has, other, style }: { has: string; other: string; style: Style },
): string[] {
  if (distinction === null) return [];
  const count = distinction.calls.length;
  return [
    style.title(`Only on ${has}, in ${count === 1 ? 'one call' : `${count} calls`}:`),
    ...distinction.calls.map((seen, index) => callLine(seen, index + 1)),
    ...insteadLines(distinction, other),
    '',
  ];
}

function diffText(model: Model, { first, second, comparison }: Sides, style: Style): string {
  const width = Math.max(first.kernel.length, second.kernel.length);
  const { onlyFirst, onlySecond, complete, pairs } = comparison;
  const isSame = onlyFirst === null && onlySecond === null;
  const same = complete
    ? `Userland sees the same on both (${formatCount(pairs)} pairs of situations, whole calls).`
    : `No difference in ${formatCount(pairs)} pairs of situations; the limit ended the comparison.`;
  return [
    model.title,
    `  model  ${model.file}`,
    '',
    style.title('Verdicts'),
    verdictLine(first, width),
    verdictLine(second, width),
    '',
    ...distinctionLines(onlyFirst, { has: first.kernel, other: second.kernel, style }),
    ...distinctionLines(onlySecond, { has: second.kernel, other: first.kernel, style }),
    ...(isSame ? [same, ''] : []),
  ].join('\n');
}

function statusOf({ first, second, comparison }: Sides): number {
  const { onlyFirst, onlySecond, complete } = comparison;
  if (onlyFirst !== null || onlySecond !== null || !isSameVerdict(first, second))
    return EXIT.differs;
  const isCut = [first, second].some(({ verdict }) => verdict === 'incomplete');
  return complete && !isCut ? EXIT.holds : EXIT.incomplete;
}

const sideJson = (verdict: Verdict): object => ({
  kernel: verdict.kernel,
  verdict: verdict.verdict,
  findings: findingsOf(verdict),
  distinctStates: verdict.distinctStates,
  transitions: verdict.transitions,
  depth: verdict.depth,
});

async function diffModel(model: Model, options: DiffOptions, terminal: Terminal): Promise<number> {
  const [before, after] = [onKernel(model, options.from), onKernel(model, options.to)];
  warnOfUnknown([before, after], terminal);
  const { compareKernels } = await import('../diff.js');
  const engine = options.workers === undefined ? {} : { workers: options.workers };
  const first = await exploreModel(before, { ...engine, quiet: true }, terminal);
  const second = await exploreModel(after, { ...engine, quiet: true }, terminal);
  const comparison = compareKernels(before, after, {
    ...(options.observe !== undefined && { observe: options.observe }),
    ...(options.pairs !== undefined && { pairs: options.pairs }),
    signal: terminal.interrupt,
  });
  const sides = { first, second, comparison };
  const exitStatus = statusOf(sides);
  const record = {
    kind: 'diff',
    model: model.file,
    from: sideJson(first),
    to: sideJson(second),
    ...comparison,
    exitStatus,
  };
  terminal.writeOut(
    options.json === true
      ? `${JSON.stringify(record)}\n`
      : diffText(model, sides, styleFor(options, terminal)),
  );
  return exitStatus;
}

/** Compares a model on two kernels; 0 when they do not differ, 24 when they do. */
export async function diffCommand(
  path: string,
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  return withModel(path, (model) => diffModel(model, options, terminal), options, terminal);
}
