/**
 * What the engine says of a single state, against the whole graph: where it says that one thread's
 * steps suffice, a naive fixpoint over all states found by a full search says so too.
 */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/engine/engine.js';
import { modelNamed } from '../explore/models.ts';
import { isDead, modelsUpTo, pointOf, type Searched, searchAll, statesOf } from './models.ts';

/** For each state and thread: the states that the thread's steps lead to, in order. */
function stepsOf(graph: Graph, threads: number): readonly (readonly number[][])[] {
  return Array.from({ length: graph.states }, (_, state) => {
    const own: number[][] = Array.from({ length: threads }, () => []);
    for (let edge = graph.first[state] ?? 0; edge < (graph.first[state + 1] ?? 0); edge++) {
      own[(graph.label[edge] ?? 0) & 0xff]?.push(graph.target[edge] ?? 0);
    }
    return own;
  });
}

/** Whether two steps of threads, taken in both orders, end alike: for all answers of both. */
function commute(
  steps: ReturnType<typeof stepsOf>,
  dead: readonly boolean[],
  { state, thread, other }: { state: number; thread: number; other: number },
): boolean {
  const own = steps[state]?.[thread] ?? [];
  return (steps[state]?.[other] ?? []).every((after, answer) => {
    const sides = own.map((first) => steps[first]?.[other]?.[answer]);
    if (dead[after] === true) return sides.every((end) => end !== undefined && dead[end] === true);
    const later = steps[after]?.[thread] ?? [];
    return later.length === own.length && sides.every((end, index) => end === later[index]);
  });
}

/**
 * The pairs of state and thread for which it is true: thrown out one by one until what is left
 * supports itself.
 */
function sufficientIn(searched: Searched): (state: number, thread: number) => boolean {
  const { scenario, engine } = searched;
  const states = statesOf(searched);
  const threads = scenario.threads.map((_, thread) => thread);
  const steps = stepsOf(engine.graph(), threads.length);
  const dead = states.map(isDead);
  const holds = states.map((state, index) =>
    threads.map((thread) => {
      const own = steps[index]?.[thread] ?? [];
      if (own.length === 0 || own.some((end) => dead[end])) return false;
      const others = threads.filter((other) => other !== thread);
      const isInside = pointOf(state, scenario, thread) !== 0;
      return (
        isInside && others.every((other) => commute(steps, dead, { state: index, thread, other }))
      );
    }),
  );
  const isSupported = (state: number, thread: number): boolean =>
    threads.every(
      (other) =>
        other === thread ||
        (steps[state]?.[other] ?? []).every((end) => dead[end] || holds[end]?.[thread] === true),
    );
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const [state, row] of holds.entries()) {
      for (const thread of threads) {
        if (row[thread] !== true || isSupported(state, thread)) continue;
        row[thread] = false;
        isChanged = true;
      }
    }
  }
  return (state, thread) => holds[state]?.[thread] === true;
}

/** The engine's judgement of a state. */
function judgeOf({ engine }: Searched): (state: Uint8Array, thread: number) => boolean {
  const { sufficient } = engine.exports;
  if (typeof sufficient !== 'function') throw new Error('the engine has no sufficient');
  const bytes = new Uint8Array(engine.memory.buffer);
  return (state, thread) => {
    const at = engine.replay.address();
    bytes.set(state, at);
    return sufficient(at, thread) !== 0;
  };
}

const small = modelsUpTo(1200);

describe('the steps of one thread are said to suffice', () => {
  it.each(small)('only where they do, in %s', async (name) => {
    const searched = await searchAll(modelNamed(name), []);
    const holds = sufficientIn(searched);
    const judges = judgeOf(searched);
    const { scenario } = searched;
    const wrong: string[] = [];
    for (const [index, state] of statesOf(searched).entries()) {
      for (let thread = 0; thread < scenario.threads.length; thread++) {
        if (pointOf(state, scenario, thread) === 0 || !judges(state, thread)) continue;
        if (!holds(index, thread)) wrong.push(`state ${index}, thread ${thread}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('in most states of a model in which they do', async () => {
    const searched = await searchAll(modelNamed('bugs/soft-reserved-double.yaml'), []);
    const holds = sufficientIn(searched);
    const judges = judgeOf(searched);
    let said = 0;
    let true_ = 0;
    for (const [index, state] of statesOf(searched).entries()) {
      for (let thread = 0; thread < searched.scenario.threads.length; thread++) {
        if (!holds(index, thread)) continue;
        true_++;
        if (judges(state, thread)) said++;
      }
    }
    expect(said).toBeGreaterThan(true_ / 2);
  });
});
