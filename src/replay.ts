/**
 * Replays a trace without search: does the model still behave as it says?
 */
import { isDeepStrictEqual } from 'node:util';
import { Property } from '../assembly/layout.js';
import { compileModel } from './compile/scenario.js';
import { NO_LIVELOCK, PROPERTIES } from './kernel/properties.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import { viewDeadlock } from './verdict/deadlockView.js';
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
  readonly matches: boolean;
  readonly differences: readonly string[];
  /** The behaviour as it is now; null when not a step of it exists. */
  readonly trace: Trace | null;
}

/** What a command returned in a step, in words. */
function answerOf({ events }: TraceStep): string {
  const answer = events.find((event) => event.kind === 'return');
  if (answer?.kind !== 'return') return 'nothing yet';
  return answer.value === null ? answer.result : `${answer.result} "${answer.value}"`;
}

/** In what a step differs from what the trace file tells of it; null when in nothing. */
function stepDifference(now: TraceStep, told: TraceStep, number: number): string | null {
  const who = (step: TraceStep): string =>
    `${step.thread}: ${step.command?.text ?? '(no command)'}`;
  if (who(now) !== who(told)) return `step ${number} is now \`${who(now)}\`, not \`${who(told)}\``;
  if (answerOf(now) !== answerOf(told)) {
    return `step ${number} now returns ${answerOf(now)}, not ${answerOf(told)}`;
  }
  if (!isDeepStrictEqual(now.after, told.after)) {
    return `after step ${number} the machine is not as the trace says`;
  }
  if (isDeepStrictEqual(now.events, told.events)) return null;
  return `step ${number} takes other locks, or tells other messages or events`;
}

/**
 * Runs the steps of a trace on a model and looks whether the last state still shows the finding.
 *
 * @param told the trace as its file tells it; when given, each step must be as it says.
 */
export async function replay(
  model: Model,
  header: ReplayHeader,
  told: Trace | null = null,
): Promise<ReplayAnswer> {
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario);
  const { initial, steps } = follow(engine, scenario, header.initial, header.ordinals);
  const differences: string[] = [];
  if (steps.length < header.ordinals.length) {
    differences.push(
      `step ${steps.length + 1} of ${header.ordinals.length} does not exist any more`,
    );
  } else if (!isFound()) {
    differences.push(`after the last step \`${header.finding.property}\` is not violated`);
  }
  for (const [index, step] of steps.entries()) {
    const before = told?.steps[index];
    const difference = before === undefined ? null : stepDifference(step, before, index + 1);
    if (difference === null) continue;
    differences.push(difference);
    break;
  }
  const { finding } = header;
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
    inevitableAt: header.inevitableAt,
    ...(header.loopFrom !== undefined && { loopFrom: header.loopFrom }),
  };
  return {
    matches: differences.length === 0,
    differences,
    trace: steps.length === 0 && header.ordinals.length > 0 ? null : trace,
  };

  function isFound(): boolean {
    const { property } = header.finding;
    if (property === NO_LIVELOCK || scenario.own.temporal.some(({ name }) => name === property)) {
      const taken = takeAgain(engine, scenario, header);
      const { loopFrom } = header;
      return taken !== null && breaks(engine, scenario, property, { taken, loopFrom });
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
    return (
      device >= 0 && kernelExports(engine).recoverDevice(engine.replay.address(), device) === 0
    );
  }
}
