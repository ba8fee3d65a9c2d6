/**
 * Answers every property of behaviours that a model asks for, after its search.
 */
import type { OwnTemporal } from '../../compile/own.js';
import type { Scenario } from '../../compile/scenario.js';
import type { ChosenTrace, Engine, SearchResult } from '../../engine/engine.js';
import { NO_LIVELOCK } from '../../kernel/properties.js';
import { makeTrace } from '../findings.js';
import { isObserved, oneLine } from '../own.js';
import type { Trace } from '../trace.js';
import type { Behaviours } from './behaviours.js';
import {
  type Broken,
  breakEventually,
  breakLeadsTo,
  breakNeverAfter,
  breakNoLivelock,
  type WayTo,
} from './check.js';
import { insideAfter, kernelBehaviours } from './kernel.js';
import { ordinalsOf, wayOf } from './paths.js';
import { breaks, takeAgain } from './taken.js';

/** Answers to all of them. */
export interface TemporalAnswers {
  readonly violations: readonly Trace[];
  /** `reachable`: a behaviour to the nearest such state. */
  readonly witnesses: readonly Trace[];
  readonly held: readonly string[];
  /** Premises that never held, in words. */
  readonly vacuous: readonly string[];
  /** Not all could be answered: the search did not run to its end. */
  readonly isUnknown: boolean;
}

type Test = (state: number) => boolean;

interface Asking {
  readonly engine: Engine;
  readonly scenario: Scenario;
  readonly observed: readonly Uint32Array[];
  readonly states: number;
}

/** The names of the properties of behaviours, for what is listed. */
export function temporalName({ name, form, texts }: OwnTemporal): string {
  return name === form ? `${form}(${texts.map(oneLine).join(', ')})` : name;
}

const SUMMARIES: { readonly [F in OwnTemporal['form']]: (texts: readonly string[]) => string } = {
  eventually: ([good = '']) => `this may never hold: ${good}`,
  'leads-to': ([premise = '', good = '']) => `once (${premise}) held, this may never hold: ${good}`,
  'never-after': ([premise = '', bad = '']) => `once (${premise}) held, this holds again: ${bad}`,
  reachable: ([text = '']) => `no state has: ${text}`,
};

function initialTrace(engine: Engine): ChosenTrace {
  engine.replay.initial(0);
  return { initial: 0, ordinals: [] };
}

function chosenOf({ graph }: Behaviours, { stem, cycle }: Broken): ChosenTrace {
  const edges = [...stem.edges, ...(cycle?.edges ?? [])];
  const way = { from: stem.from, edges };
  return { initial: graph.initial.indexOf(stem.from), ordinals: ordinalsOf(graph, way) };
}

/** Tells a behaviour as a trace, after it has been judged. */
function traceOf(
  { engine, scenario }: Asking,
  row: { readonly name: string; readonly summary: string },
  { chosen, loopFrom }: { readonly chosen: ChosenTrace; readonly loopFrom?: number },
): Trace {
  const taken = takeAgain(engine, scenario, chosen);
  if (taken === null || !breaks(engine, scenario, row.name, { taken, loopFrom })) {
    throw new Error(`a behaviour was found that does not break ${row.name}`);
  }
  return makeTrace(engine, scenario, {
    row: { ...row, bit: null },
    class: row.name === NO_LIVELOCK ? 'kernel-defect' : 'own',
    device: null,
    chosen,
    avoidance: null,
    ...(loopFrom !== undefined && { loopFrom }),
  });
}

const wayToIn =
  (engine: Engine, { graph }: Behaviours): WayTo =>
  async (marks) => {
    const chosen = await engine.traceToMarked(marks);
    if (chosen === null) return null;
    return wayOf(graph, graph.initial[chosen.initial] ?? 0, chosen.ordinals);
  };

function marksOf(states: number, test: Test): Uint8Array {
  return Uint8Array.from({ length: states }, (_, state) => (test(state) ? 1 : 0));
}

async function brokenBy(
  asking: Asking,
  behaviours: Behaviours,
  { form }: OwnTemporal,
  [first, second]: readonly [Test, Test],
): Promise<Broken | null> {
  const wayTo = wayToIn(asking.engine, behaviours);
  if (form === 'eventually') return breakEventually(behaviours, first);
  if (form === 'leads-to') return breakLeadsTo(behaviours, first, second, wayTo);
  return breakNeverAfter(behaviours, first, second, wayTo);
}

/** The witness of `reachable`, or the violation; null when it is unknown. */
async function answerReachable(
  asking: Asking,
  property: OwnTemporal,
  { test, isComplete }: { readonly test: Test; readonly isComplete: boolean },
): Promise<{ readonly witness?: Trace; readonly violation?: Trace } | null> {
  const { engine, scenario, states } = asking;
  const chosen = await engine.traceToMarked(marksOf(states, test));
  const texts = property.texts.map(oneLine);
  if (chosen !== null) {
    const summary = `reached: ${texts[0] ?? ''}`;
    const row = { name: property.name, bit: null, summary };
    const request = { row, class: 'own', device: null, chosen, avoidance: null } as const;
    return { witness: makeTrace(engine, scenario, request) };
  }
  if (!isComplete) return null;
  const row = { name: property.name, summary: SUMMARIES.reachable(texts) };
  return { violation: traceOf(asking, row, { chosen: initialTrace(engine) }) };
}

function premiseNever(property: OwnTemporal, states: number, premise: Test): readonly string[] {
  const { form, texts } = property;
  if (form !== 'leads-to' && form !== 'never-after') return [];
  for (let state = 0; state < states; state++) if (premise(state)) return [];
  return [`${temporalName(property)}: \`${oneLine(texts[0] ?? '')}\` never held`];
}

/** Where nothing could be asked. */
export const UNANSWERED: TemporalAnswers = {
  violations: [],
  witnesses: [],
  held: [],
  vacuous: [],
  isUnknown: true,
};

interface Collected {
  readonly violations: Trace[];
  readonly witnesses: Trace[];
  readonly held: string[];
  readonly vacuous: string[];
  isUnknown: boolean;
}

async function answerOne(
  asking: Asking,
  property: OwnTemporal,
  { behaviours, into }: { readonly behaviours: () => Behaviours | null; readonly into: Collected },
): Promise<void> {
  const [one = -1, other = -1] = property.observations;
  const first: Test = (state) => isObserved(asking.observed, one, state);
  const second: Test = (state) => isObserved(asking.observed, other, state);
  const name = temporalName(property);
  const graph = behaviours();
  if (property.form === 'reachable') {
    const isComplete = graph !== null;
    const answer = await answerReachable(asking, property, { test: first, isComplete });
    if (answer === null) into.isUnknown = true;
    if (answer?.violation !== undefined) into.violations.push(answer.violation);
    if (answer?.witness === undefined) return;
    into.witnesses.push(answer.witness);
    into.held.push(name);
    return;
  }
  if (graph === null) {
    into.isUnknown = true;
    return;
  }
  into.vacuous.push(...premiseNever(property, asking.states, first));
  const broken = await brokenBy(asking, graph, property, [first, second]);
  if (broken === null) into.held.push(name);
  else {
    const summary = SUMMARIES[property.form](property.texts.map(oneLine));
    into.violations.push(lassoTrace(asking, graph, { name: property.name, summary }, broken));
  }
}

function lassoTrace(
  asking: Asking,
  behaviours: Behaviours,
  row: { readonly name: string; readonly summary: string },
  broken: Broken,
): Trace {
  const chosen = chosenOf(behaviours, broken);
  const loopFrom = broken.stem.edges.length;
  return traceOf(asking, row, { chosen, ...(broken.cycle !== null && { loopFrom }) });
}

/**
 * Answers them all. What needs every transition is unknown after an incomplete search; a witness of
 * `reachable` is not.
 */
export async function answerTemporal(
  engine: Engine,
  scenario: Scenario,
  result: SearchResult,
  observed: readonly Uint32Array[],
): Promise<TemporalAnswers> {
  const into: Collected = {
    violations: [],
    witnesses: [],
    held: [],
    vacuous: [],
    isUnknown: false,
  };
  const asking = { engine, scenario, observed, states: result.statesAtLeast };
  let made: Behaviours | undefined;
  const behaviours = (): Behaviours | null => {
    if (!result.complete || !engine.keepsStates) return null;
    made ??= kernelBehaviours(engine, scenario);
    return made;
  };
  for (const property of scenario.own.temporal) {
    await answerOne(asking, property, { behaviours, into });
  }
  if (scenario.livelock) await answerLivelock(asking, behaviours(), into);
  return into;
}

async function answerLivelock(
  asking: Asking,
  behaviours: Behaviours | null,
  into: Collected,
): Promise<void> {
  if (behaviours === null) {
    into.isUnknown = true;
    return;
  }
  const { engine, scenario } = asking;
  const isInside = insideAfter(engine, scenario, behaviours.graph);
  const broken = await breakNoLivelock(behaviours, isInside, wayToIn(engine, behaviours));
  if (broken === null) {
    into.held.push(NO_LIVELOCK);
    return;
  }
  const summary = 'threads move for ever, and none of their system calls ends';
  into.violations.push(lassoTrace(asking, behaviours, { name: NO_LIVELOCK, summary }, broken));
}
