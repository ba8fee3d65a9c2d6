/** Paths of representatives, followed without reduction: every thread and device keeps its name. */
import { describe, expect, it } from 'vitest';
import { labelsOfClasses } from '../../src/compile/symmetry/labels.js';
import { liftPath } from '../../src/engine/lift.js';
import { modelOf } from '../support/run.ts';
import { CASES } from './cases.ts';
import { openReduced, type Reduced } from './reduced.ts';

const keyOf = (state: Uint8Array): string => Buffer.from(state).toString('latin1');

interface Reached {
  readonly state: Uint8Array;
  readonly before: Reached | null;
}

/** A shortest path of representatives to each class. */
function paths({ engine, canonical }: Reduced): readonly Reached[] {
  const found = new Map<string, Reached>();
  const open: Reached[] = engine.successors
    .initial()
    .map((state) => ({ state: canonical(state), before: null }));
  for (const reached of open) {
    if (found.has(keyOf(reached.state))) continue;
    found.set(keyOf(reached.state), reached);
    for (const { state } of engine.successors.expand(reached.state).successors)
      open.push({ state: canonical(state), before: reached });
  }
  return [...found.values()];
}

function pathTo(reached: Reached): readonly Uint8Array[] {
  const path: Uint8Array[] = [];
  for (let at: Reached | null = reached; at !== null; at = at.before) path.unshift(at.state);
  return path;
}

describe.each(CASES)('$name', ({ text }) => {
  const reduced = openReduced(modelOf(text));
  const { engine, canonical, scenario } = reduced;

  it('every path of representatives is a behaviour that the engine replays', () => {
    const all = paths(reduced);
    const step = Math.ceil(all.length / 100);
    for (const reached of all.filter((_, index) => index % step === 0)) {
      const path = pathTo(reached);
      const { initial, ordinals, states } = liftPath(path, { ...engine.successors, canonical });
      engine.replay.initial(initial);
      for (const [index, ordinal] of ordinals.entries()) {
        expect(engine.replay.take(ordinal)).toBeGreaterThanOrEqual(0);
        expect(keyOf(engine.replay.state())).toBe(keyOf(states[index + 1] ?? new Uint8Array()));
      }
      expect(ordinals).toHaveLength(path.length - 1);
      expect(keyOf(canonical(states.at(-1) ?? new Uint8Array()))).toBe(keyOf(reached.state));
    }
  });

  it('what like actors have done is what was done without reduction', async () => {
    const details = (states: readonly Uint8Array[]): ReadonlySet<number> =>
      new Set(
        states.flatMap((state) =>
          engine.successors.expand(state).successors.map(({ label }) => (label >>> 8) & 0xffff),
        ),
      );
    const all = details((await wholeOf(text)).states);
    const seen = new Uint8Array(0x10000);
    for (const detail of details(paths(reduced).map(({ state }) => state))) seen[detail] = 1;
    const plan = scenario.symmetry ?? { renamings: [] };
    const closed = [...labelsOfClasses(seen, plan).entries()];
    expect(closed.flatMap(([detail, is]) => (is === 1 ? [detail] : []))).toEqual(
      [...all].sort((left, right) => left - right),
    );
  });
});

/** All states of a model, found without reduction by its own search. */
async function wholeOf(text: string): Promise<{ readonly states: readonly Uint8Array[] }> {
  const { engine } = openReduced(modelOf(text));
  const found = new Map<string, Uint8Array>();
  const open = [...engine.successors.initial()];
  for (const state of open) {
    if (found.has(keyOf(state))) continue;
    found.set(keyOf(state), state);
    for (const next of engine.successors.expand(state).successors) open.push(next.state);
  }
  return { states: [...found.values()] };
}
