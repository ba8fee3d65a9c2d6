/**
 * Replays a trace without search: does the model still behave as it says?
 */
import { Property } from '../assembly/layout.js';
import { compileModel, type Scenario } from './compile/scenario.js';
import type { Engine } from './engine/engine.js';
import { exploreByHand } from './explorable.js';
import type { Badge } from './explorer/position.js';
import { NO_LIVELOCK, PROPERTIES } from './kernel/properties.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import { anchorChanges, divergenceText, stepDifference } from './report/anchorText.js';
import {
  type AnchoredStep,
  type Anchoring,
  anchor,
  type Divergence,
  type WantedStep,
  wantedOf,
} from './verdict/anchor.js';
import { viewDeadlock } from './verdict/deadlockView.js';
import { makeTrace } from './verdict/findings.js';
import { follow, kernelExports } from './verdict/steps.js';
import { breaks, takeAgain } from './verdict/temporal/taken.js';
import type { Finding, Trace, TraceStep } from './verdict/trace.js';

/** What a trace file says of itself; report/itf.ts reads it. */
export interface ReplayHeader {
  readonly initial: number;
  readonly ordinals: readonly number[];
  readonly finding: Finding;
  readonly inevitableAt: number | null;
  readonly loopFrom?: number | undefined;
}

export interface ReplayAnswer {
  /** The steps can be taken, and the last state still shows the finding. */
  readonly matches: boolean;
  /** Why not. */
  readonly differences: readonly string[];
  /** What is no longer as the trace tells it, and matters not to the finding. */
  readonly changes: readonly string[];
  /** The behaviour as it is now; null when not a step of it exists. */
  readonly trace: Trace | null;
}

/** An index among the steps of a trace, among those of the behaviour that it was found as. */
function movedIndex(steps: readonly AnchoredStep[], index: number): number {
  const at = steps.findIndex(({ wanted }) => wanted !== null && wanted >= index);
  return at < 0 ? steps.length : at;
}

interface Replaying {
  readonly engine: Engine;
  readonly scenario: Scenario;
  readonly header: ReplayHeader;
}

/** Whether the present state of the replay, to which these steps led, shows the finding. */
function isFound(
  { engine, scenario, header }: Replaying,
  ordinals: readonly number[],
  from: number | undefined,
): boolean {
  const { property } = header.finding;
  if (property === NO_LIVELOCK || scenario.own.temporal.some(({ name }) => name === property)) {
    const taken = takeAgain(engine, scenario, { initial: header.initial, ordinals });
    return taken !== null && breaks(engine, scenario, property, { taken, loopFrom: from });
  }
  const own = scenario.own.invariants.findIndex(({ name }) => name === header.finding.property);
  const { check } = scenario.ownModules;
  if (own >= 0 && check !== null) {
    return ((engine.evaluateState(check, engine.replay.state()) >>> own) & 1) !== 0;
  }
  const row = PROPERTIES.find(({ name }) => name === header.finding.property);
  if (row === undefined) return false;
  if (row.bit !== Property.Recoverable) return ((engine.replay.violated() >>> row.bit) & 1) !== 0;
  const device = scenario.plan.devices.findIndex(({ name }) => name === header.finding.device);
  return device >= 0 && kernelExports(engine).recoverDevice(engine.replay.address(), device) === 0;
}

/**
 * Runs the steps of a trace on a model and looks whether the last state still shows the finding.
 *
 * @param told the trace as its file tells it; then its steps are found again by who moves, by which
 * command and by what that returns, wherever they are now. Without it the header's ordinals count.
 */
export async function replay(
  model: Model,
  header: ReplayHeader,
  told: Trace | null = null,
): Promise<ReplayAnswer> {
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario);
  const replaying = { engine, scenario, header };
  const { finding } = header;
  const anchored = told === null ? null : anchorTold(told);
  const found = anchored?.steps.map(({ ordinal }) => ordinal) ?? header.ordinals;
  const loopFrom = loopAmong(anchored?.steps ?? null);
  const { initial, steps } = follow(engine, scenario, header.initial, found);
  const differences: string[] = [];
  if (told !== null && anchored?.divergence != null) {
    differences.push(...divergenceText(told, anchored.divergence));
  } else if (steps.length < found.length) {
    differences.push(`step ${steps.length + 1} of ${found.length} does not exist any more`);
  } else if (anchored === null && !isFound(replaying, found, loopFrom)) {
    differences.push(`after the last step \`${finding.property}\` is not violated`);
  }
  follow(engine, scenario, header.initial, found);
  const deadlock = finding.deadlock === null ? null : viewDeadlock(engine, scenario);
  const trace: Trace = {
    format: 1,
    model: model.file,
    title: model.title,
    kernel: scenario.kernel.name,
    granularity: model.granularity,
    finding: { ...finding, deadlock },
    initial,
    steps,
    inevitableAt: inevitableAmong(anchored?.steps ?? null),
    ...(loopFrom !== undefined && { loopFrom }),
  };
  return {
    matches: differences.length === 0,
    differences,
    changes: told === null || anchored === null ? [] : changesOf(told, anchored),
    trace: steps.length === 0 && header.ordinals.length > 0 ? null : trace,
  };

  function anchorTold(whole: Trace): Anchoring {
    const wanted = whole.steps.map(wantedOf);
    return anchor(engine, scenario, { initial: header.initial, wanted }, (path) => {
      const ordinals = path.map(({ ordinal }) => ordinal);
      follow(engine, scenario, header.initial, ordinals);
      return isFound(replaying, ordinals, loopAmong(path));
    });
  }

  function changesOf(whole: Trace, anchoring: Anchoring): string[] {
    const other = anchoring.steps.flatMap(({ wanted }, at) => {
      const [now, before] = [steps[at], wanted === null ? undefined : whole.steps[wanted]];
      if (now === undefined || before === undefined) return [];
      return stepDifference(now, before, at + 1) ?? [];
    });
    return [...anchorChanges(whole, anchoring), ...other.slice(0, 1)];
  }

  function loopAmong(path: readonly AnchoredStep[] | null): number | undefined {
    const { loopFrom: from } = header;
    return from === undefined || from === null || path === null
      ? (from ?? undefined)
      : movedIndex(path, from);
  }

  function inevitableAmong(path: readonly AnchoredStep[] | null): number | null {
    const { inevitableAt } = header;
    if (inevitableAt === null || inevitableAt < 0 || path === null) return inevitableAt;
    const at = movedIndex(path, inevitableAt);
    return at < path.length ? at : null;
  }
}

/** What came of actions that were followed. */
export interface ActionsAnswer {
  /** The steps as they are in the model, as far as they go. */
  readonly steps: readonly TraceStep[];
  /** Where the model goes another way; null when all could be done. */
  readonly divergence: Divergence | null;
  /** Properties that the last state violates, each with the behaviour as its counterexample. */
  readonly violations: readonly Trace[];
  /** Properties that the last state alone does not answer, each with why. */
  readonly unjudged: readonly Pick<Badge, 'property' | 'note'>[];
}

/** Follows actions that were told by another tool, and looks what the last state violates. */
export async function replayActions(
  model: Model,
  wanted: readonly WantedStep[],
): Promise<ActionsAnswer> {
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario);
  const anchored = anchor(engine, scenario, { initial: 0, wanted }, () => true);
  const { divergence } = anchored;
  const chosen = { initial: 0, ordinals: anchored.steps.map(({ ordinal }) => ordinal) };
  const { steps } = follow(engine, scenario, 0, chosen.ordinals);
  if (divergence !== null) return { steps, divergence, violations: [], unjudged: [] };
  const bits = engine.replay.violated();
  const broken = PROPERTIES.filter(({ bit }) => ((bits >>> bit) & 1) !== 0);
  const { badges } = await exploreByHand(model).visit(chosen, 0);
  const others = badges.filter(({ property }) => PROPERTIES.every(({ name }) => name !== property));
  const lost = others.filter(({ state }) => state === 'violated');
  const rows = [
    ...broken,
    ...lost.map(({ property, note, ...badge }) => {
      return { name: property, bit: null, summary: note, class: badge.class };
    }),
  ];
  const about = { device: null, avoidance: null, chosen };
  return {
    steps,
    divergence,
    violations: rows.map((row) => makeTrace(engine, scenario, { row, class: row.class, ...about })),
    unjudged: others.filter(({ state }) => state === 'unjudged'),
  };
}
