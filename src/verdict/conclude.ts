/**
 * From what a search found to its verdict and status; the same for every strategy.
 */

import type { Scenario } from '../compile/scenario.js';
import type { SearchResult } from '../engine/engine.js';
import { EXIT } from '../errors.js';
import { NO_LIVELOCK, PROPERTIES } from '../kernel/properties.js';
import type { Model } from '../model/model.js';
import type { RecoverableAnswer } from './recoverable.js';
import { scopeOf } from './scope.js';
import { isMachineShort } from './stopped.js';
import type { Measured, Stopped, Trace, Verdict } from './trace.js';

/** What ends a search that was not asked to go on: kernel defects, policies, own properties. */
export function stopMasksOf(model: Model): {
  readonly stopMask: number;
  readonly ownStopMask: number;
} {
  if (model.continueAfterViolation) return { stopMask: 0, ownStopMask: 0 };
  const stops = PROPERTIES.filter((row) => row.class !== 'script');
  const stopMask = stops.reduce((mask, { bit }) => mask | (1 << bit), 0) >>> 0;
  return { stopMask, ownStopMask: 0xffffffff };
}

/** What was checked and not found broken; `recoverable` only where it could be answered. */
export function heldOf(
  scenario: Scenario,
  violations: readonly Trace[],
  answers: readonly RecoverableAnswer[],
): readonly string[] {
  const broken = new Set(
    violations.map(({ finding }) => `${finding.property}/${finding.device ?? ''}`),
  );
  const plain = PROPERTIES.filter(
    ({ name, bit }) => name !== 'recoverable' && ((scenario.checked >>> bit) & 1) !== 0,
  )
    .map(({ name }) => name)
    .filter((name) => !broken.has(`${name}/`));
  const recoverable = scenario.recoverable
    .filter((_, index) => answers[index]?.isUnknown === false)
    .map((device) => scenario.plan.devices[device]?.name ?? '?')
    .filter((name) => !broken.has(`recoverable/${name}`))
    .map((name) => `recoverable ${name}`);
  const own = scenario.own.invariants
    .map(({ name }) => name)
    .filter((name) => !broken.has(`${name}/`));
  return [...plain, ...own, ...recoverable];
}

/** A livelock is a kind of deadlock. */
const DEADLOCKS = ['no-deadlock', NO_LIVELOCK];

/** The status of a verdict with these violations. */
function exitStatusOf(
  verdict: Verdict['verdict'],
  violations: readonly Trace[],
  temporal: readonly string[],
  stopped: Stopped | null,
): number {
  if (verdict === 'violated') {
    const kernel = violations
      .filter(({ finding }) => finding.class !== 'script')
      .map(({ finding }) => finding.property);
    const others = [...DEADLOCKS, 'recoverable', ...temporal];
    if (kernel.some((name) => !others.includes(name))) return EXIT.invariantViolated;
    const isDeadlock = kernel.some((name) => DEADLOCKS.includes(name));
    return isDeadlock ? EXIT.deadlock : EXIT.temporalViolated;
  }
  if (verdict === 'findings') return EXIT.scriptFindings;
  if (verdict === 'incomplete') {
    return isMachineShort(stopped) ? EXIT.outOfMemory : EXIT.incomplete;
  }
  return verdict === 'vacuous' ? EXIT.vacuous : EXIT.holds;
}

/** The verdict, out of what was found and whether the search saw everything. */
function verdictOf(
  violations: readonly Trace[],
  isComplete: boolean,
  isVacuous: boolean,
): Verdict['verdict'] {
  if (violations.some(({ finding }) => finding.class !== 'script')) return 'violated';
  if (!isComplete) return 'incomplete';
  if (violations.length > 0) return 'findings';
  return isVacuous ? 'vacuous' : 'holds';
}

/** What a search came to, by whatever strategy. */
export interface Outcome
  extends Pick<
    Verdict,
    'distinctStates' | 'transitions' | 'depth' | 'stoppedBy' | 'violations' | 'held' | 'vacuous'
  > {
  readonly scenario: Scenario;
  /** Everything was seen that what was asked depends on. */
  readonly isComplete: boolean;
}

/** Of a model in which not even a command waits to be started. */
const NOTHING_DONE = 'no actor makes a system call';

/** What a verdict about a cut machine is worth for the whole one. */
function worthOf({ cut }: Model): Pick<Verdict, 'cut'> {
  return cut === undefined ? {} : { cut: cut.isProved ? 'proved' : 'not-proved' };
}

/** Concludes: all of a verdict that every strategy tells. */
export function conclude({ scenario, isComplete, ...found }: Outcome) {
  const { violations, distinctStates, transitions, stoppedBy } = found;
  const { model, kernel } = scenario;
  const isNothing = isComplete && transitions === 0;
  const vacuous = isNothing && found.vacuous.length === 0 ? [NOTHING_DONE] : found.vacuous;
  const isVacuous = isNothing || (vacuous.length > 0 && distinctStates === 1);
  const verdict = verdictOf(violations, isComplete, isVacuous);
  const temporal = scenario.own.temporal.map(({ name }) => name);
  return {
    model: model.file,
    title: model.title,
    kernel: kernel.name,
    granularity: model.granularity,
    verdict,
    exitStatus: exitStatusOf(verdict, violations, temporal, stoppedBy),
    ...{ ...found, vacuous },
    scope: scopeOf(scenario),
    ...worthOf(model),
  };
}

/** The verdict where violations are taken for others than they were found as. */
export function concludeAgain(found: Verdict, violations: readonly Trace[]): Verdict {
  const isVacuous = found.verdict === 'vacuous';
  const isComplete = found.stoppedBy === null && found.verdict !== 'incomplete';
  const verdict = verdictOf(violations, isComplete, isVacuous);
  const exitStatus = exitStatusOf(verdict, violations, [], found.stoppedBy);
  return { ...found, violations, verdict, exitStatus };
}

/** What every strategy measures. */
export function measuredOf(
  result: Pick<SearchResult, 'seconds' | 'distinctStates' | 'memoryBytes'>,
  workers: number,
): Measured {
  const { seconds, distinctStates, memoryBytes } = result;
  const statesPerSecond = seconds > 0 ? Math.round(distinctStates / seconds) : 0;
  return { seconds, statesPerSecond, memoryBytes, workers };
}
