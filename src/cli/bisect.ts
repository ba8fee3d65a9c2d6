/**
 * `daxcheck bisect`: the commit by which a property of a model turns from good to bad, or back.
 */
import {
  type BisectResult,
  bisect,
  type Change,
  changesBetween,
  kernelAfter,
  type Run,
} from '../bisect.js';
import { EXIT } from '../errors.js';
import { type KernelRequest, kernelRequestOf, resolveKernel } from '../kernel/features.js';
import { compareReleases } from '../kernel/releases.js';
import type { Model } from '../model/model.js';
import { formatCount } from '../report/layout.js';
import type { Style } from '../report/style.js';
import { exploreModel } from './explore.js';
import { warnOfUnknown, withModel } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import type { Terminal } from './terminal.js';

export interface BisectOptions extends LookOptions {
  readonly property: string;
  readonly good: string;
  readonly bad: string;
  readonly every?: boolean;
  readonly workers?: number;
}

/** The model with this property alone, as often as it asks for it (once for each device, say). */
export function askingFor(model: Model, property: string): Model {
  const asked = (model.check ?? []).filter(({ name }) => name === property);
  const place = model.kernel.place;
  const check = asked.length > 0 ? asked : [{ name: property, device: null, place }];
  return { ...model, check, continueAfterViolation: false, expect: null };
}

async function runModel(
  model: Model,
  request: KernelRequest,
  { options, terminal }: { readonly options: BisectOptions; readonly terminal: Terminal },
): Promise<Omit<Run, 'step'>> {
  const kernel = { ...model.kernel, ...request };
  const engine = options.workers === undefined ? {} : { workers: options.workers };
  const verdict = await exploreModel({ ...model, kernel }, { ...engine, quiet: true }, terminal);
  const isFound = verdict.violations.some(({ finding }) => finding.property === options.property);
  const isCut = !isFound && verdict.verdict === 'incomplete';
  return {
    kernel: verdict.kernel,
    violated: isCut ? null : isFound,
    states: verdict.distinctStates,
  };
}

const wordOf = ({ violated }: Run): string => {
  if (violated === null) return 'cut short';
  return violated ? 'violated' : 'holds';
};

const changeText = ({ feature, added }: Change): string => `${added ? '+' : '-'} ${feature.id}`;

function runLines(runs: readonly Run[], changes: readonly Change[]): string[] {
  return runs.map((run) => {
    const change = changes[run.step - 1];
    const step = `${String(run.step).padStart(4)} of ${changes.length}`;
    const isEnd = run.step === 0 || run.step === changes.length;
    const what = change === undefined ? '' : changeText(change);
    const parts = [isEnd ? run.kernel : '', what].filter((part) => part !== '');
    const states = formatCount(run.states).padStart(9);
    return `  ${step}  ${wordOf(run).padEnd(9)}  ${states} states  ${parts.join('  ')}`;
  });
}

function foundLines(result: BisectResult & { readonly kind: 'found' }, style: Style): string[] {
  const { change, before, after, others } = result;
  const { id, commit, title, since, effect } = change.feature;
  const verb = change.added ? 'comes' : 'goes';
  return [
    style.title(`It turns from ${wordOf(before)} to ${wordOf(after)} where ${id} ${verb}:`),
    `  ${commit === null ? '' : `${commit}  `}${title}`,
    `  since ${since}: ${effect ?? ''}`,
    ...(others.length === 0 ? [] : [`  and turns again at ${others.map(changeText).join(', ')}`]),
  ];
}

const ENDS: { readonly [kind: string]: string } = {
  same: 'The verdict is the same at both ends: there is nothing to look for between them.',
  cut: 'A run was cut short by a limit and found nothing: its verdict is not known.',
};

function bisectText(model: Model, { result, changes, options }: Job, style: Style): string {
  return [
    model.title,
    `  model     ${model.file}`,
    `  property  ${options.property}; good ${options.good}, bad ${options.bad}`,
    '',
    style.title('Runs'),
    ...runLines(result.runs, changes),
    '',
    ...(result.kind === 'found' ? foundLines(result, style) : [ENDS[result.kind] ?? '']),
    '',
  ].join('\n');
}

interface Job {
  readonly result: BisectResult;
  readonly changes: readonly Change[];
  readonly options: BisectOptions;
}

function jsonOf(model: Model, { result, changes, options }: Job, exitStatus: number): object {
  const { property, good, bad } = options;
  const named = ({ feature, added }: Change): object => {
    const { bit: _bit, ...shown } = feature;
    return { ...shown, added };
  };
  const found =
    result.kind === 'found'
      ? {
          change: named(result.change),
          before: result.before,
          after: result.after,
          others: result.others.map(named),
        }
      : { change: null };
  const path = changes.map(({ feature, added }) => ({ id: feature.id, added }));
  const head = { kind: 'bisect', model: model.file, property, good, bad, outcome: result.kind };
  return { ...head, ...found, runs: result.runs, path, exitStatus };
}

const nameOf = (request: KernelRequest): string => resolveKernel(request).name;

/** The two ends in the order of time; the good one first where they are of one release. */
function endsOf({ good, bad }: BisectOptions): readonly [KernelRequest, KernelRequest] {
  const [one, other] = [kernelRequestOf(good), kernelRequestOf(bad)];
  return compareReleases(one.release, other.release) <= 0 ? [one, other] : [other, one];
}

/** Whether the ends are the other way round than they were said to be. */
function isSwapped({ result, changes, options }: Job): boolean {
  if (result.kind !== 'found') return false;
  const [older] = endsOf(options);
  const isOlder = nameOf(older) === nameOf(kernelRequestOf(options.bad));
  const end = result.runs.find(({ step }) => step === (isOlder ? 0 : changes.length));
  return end?.violated === false;
}

const STATUSES: { readonly [K in BisectResult['kind']]: number } = {
  found: EXIT.holds,
  same: EXIT.optionMismatch,
  cut: EXIT.incomplete,
};

async function bisectModel(
  model: Model,
  options: BisectOptions,
  terminal: Terminal,
): Promise<number> {
  const asked = askingFor(model, options.property);
  const [older, newer] = endsOf(options);
  const from = { request: older, kernel: resolveKernel(older) };
  const changes = changesBetween(from.kernel, resolveKernel(newer));
  warnOfUnknown(
    [older, newer].map((end) => ({ ...asked, kernel: { ...asked.kernel, ...end } })),
    terminal,
  );
  const runAt = async (step: number): Promise<Run> => {
    const request = step === changes.length ? newer : kernelAfter(from, changes, step);
    return { step, ...(await runModel(asked, request, { options, terminal })) };
  };
  const result = await bisect({ changes, runAt, every: options.every === true });
  const job = { result, changes, options };
  if (isSwapped(job)) {
    terminal.writeError(
      `daxcheck: ${options.property} holds on ${options.bad} and is violated on ${options.good}\n`,
    );
  }
  const exitStatus = isSwapped(job) ? EXIT.optionMismatch : STATUSES[result.kind];
  terminal.writeOut(
    options.json === true
      ? `${JSON.stringify(jsonOf(model, job, exitStatus))}\n`
      : bisectText(model, job, styleFor(options, terminal)),
  );
  return exitStatus;
}

/**
 * Finds the commit; 0 when it is named, 151 where the two ends do not differ as they were said to,
 * 20 where a run was cut short.
 */
export async function bisectCommand(
  path: string,
  options: BisectOptions,
  terminal: Terminal,
): Promise<number> {
  return withModel(path, (model) => bisectModel(model, options, terminal), options, terminal);
}
