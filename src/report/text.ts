/**
 * The verdict as text: what was asked, one line of verdict, the counts, each class of finding
 * under its own heading, what held and for what scope, and how the run ended.
 */
import type {
  BoundView,
  Finding,
  PropertyClass,
  StrategyView,
  Trace,
  Verdict,
} from '../verdict/trace.js';
import { describeExitStatus } from './exitStatus.js';
import { propertyName } from './findingText.js';
import {
  formatBound,
  formatCount,
  formatMemory,
  labelled,
  PAGE_WIDTH,
  plural,
  wrap,
} from './layout.js';
import type { Style } from './style.js';

const STOP = { indent: 2, labelWidth: 12, width: PAGE_WIDTH };
const HEADER = { indent: 2, labelWidth: 13, width: PAGE_WIDTH };

const CLASSES: readonly { readonly id: PropertyClass; readonly heading: string }[] = [
  { id: 'kernel-defect', heading: 'Kernel defects (the kernel breaks what it promises)' },
  { id: 'script', heading: 'Script findings (the kernel does as documented, the procedure loses)' },
  { id: 'policy', heading: 'Policies (the machine does what the model forbids)' },
  { id: 'own', heading: 'Own properties (what this model asks for)' },
];

export interface VerdictTextOptions {
  /** Names of the trace files, one for each violation in order; absent when none were written. */
  readonly traceFiles?: readonly string[];
  /** Status that the program ends with, where --as-declared makes another one of the verdict's. */
  readonly exitStatus?: number;
}

/**
 * Renders a verdict.
 *
 * Every line that says "holds" carries the scope, unwrapped, so that no quotation can lose it. A
 * search that did not run to its end says "not violated so far" instead.
 */
export function renderVerdict(
  verdict: Verdict,
  style: Style,
  options: VerdictTextOptions = {},
): string {
  const sections = [
    headerLines(verdict, style),
    [verdictLine(verdict, style), ...countLines(verdict)],
    ...CLASSES.map((entry) => findingLines(verdict, entry, { style, options })),
    witnessLines(verdict, style),
    heldLines(verdict),
    vacuousLines(verdict, style),
    expectationLines(verdict, style),
    endLines(verdict, options.exitStatus ?? verdict.exitStatus),
  ];
  const body = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${body.join('\n\n')}\n`;
}

/** Counts findings by class, in words: `1 kernel defect, 2 script findings`. */
export function countByClass(violations: readonly { readonly finding: Finding }[]): string {
  const names = {
    'kernel-defect': 'kernel defect',
    script: 'script finding',
    policy: 'policy',
    own: 'own property',
  };
  const plurals: { readonly [id: string]: string } = {
    policy: 'policies',
    own: 'own properties',
  };
  const parts = CLASSES.flatMap(({ id }) => {
    const count = violations.filter((trace) => trace.finding.class === id).length;
    if (count === 0) return [];
    const many = plurals[id];
    return [many !== undefined && count > 1 ? `${count} ${many}` : plural(count, names[id])];
  });
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function headerLines(verdict: Verdict, style: Style): string[] {
  return [
    ...wrap(verdict.title, PAGE_WIDTH).map(style.title),
    ...labelled('model', verdict.model, HEADER),
    ...labelled('kernel', verdict.kernel, HEADER),
    ...labelled('granularity', describeGranularity(verdict.granularity), HEADER),
    ...strategyLines(verdict),
    ...reductionLines(verdict),
  ];
}

/** What a search has counted. */
const statesOf = ({ reductions }: Verdict): string =>
  reductions?.on.includes('symmetry') === true ? 'classes of states' : 'distinct states';

function reductionLines({ reductions }: Verdict): string[] {
  if (reductions === undefined) return [];
  const { on, refused, like = [], apart = [] } = reductions;
  return [
    ...labelled('reduced by', on.length === 0 ? 'nothing' : on.join(', '), HEADER),
    ...refused.flatMap(({ name, why }) => labelled('', `not by ${name}: ${why}`, HEADER)),
    ...like.flatMap((names) => labelled('', `alike: ${names.join(', ')}`, HEADER)),
    ...apart.flatMap((why) => labelled('', why, HEADER)),
  ];
}

function strategyLines({ strategy }: Verdict): string[] {
  if (strategy === undefined) return [];
  const unchecked = strategy.name === 'dfs' ? [] : strategy.unchecked;
  const open = unchecked.length === 0 ? [] : labelled('not asked', unchecked.join(', '), HEADER);
  return [...labelled('strategy', describeStrategy(strategy), HEADER), ...open];
}

function describeStrategy(strategy: StrategyView): string {
  if (strategy.name === 'dfs') return 'dfs (the state found last first; traces are not shortest)';
  if (strategy.name === 'bfs') return describeBound(strategy);
  const { name, seed, runs, depth, states, statesAbout } = strategy;
  const steps = plural(depth, 'step');
  const about = statesAbout === null ? '' : `; about ${formatCount(statesAbout)} distinct states`;
  const searches = runs === 1 ? '1 search' : `${formatCount(runs)} searches`;
  const what =
    states === undefined
      ? `${plural(runs, 'walk')} of at most ${steps}${about}`
      : `${searches} of at most ${plural(states, 'state')} and ${steps}`;
  return `${name}, seed ${seed}: ${what}`;
}

function describeBound({ maxSwitches, isCut }: BoundView): string {
  const switches = maxSwitches === 1 ? '1 context switch' : `${maxSwitches} context switches`;
  const what = `bfs, behaviours with at most ${switches}`;
  if (isCut === null) return what;
  return `${what}; ${isCut ? 'states lie beyond' : 'they come to every state'}`;
}

function describeGranularity(granularity: Verdict['granularity']): string {
  return granularity === 'call'
    ? 'call (a system call runs until it returns or waits)'
    : 'step (every step inside every system call interleaves)';
}

function verdictLine(verdict: Verdict, style: Style): string {
  switch (verdict.verdict) {
    case 'holds':
      return `${style.good('HOLDS')}${omissionPhrase(verdict)} for ${verdict.scope}`;
    case 'violated':
      return `${style.bad('VIOLATED')}: ${countByClass(verdict.violations)}`;
    case 'findings':
      return `${style.warning('FINDINGS')}: ${countByClass(verdict.violations)}, no kernel defect`;
    case 'incomplete':
      return `${style.warning('INCOMPLETE')}: nothing found so far; this is no proof`;
    case 'vacuous':
      return `${style.warning('VACUOUS')}: nothing violated, but part of the model was never used`;
  }
}

/** What every "holds" of a lossy search carries. */
function omissionPhrase({ omission }: Verdict): string {
  if (omission === undefined) return '';
  return `, with probability of an omission below ${formatBound(omission.probability)},`;
}

/** What of a lossy search is no proof, and the option that makes it one. */
function doubtLines({ verdict, omission, unanswered = [] }: Verdict): string[] {
  if (omission === undefined) return [];
  const { storage, probability, max } = omission;
  const chance = `  probability of an omission below ${formatBound(probability)} (${storage})`;
  const advice = `to be sure: more --memory, or --storage exact`;
  const above = `${chance},\n    above --max-omission ${max}; ${advice}`;
  return [
    // The line above says it where everything holds.
    ...(verdict === 'holds' ? [] : [probability > max ? above : chance]),
    ...unanswered.map((name) => `  not answered: ${name}; it needs --storage exact`),
  ];
}

function countLines(verdict: Verdict): string[] {
  const counts = [
    describeStates(verdict),
    plural(verdict.transitions, 'transition'),
    `depth ${formatCount(verdict.depth)}`,
  ].join(', ');
  return [`  ${counts}`, ...doubtLines(verdict), ...stoppedLines(verdict)];
}

/** What was found beyond the counts, which limit ended it, and what helps. */
function stoppedLines({ stoppedBy, measured, depth }: Verdict): string[] {
  if (stoppedBy === null) return [];
  const { limit, option, memory, helps = [] } = stoppedBy;
  const { statesFound: found } = measured;
  const all = found === undefined ? '' : `${formatCount(found)} states, some at depth ${depth + 1}`;
  const beyond = all === '' ? [] : [`  found in all: ${all}`];
  if (memory === undefined) return [...beyond, `  stopped by: ${limit}; to go on: ${option}`];
  const size = formatMemory(memory.bytes);
  return [
    ...beyond,
    ...labelled('stopped by:', `${limit}, ${size} by ${memory.source}`, STOP),
    ...labelled('what helps:', helps.join('; '), STOP),
  ];
}

/** Within a bound, a state counts once for each last thread and number of switches. */
function describeStates(verdict: Verdict): string {
  const { distinctStates, stoppedBy, strategy } = verdict;
  const count = formatCount(distinctStates);
  if (strategy?.name === 'bfs') return `${count} states with their last thread and switches`;
  return `${stoppedBy === null ? '' : 'at least '}${count} ${statesOf(verdict)}`;
}

interface FindingContext {
  readonly style: Style;
  readonly options: VerdictTextOptions;
}

function findingLines(
  verdict: Verdict,
  entry: (typeof CLASSES)[number],
  context: FindingContext,
): string[] {
  const found = verdict.violations.flatMap((trace, index) =>
    trace.finding.class === entry.id ? [{ trace, file: context.options.traceFiles?.[index] }] : [],
  );
  if (found.length === 0) return [];
  const lines = found.flatMap(({ trace, file }) => oneFinding(trace, file, context.style));
  return [context.style.title(entry.heading), ...lines];
}

function oneFinding(trace: Trace, file: string | undefined, style: Style): string[] {
  const { finding } = trace;
  const kind = finding.deadlock === null ? '' : ` (${finding.deadlock.kind})`;
  const steps = plural(trace.steps.length, 'step');
  const paint = finding.class === 'script' ? style.warning : style.bad;
  return [
    `  ${paint(propertyName(finding))}${kind}, ${steps}`,
    ...wrap(finding.summary, PAGE_WIDTH - 6).map((line) => `      ${line}`),
    ...(file === undefined ? [] : [`      trace: ${file}`]),
  ];
}

function witnessLines({ witnesses = [] }: Verdict, style: Style): string[] {
  if (witnesses.length === 0) return [];
  const lines = witnesses.flatMap((trace) => {
    const steps = plural(trace.steps.length, 'step');
    const commands = trace.steps.flatMap(({ starts, command, thread }) =>
      starts && command !== null ? [`${thread}$ ${command.text}`] : [],
    );
    return [
      `  ${style.good(propertyName(trace.finding))}, ${steps}`,
      ...wrap(trace.finding.summary, PAGE_WIDTH - 6).map((line) => `      ${line}`),
      ...commands.flatMap((text) => wrap(text, PAGE_WIDTH - 8).map((line) => `        ${line}`)),
    ];
  });
  return [style.title('Reached (the shortest way to each)'), ...lines];
}

function heldLines(verdict: Verdict): string[] {
  const { held, scope } = verdict;
  if (held.length === 0) return [];
  const names = wrap(held.join(', '), PAGE_WIDTH - 4).map((line) => `    ${line}`);
  const [count, verb] =
    held.length === 1 ? ['1 property', 'holds'] : [`${held.length} properties`, 'hold'];
  if (verdict.stoppedBy !== null) {
    return [`Not violated so far (the search did not end), ${count} in ${scope}:`, ...names];
  }
  // The verdict line above has said the scope already when everything holds.
  if (verdict.verdict === 'holds') return [`Checked, ${count}:`, ...names];
  return [`${count} ${verb} for ${scope}:`, ...names];
}

function vacuousLines(verdict: Verdict, style: Style): string[] {
  if (verdict.vacuous.length === 0) return [];
  const items = verdict.vacuous.flatMap(bullet);
  return [style.warning('Never used (what they say was not tested)'), ...items];
}

function expectationLines(verdict: Verdict, style: Style): string[] {
  const { expectation } = verdict;
  // What a model declares is the outcome of a search breadth first.
  if (verdict.strategy !== undefined) return [];
  if (expectation === null) return ['Expectation: none declared'];
  if (expectation.met) return [`Expectation: ${style.good('met')}`];
  return [`Expectation: ${style.bad('NOT MET')}`, ...expectation.differences.flatMap(bullet)];
}

function endLines(verdict: Verdict, exitStatus: number): string[] {
  const { measured } = verdict;
  const numbers = [
    `${measured.seconds.toFixed(2)} s`,
    `${formatCount(Math.round(measured.statesPerSecond))} states/s`,
    formatMemory(measured.memoryBytes),
    plural(measured.workers, 'worker'),
  ];
  return [
    `Measured: ${numbers.join(', ')}`,
    `Exit status ${exitStatus}: ${endText(verdict, exitStatus)}`,
  ];
}

function endText(verdict: Verdict, exitStatus: number): string {
  const isOpen = verdict.verdict === 'holds' && verdict.cut === 'not-proved';
  const own = isOpen
    ? 'holds on the cut machine; not proved for the whole one'
    : describeExitStatus(verdict.exitStatus);
  if (exitStatus === verdict.exitStatus) return own;
  if (exitStatus !== 0) return describeExitStatus(exitStatus);
  return `as declared (without --as-declared ${verdict.exitStatus}: ${own})`;
}

function bullet(text: string): string[] {
  return labelled('-', text, { indent: 2, labelWidth: 2, width: PAGE_WIDTH });
}
