/**
 * The collapse against the definition of branching bisimulation: the greatest relation is computed
 * by taking away, from all pairs of states that look the same, those that break the definition.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapse, type Labelled } from '../../src/graph/collapse.js';
import { FC, SEED_TITLE } from '../support/fc.ts';

/** Whether each pair of states is branching bisimilar, by the definition. */
function bisimilar({ look, steps }: Labelled): boolean[][] {
  const all = [...look.keys()];
  const related = all.map((one) => all.map((other) => look[one] === look[other]));
  const isRelated = (one: number, other: number): boolean => related[one]?.[other] === true;
  /** Some way of silent steps from `other`, all related to `one`, and then the same step. */
  const canFollow = (one: number, other: number, label: string | null, to: number): boolean => {
    if (label === null && isRelated(to, other)) return true;
    const reached = new Set([other]);
    for (const at of reached) {
      for (const step of steps[at] ?? []) {
        if (step.label === label && isRelated(to, step.to)) return true;
        if (step.label === null && isRelated(one, step.to)) reached.add(step.to);
      }
    }
    return false;
  };
  const simulates = (one: number, other: number): boolean =>
    (steps[one] ?? []).every(({ label, to }) => canFollow(one, other, label, to));
  for (let changed = true; changed; ) {
    changed = false;
    for (const one of all) {
      for (const other of all) {
        if (!isRelated(one, other) || (simulates(one, other) && simulates(other, one))) continue;
        for (const [left, right] of [[one, other] as const, [other, one] as const]) {
          const row = related[left];
          if (row !== undefined) row[right] = false;
        }
        changed = true;
      }
    }
  }
  return related;
}

/** Graphs of up to 7 states; a silent step leads to a state of the same look. */
const graphs = fc.array(fc.nat(1), { minLength: 1, maxLength: 7 }).chain((look) =>
  fc
    .array(fc.tuple(fc.nat(look.length - 1), fc.nat(2), fc.nat(look.length - 1)), {
      maxLength: 14,
    })
    .map((triples): Labelled => {
      const steps = look.map((): { label: string | null; to: number }[] => []);
      for (const [from, kind, to] of triples) {
        const isSilent = kind === 0 && look[from] === look[to];
        steps[from]?.push({ label: isSilent ? null : `a${kind}`, to });
      }
      return { look, steps };
    }),
);

describe(`collapsing a graph (${SEED_TITLE})`, () => {
  it('joins exactly the branching bisimilar states', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const classes = collapse(graph);
        const joined = classes.map((one) => classes.map((other) => one === other));
        expect(joined).toEqual(bisimilar(graph));
      }),
      { ...FC, numRuns: FC.numRuns * 10 },
    );
  });

  it('numbers classes in the order of the states', () => {
    const steps = [[{ label: 'a', to: 2 }], [{ label: null, to: 0 }], [], []];
    expect(collapse({ look: [0, 0, 0, 1], steps })).toEqual([0, 0, 1, 2]);
  });

  it('keeps a silent step that decides what is possible later', () => {
    const steps = [
      [
        { label: null, to: 1 },
        { label: 'a', to: 2 },
      ],
      [{ label: 'b', to: 2 }],
      [],
    ];
    expect(collapse({ look: [0, 0, 0], steps })).toEqual([0, 1, 2]);
  });
});
