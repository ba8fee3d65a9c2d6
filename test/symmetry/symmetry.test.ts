/**
 * States that a renaming makes of one another behave alike, and the reduced search keeps one of
 * each: in every reachable state of small models, against a renaming that shares nothing with the
 * engine's tables.
 */
import { describe, expect, it } from 'vitest';
import { LOCAL_ORDERED, Pc, THREAD_BYTES, THREAD_PC_OFFSET } from '../../assembly/layout.js';
import { encodeLocals } from '../../src/compile/symmetry/points.js';
import { isSame } from '../../src/compile/symmetry/renaming.js';
import { searchReference } from '../../src/reference/search.js';
import { modelOf } from '../support/run.ts';
import { CASES } from './cases.ts';
import { expectAlike, expectOneRepresentative, reachable } from './commutes.ts';
import { classOf } from './naive.ts';
import { openReduced, type Reduced } from './reduced.ts';

describe.each(CASES)('$name', ({ text, renamings, refused = [] }) => {
  const reduced = openReduced(modelOf(text));
  const { scenario, engine, canonical } = reduced;
  const all = scenario.symmetry?.renamings ?? [];

  it('has its renamings', () => {
    expect(scenario.symmetry?.refused).toEqual(refused);
    expect(all).toHaveLength(renamings);
  });

  it('does renamed, in every state, what it does', () => {
    for (const state of reachable(reduced)) expectAlike(reduced, state);
  });

  it('has one representative for each class, which is a state of it', () => {
    for (const state of reachable(reduced)) expectOneRepresentative(reduced, state);
  });

  it('finds every class, and every violated property at the same depth', () => {
    const options = { stopMask: 0 };
    const whole = searchReference(engine.successors, options);
    const classes = new Set(reachable(reduced).map((state) => classOf(scenario, state)));
    const quotient = searchReference(
      {
        ...engine.successors,
        initial: () => engine.successors.initial().map(canonical),
        expand: (state) => {
          const { finished, successors } = engine.successors.expand(state);
          const next = successors.map((one) => ({ ...one, state: canonical(one.state) }));
          return { finished, successors: next };
        },
      },
      options,
    );

    expect(quotient.distinctStates).toBe(classes.size);
    expect(quotient.violations).toEqual(whole.violations);
    expect(quotient.depth).toBe(whole.depth);
    expect(quotient.distinctStates).toBeLessThan(whole.distinctStates);
    expect(quotient.distinctStates * (all.length + 1)).toBeGreaterThanOrEqual(whole.distinctStates);
  });
});

/** Program points at which some thread stands in some state. */
function pointsOf(reduced: Reduced): ReadonlySet<number> {
  const { threadsAt } = reduced.scenario.state;
  const points = reachable(reduced).flatMap((state) => {
    const view = new DataView(state.buffer, state.byteOffset, state.length);
    return reduced.scenario.threads.map((_, thread) =>
      view.getUint16(threadsAt + thread * THREAD_BYTES + THREAD_PC_OFFSET, true),
    );
  });
  return new Set(points);
}

const renamesDevices = ({ scenario }: Reduced): boolean =>
  scenario.symmetry?.renamings.some(({ devices }) => !isSame(devices)) === true;

it('every program point at which devices are renamed is one of these models', () => {
  const seen = CASES.flatMap(({ text }) => {
    const reduced = openReduced(modelOf(text));
    return renamesDevices(reduced) ? [...pointsOf(reduced)] : [];
  });
  const listed = [...encodeLocals().entries()].flatMap(([point, locals]) =>
    (locals & LOCAL_ORDERED) === 0 ? [point] : [],
  );
  const missing = listed.filter((point) => !seen.includes(point)).map((point) => Pc[point]);

  expect(missing).toEqual([]);
});
