/**
 * Deadlocks that two tasks of a real kernel run into. Needs QEMU, a C compiler, and a network or
 * what was downloaded before; without them it says so, and fails in CI.
 */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import { type RaceResult, race } from '../../src/lab/race/race.js';
import { firstSeen, freeingOf } from '../../src/lab/race/summary.js';
import { tidyUp, up } from '../../src/lab/up.js';
import { loadModel } from '../../src/loadModel.js';
import { benchFor, lacksGuest } from '../support/lab.js';

const VERSION = '6.12';
const TRIES = 6;

/** Races the first violation of a model until it is seen, in one round nearly always. */
async function raceOf(name: string): Promise<RaceResult> {
  const loaded = loadModel(`models/bugs/${name}.yaml`);
  if (!loaded.ok) throw new Error(`${name} does not load`);
  const { model } = loaded;
  const [trace] = (await explore(model)).violations;
  if (trace === undefined) throw new Error(`${name} has no violation`);
  const bench = await benchFor(model, VERSION);
  const guest = await up(bench, model);
  try {
    let result: RaceResult | null = null;
    for (let seed = 1; seed <= TRIES && !(result !== null && result.seen > 0); seed++) {
      const options = { times: 1, seconds: 2, seed, rig: bench.rig };
      result = await race(trace, bench.scenario, guest, options);
    }
    if (result === null) throw new Error('no round');
    return result;
  } finally {
    await guest.close();
    tidyUp(bench);
  }
}

const isSkipped = await lacksGuest('a race', VERSION);

/** Functions that stand in the stack of the one side and of the other, innermost first. */
const DL1 = [['size_store'], ['kernfs_drain', 'unregister_dev_dax', 'unbind_store']];
const DL6 = [['delete_store'], ['kernfs_drain', 'dax_region_unregister', 'unbind_store']];

describe.skipIf(isSkipped)('on a real kernel', () => {
  it.each([
    ['dl1-size-against-unbind', 'freed by a fatal signal', DL1],
    ['dl6-delete-against-unbind', 'permanent', DL6],
  ])('%s hangs where the model says, and is %s', async (name, kind, functions) => {
    const result = await raceOf(name);
    const sides = firstSeen(result)?.sides ?? [];

    expect(result.seen).toBeGreaterThan(0);
    expect(sides.flatMap(({ missing }) => missing)).toEqual([]);
    const shown = functions.map((names) =>
      sides.map(({ stack }) => stack.filter((one) => names.includes(one))),
    );
    expect(shown).toEqual(functions.map((names) => expect.arrayContaining([names])));
    expect(freeingOf(result)).toMatchObject({ model: kind, agrees: true });
  });
});
