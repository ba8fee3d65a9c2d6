/**
 * Which order of two racing lines is safe: the counterexample is run again with one line moved, to
 * the end of everything, and the property is looked at on the way.
 *
 * One behaviour each: a safe order that is told was seen to end well once. That a remedy holds in
 * all behaviours is another question (advise.ts).
 */
import { Property, ThreadKind } from '../../assembly/layout.js';
import { compileModel, type Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { PROPERTIES } from '../kernel/properties.js';
import { openKernelEngine } from '../kernelEngine.js';
import type { Model } from '../model/model.js';
import { formatPlace } from '../report/layout.js';
import { raceOf, type StoryFacts, type TriedOrder } from '../report/story.js';
import { describeStep, follow, kernelExports, takeStep, viewReplay } from '../verdict/steps.js';
import type { Finding, Trace, TraceStep } from '../verdict/trace.js';

/** Steps after which a behaviour counts as one without an end. */
const STEPS_MAX = 5000;

/** What a step of the counterexample is recognised by. */
interface Wanted {
  readonly thread: string;
  readonly text: string;
}

const wantedOf = ({ thread, command, events }: TraceStep): Wanted => ({
  thread,
  text: command?.text ?? events.map((event) => ('text' in event ? event.text : '')).join(),
});

interface Lab {
  readonly engine: Engine;
  readonly scenario: Scenario;
  readonly finding: Finding;
}

/** The steps of a thread that the present state has, as their ordinals. */
function ordinalsOf({ engine, scenario }: Lab, thread: string): readonly number[] {
  const { successors } = engine.successors.expand(engine.replay.state());
  return successors.flatMap(({ label }, ordinal) =>
    scenario.threads[label & 0xff]?.name === thread ? [ordinal] : [],
  );
}

/** Takes the step of a thread that is most like the wanted one; null when it has none. */
function takeLike(lab: Lab, { thread, text }: Wanted): TraceStep | null {
  const ordinals = ordinalsOf(lab, thread);
  const { engine, scenario } = lab;
  const at = engine.replay.state();
  const told = ordinals.map((ordinal) => {
    goTo(lab, at);
    const step = takeStep(engine, ordinal);
    return step === null ? null : describeStep(step, viewReplay(engine, scenario), scenario);
  });
  const like = told.findIndex((step) => step !== null && wantedOf(step).text === text);
  const chosen = ordinals[Math.max(like, 0)];
  goTo(lab, at);
  if (chosen === undefined) return null;
  takeStep(engine, chosen);
  return told[Math.max(like, 0)] ?? null;
}

/** Makes a state the present one of the replay. */
function goTo({ engine }: Lab, state: Uint8Array): void {
  new Uint8Array(engine.memory.buffer).set(state, engine.replay.address());
}

/** Whether the present state shows the finding. */
function isViolated({ engine, scenario, finding }: Lab): boolean {
  const { check } = scenario.ownModules;
  const own = scenario.own.invariants.findIndex(({ name }) => name === finding.property);
  if (own >= 0 && check !== null) {
    const state = engine.replay.state();
    return ((engine.evaluateState(check, state) >>> own) & 1) !== 0;
  }
  const row = PROPERTIES.find(({ name }) => name === finding.property);
  if (row === undefined || row.bit === Property.Recoverable) return false;
  return ((engine.replay.violated() >>> row.bit) & 1) !== 0;
}

/** Whether the device of the finding is lost in the present state; nothing is under way there. */
function isLost({ engine, scenario, finding }: Lab): boolean {
  if (finding.property !== 'recoverable') return false;
  const device = scenario.plan.devices.findIndex(({ name }) => name === finding.device);
  const view = viewReplay(engine, scenario).devices[device];
  if (view === undefined || view.driver !== null || !view.present || view.size === 0n) return false;
  return kernelExports(engine).recoverDevice(engine.replay.address(), device) === 0;
}

/** Runs scripts and udev until none of them has anything left to do. */
function drain(lab: Lab): boolean {
  const { scenario } = lab;
  const working = scenario.threads.filter(
    ({ kind }) =>
      kind === ThreadKind.Script || kind === ThreadKind.Udev || kind === ThreadKind.Worker,
  );
  for (let count = 0; count < STEPS_MAX; count++) {
    const next = working.find(({ name }) => ordinalsOf(lab, name).length > 0);
    if (next === undefined) return true;
    const [ordinal = 0] = ordinalsOf(lab, next.name);
    takeStep(lab.engine, ordinal);
    if (isViolated(lab)) return false;
  }
  return false;
}

/** Steps, and then what is left of the line that a step is of. */
interface Part {
  readonly steps: readonly Wanted[];
  readonly finish: TraceStep;
}

const isSameLine = (one: TraceStep, other: TraceStep): boolean =>
  one.command?.place.file === other.command?.place.file &&
  one.command?.place.line === other.command?.place.line;

/** Takes what is left of a line; false when the property is violated on the way. */
function finishLine(lab: Lab, last: TraceStep): boolean {
  const { engine, scenario } = lab;
  for (let count = 0; count < STEPS_MAX; count++) {
    const [ordinal] = ordinalsOf(lab, last.thread);
    if (ordinal === undefined) return true;
    const at = engine.replay.state();
    const step = takeStep(engine, ordinal);
    const told = step && describeStep(step, viewReplay(engine, scenario), scenario);
    if (told?.command == null || !isSameLine(told, last)) {
      goTo(lab, at);
      return true;
    }
    if (isViolated(lab)) return false;
  }
  return false;
}

/**
 * Runs parts in an order, then everything else.
 *
 * @returns whether all went well; null when the order cannot be had: `must` did not come.
 */
function tryOrder(lab: Lab, parts: readonly Part[], must: Wanted): boolean | null {
  lab.engine.replay.initial(0);
  for (const { steps, finish } of parts) {
    for (const wanted of steps) {
      const step = takeLike(lab, wanted);
      if (step !== null && isViolated(lab)) return false;
      if (wanted !== must) continue;
      if (step === null || wantedOf(step).text !== wanted.text) return null;
    }
    if (!finishLine(lab, finish)) return false;
  }
  return drain(lab) && !isLost(lab);
}

/** Devices that are lost where a counterexample ends; null where a system call is under way. */
function lostAfter(lab: Lab, trace: Trace): readonly string[] | null {
  const { engine, scenario } = lab;
  follow(
    engine,
    scenario,
    0,
    trace.steps.map(({ ordinal }) => ordinal),
  );
  const machine = viewReplay(engine, scenario);
  if (machine.locks.length > 0) return null;
  const devices = machine.devices.map(({ name }) => name);
  return devices.filter((device) =>
    isLost({ ...lab, finding: { ...lab.finding, property: 'recoverable', device } }),
  );
}

/**
 * Runs a counterexample again: what can be saved at its end, and in other orders of its lines.
 * `missed`: names of what is not as it is meant to be in the end.
 */
export function tryAgain(model: Model, trace: Trace, missed: ReadonlySet<string>): StoryFacts {
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario);
  const lab = { engine, scenario, finding: trace.finding };
  return { lost: lostAfter(lab, trace), missed, orders: tryOrders(lab, trace, missed) };
}

/** The first step of the line that a step is of: a tool takes many. */
function lineStart({ steps }: Trace, index: number): number {
  const last = steps[index];
  let start = index;
  for (let at = index - 1; at >= 0; at--) {
    const step = steps[at];
    if (step === undefined || last === undefined || step.thread !== last.thread) continue;
    if (step.command === null || !isSameLine(step, last)) break;
    start = at;
  }
  return start;
}

function tryOrders(lab: Lab, trace: Trace, missed: ReadonlySet<string>): readonly TriedOrder[] {
  const { decisive, by, since } = raceOf(trace, missed);
  const [late, other] = [trace.steps[decisive], trace.steps[by]];
  if (late?.command == null || other?.command == null) return [];
  const early = trace.steps[since] ?? late;
  const start = lineStart(trace, since < 0 ? decisive : since);
  const crossing = lineStart(trace, by);
  const from = since < 0 ? crossing : Math.min(crossing, since + 1);
  const isOther = (index: number): boolean =>
    trace.steps[index]?.thread === other.thread && index >= from && index < decisive;
  const steps = trace.steps.map(wantedOf);
  const moved = steps.filter((_, index) => isOther(index));
  const rest = (first: number, end: number): readonly Wanted[] =>
    steps.filter((_, index) => index >= first && index < end && !isOther(index));
  const name = ({ thread, command }: TraceStep): string =>
    command === null ? thread : formatPlace(command.place, trace.model);
  const [last, opening] = [steps[decisive], steps[crossing]];
  if (last === undefined || opening === undefined) return [];
  const after = [
    { steps: rest(0, decisive + 1), finish: late },
    { steps: moved, finish: other },
  ];
  const ahead = [
    { steps: [...rest(0, start), ...moved], finish: other },
    { steps: rest(start, decisive + 1), finish: late },
  ];
  const tried = [
    { text: `${name(other)} after ${name(late)}`, isSafe: tryOrder(lab, after, last) },
    ...(start < by
      ? [{ text: `${name(other)} before ${name(early)}`, isSafe: tryOrder(lab, ahead, opening) }]
      : []),
  ];
  return tried.flatMap(({ text, isSafe }) => (isSafe === null ? [] : [{ text, isSafe }]));
}
