/**
 * The estimate of what is left of a search, held against searches that ran to their end.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.ts';
import { estimateRest, LEVELS_SEEN } from '../../src/engine/estimate.ts';
import { openKernelEngine } from '../../src/kernelEngine.ts';
import { MODEL_FILES, modelNamed } from '../explore/models.ts';
import { open } from '../search/systems.ts';

/** Levels that grow and shrink as a normal distribution does, which the estimate takes them for. */
const bell = (count: number, width: number): number[] =>
  Array.from({ length: count }, (_, level) =>
    Math.ceil(1e6 * Math.exp(-(((level - count / 2) / width) ** 2) / 2)),
  );

describe('the estimate of the rest', () => {
  it('is nothing while there are fewer than five levels', () => {
    expect(estimateRest([1])).toBeNull();
    expect(estimateRest([1, 4, 12, 30])).toBeNull();
    expect(estimateRest([])).toBeNull();
  });

  it('is unbounded while levels grow by the same factor', () => {
    expect(estimateRest([1, 2, 4, 8, 16, 32, 64, 128])?.most ?? null).toBeNull();
  });

  it('is near the truth where levels are what it takes them for', () => {
    const levels = bell(60, 9);
    const known = levels.slice(0, 34);
    const truth = levels.slice(34).reduce((sum, size) => sum + size, 0);

    const { least, most } = estimateRest(known.slice(-LEVELS_SEEN)) ?? { least: 0, most: 0 };

    expect(least).toBeLessThan(truth * 1.01);
    expect(least).toBeGreaterThan(truth * 0.8);
    expect(most).toBeGreaterThan(truth * 0.99);
    expect(most).toBeLessThan(truth * 1.3);
  });

  it('looks at no more levels than it says', () => {
    const known = bell(80, 12).slice(0, 45);

    expect(estimateRest(known.slice(-LEVELS_SEEN))).toEqual(estimateRest(known));
  });
});

/** Too small to be waited for, and so to be estimated. */
const STATES_MIN = 300;
const LEVELS_MIN = 8;
const STATES_MAX = 200_000;

/** Level sizes of every search that is neither small nor cut short. */
async function levelsOfAll(): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  const keep = (name: string, isComplete: boolean, levels: readonly number[]): void => {
    const states = levels.reduce((sum, size) => sum + size, 0);
    const isLarge = states >= STATES_MIN && levels.length >= LEVELS_MIN;
    if (isComplete && isLarge) found.set(name, levels);
  };
  for (const name of MODEL_FILES) {
    const model = modelNamed(name);
    const limits = { states: STATES_MAX, depth: model.limits.depth ?? undefined };
    const result = await openKernelEngine(compileModel(model), { limits }).search();
    keep(name, result.complete, result.levels);
  }
  const systems = [
    ['daxhp', [2, 2, 2, 0]],
    ['grid', [5, 10]],
    ['twoPhase', [6]],
  ] as const;
  for (const [name, scenario] of systems) {
    const result = await open(name, scenario).search();
    keep(name, result.complete, result.levels);
  }
  return found;
}

interface Coverage {
  readonly inside: number;
  readonly bounded: number;
  readonly count: number;
}

/** How often the truth lies inside, at the first level at which a part of the states is found. */
function coverageAt(part: number, searches: Iterable<readonly number[]>): Coverage {
  const coverage = { inside: 0, bounded: 0, count: 0 };
  for (const levels of searches) {
    const states = levels.reduce((sum, size) => sum + size, 0);
    let known = 0;
    const at = levels.findIndex((size) => {
      known += size;
      return known >= part * states;
    });
    const rest = estimateRest(levels.slice(Math.max(0, at + 1 - LEVELS_SEEN), at + 1));
    if (rest === null) continue;
    const truth = states - known;
    coverage.count++;
    if (rest.most !== null) coverage.bounded++;
    if (rest.least <= truth && truth <= (rest.most ?? truth)) coverage.inside++;
  }
  return coverage;
}

describe('the estimate of the rest, on the searches of all models', () => {
  let searches: ReadonlyMap<string, readonly number[]>;
  beforeAll(async () => {
    searches = await levelsOfAll();
  }, 300_000);

  it.each([
    [0.25, 0.8],
    [0.5, 0.8],
    [0.75, 0.65],
  ])('holds the truth at %d of the states for at least %d of them', (part, least) => {
    const { inside, bounded, count } = coverageAt(part, searches.values());

    expect(count).toBeGreaterThan(20);
    expect(inside / count).toBeGreaterThanOrEqual(least);
    // An interval without an upper bound is easily right: some must have one.
    expect(bounded / count).toBeGreaterThanOrEqual(0.2);
  });
});
