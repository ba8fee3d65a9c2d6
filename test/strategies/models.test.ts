/** Every small model by each strategy, against what a search breadth first says of it. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import type { Verdict } from '../../src/verdict/trace.js';
import { MODEL_FILES, modelNamed } from '../explore/models.js';

const STATES_MAX = 3000;
/** One in so many bugs is searched for by walks and swarms: a swarm has to start its threads. */
const EVERY = 6;

/** To its end, and in parts of it that do not last. */
const models = MODEL_FILES.map((name) => ({
  name,
  model: { ...modelNamed(name), continueAfterViolation: true },
})).filter(({ model }) => (model.expect?.states ?? Number.POSITIVE_INFINITY) <= STATES_MAX);

/** What is found broken, with the device it is told of. */
const brokenIn = ({ violations }: Verdict): string[] =>
  violations.map(({ finding }) => `${finding.property} ${finding.device}`).sort();

/** All that does not depend on the order in which states are found. */
function unordered(verdict: Verdict): object {
  const { distinctStates, transitions, exitStatus, stoppedBy, held, vacuous, witnesses } = verdict;
  return {
    ...{ distinctStates, transitions, exitStatus, stoppedBy, held, vacuous },
    verdict: verdict.verdict,
    broken: brokenIn(verdict),
    witnesses: witnesses?.length,
  };
}

describe('small models', () => {
  it.each(models)('$name is the same depth first', async ({ model }) => {
    const breadth = await explore(model);
    const depth = await explore(model, { strategy: { name: 'dfs' } });

    // A model with a limit of its own is cut in another place.
    if (breadth.stoppedBy !== null) return expect(depth.stoppedBy).not.toBeNull();
    expect(unordered(depth)).toEqual(unordered(breadth));
  });

  it('are the same within a bound of context switches that nothing lies beyond', async () => {
    let answered = 0;
    for (const { model } of models.filter(({ model }) => (model.expect?.states ?? 0) <= 200)) {
      const breadth = await explore(model);
      const strategy = { name: 'bfs', maxSwitches: 12 } as const;
      const bounded = await explore(model, { strategy });

      if (bounded.strategy?.name !== 'bfs' || bounded.strategy.isCut !== false) continue;
      const { unchecked } = bounded.strategy;
      answered += 1;
      expect(bounded.held).toEqual(breadth.held.filter((name) => !unchecked.includes(name)));
      const broken = brokenIn(bounded);
      expect(brokenIn(breadth)).toEqual(expect.arrayContaining(broken));
      if (unchecked.length > 0) continue;
      expect(broken).toEqual(brokenIn(breadth));
      expect(bounded.exitStatus).toBe(breadth.exitStatus);
    }

    expect(answered).toBeGreaterThan(50);
  });

  it('break by walks and in a swarm what they break breadth first, and nothing else', async () => {
    const tally = { bugs: 0, random: 0, swarm: 0 };
    const bugs = models.filter(({ name }) => name.startsWith('bugs/'));
    for (const { model } of bugs.filter((_, at) => at % EVERY === 0)) {
      const breadth = brokenIn(await explore(model));
      const random = await explore(model, { strategy: { name: 'random', runs: 64 } });
      const swarm = await explore(model, { strategy: { name: 'swarm', runs: 1 } });

      for (const broken of [...brokenIn(random), ...brokenIn(swarm)]) {
        expect(breadth).toContain(broken);
      }
      const askable = breadth.filter((broken) => !broken.startsWith('recoverable'));
      tally.bugs += askable.length;
      tally.random += brokenIn(random).length;
      tally.swarm += brokenIn(swarm).length;
    }

    expect(tally.bugs).toBeGreaterThan(10);
    expect(tally.random).toBeGreaterThan(tally.bugs * 0.8);
    expect(tally.swarm).toBeGreaterThan(tally.bugs * 0.8);
  });
});
