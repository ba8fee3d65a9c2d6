/**
 * The user's own properties that a single state can violate: their traces, and what of them was
 * never tested.
 */
import type { OwnInvariant } from '../compile/own.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { avoidanceOf } from './inevitable.js';
import type { Searched } from './searched.js';
import { showTrace } from './shown.js';
import type { Trace } from './trace.js';

/** The trace to each violated own invariant, in the order of the model. */
export async function ownTraces(searched: Searched): Promise<Trace[]> {
  const { engine, scenario, result } = searched;
  const { check } = scenario.ownModules;
  if (check === null || result.ownViolations.length === 0) return [];
  const words = engine.evaluate(check);
  const traces: Trace[] = [];
  for (const { property } of result.ownViolations) {
    const invariant = scenario.own.invariants[property];
    // The states that violate it: 1.
    const marks = Uint8Array.from(words, (word) => (word >>> property) & 1);
    const chosen = await engine.traceToOwn(property, marks);
    if (invariant === undefined || chosen === null) continue;
    const isGood = (_state: Uint8Array, index: number): boolean => marks[index] === 0;
    const avoidance = await avoidanceOf(searched, isGood);
    const isTarget = (state: Uint8Array): boolean =>
      ((engine.evaluateState(check, state) >>> property) & 1) !== 0;
    const about = { row: ownRow(invariant), class: 'own', device: null, avoidance } as const;
    traces.push(showTrace(searched, chosen, isTarget, about));
  }
  return traces;
}

/** How a violated own invariant is told. */
export function ownRow({ name, form, text }: OwnInvariant): {
  name: string;
  bit: null;
  summary: string;
} {
  const when = form === 'quiet' ? 'between system calls' : 'in some state';
  return { name, bit: null, summary: `${when} not: ${oneLine(text)}` };
}

/** An expression on one line. */
export const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** What each observation of the scenario says of every state found: words of 32 observations. */
export function observe(engine: Engine, scenario: Scenario): readonly Uint32Array[] {
  return scenario.ownModules.observers.map((module) => engine.evaluate(module));
}

/** Whether an observation is true in a state. */
export function isObserved(
  observed: readonly Uint32Array[],
  observation: number,
  state: number,
): boolean {
  const word = observed[observation >>> 5]?.[state] ?? 0;
  return ((word >>> (observation & 31)) & 1) !== 0;
}

/** Parts of own invariants that were true wherever they were looked at, in words. */
export function vacuousOwn(
  scenario: Scenario,
  observed: readonly Uint32Array[],
): readonly string[] {
  return scenario.own.invariants.flatMap(({ name, alternatives }) =>
    alternatives.flatMap(({ text, observation }) => {
      const words = observed[observation >>> 5];
      const mask = 1 << (observation & 31);
      if (words?.some((word) => (word & mask) !== 0) === true) return [];
      return [`${name}: \`${oneLine(text)}\` always held, so the rest of it never mattered`];
    }),
  );
}
