/**
 * How likely a search that keeps less than whole states has missed one.
 *
 * A state is missed when what is kept of it is what was kept of another one. The hash is taken for
 * uniform and independent; test/storage compares what is predicted here with what is missed.
 */

/** What is known of the states that a search may have missed. */
export interface Omission {
  /** Expected number of states that were taken for another one. */
  readonly expected: number;
  /** Probability that there is at least one. */
  readonly probability: number;
}

/** A Poisson number of misses: they are rare, and hardly depend on one another. */
function omissionOf(expected: number): Omission {
  return { expected, probability: -Math.expm1(-expected) };
}

/** Below this the logarithm's series is the better way: it does not take like from like. */
const SMALL = 1e-4;

/**
 * Tells it of a search that keeps fingerprints.
 *
 * Of N states in m = 2^bits places, m (1 - (1 - 1/m)^N) places are taken: so many are found, and
 * that N is solved for. Much fewer states than places miss about N^2 / 2m.
 *
 * @param found states found, below 2^bits.
 * @param bits of the fingerprint that tell states apart.
 */
export function fingerprintOmission(found: number, bits: number): Omission {
  const places = 2 ** bits;
  const share = found / places;
  if (share >= 1) return omissionOf(Number.POSITIVE_INFINITY);
  if (share < SMALL) return omissionOf((found * share) / 2 + (found * share * share) / 3);
  return omissionOf(-places * Math.log1p(-share) - found);
}

const WORD_BITS = 64;
/** Steps in which the filling of the words is followed. */
const STEPS = 512;

/**
 * Tells it of a search that sets some bits of one word for each state.
 *
 * A state is missed when its bits are all set already. Words have a Poisson number of states; how
 * many bits those have set follows from so many draws. Summed over the search while it fills them.
 *
 * @param found states found.
 * @param words of 64 bits.
 * @param draws bits drawn for a state, the same one twice included.
 */
export function bitstateOmission(found: number, words: number, draws: number): Omission {
  // Every state found has set a bit at least.
  if (found > words * WORD_BITS) return omissionOf(Number.POSITIVE_INFINITY);
  const chances = missChances(draws, (2 * found) / words);
  const step = found / STEPS;
  let tried = 0;
  let missed = 0;
  while (tried - missed < found) {
    // Half a step ahead: the middle stands for the step.
    const chance = chanceAt(chances, (tried + step / 2) / words);
    const taken = Math.min(step, (found - (tried - missed)) / (1 - chance));
    tried += taken;
    missed += taken * chance;
    // Half of them missed: as good as no search, and what follows is not to be told from nothing.
    if (missed > found) return omissionOf(Number.POSITIVE_INFINITY);
    if (taken < found * 1e-12) break;
  }
  return omissionOf(missed);
}

/** For each number of states in a word: the chance that all bits of one more are set. */
function missChances(draws: number, loadMax: number): readonly number[] {
  const most = Math.ceil(loadMax + 10 * Math.sqrt(loadMax) + 20);
  // Chance that so many bits of the word are set.
  let set: number[] = [1, ...new Array<number>(WORD_BITS).fill(0)];
  return Array.from({ length: most }, () => {
    const chance = set.reduce((sum, share, bits) => sum + share * (bits / WORD_BITS) ** draws, 0);
    for (let draw = 0; draw < draws; draw += 1) set = afterDraw(set);
    return chance;
  });
}

function afterDraw(set: readonly number[]): number[] {
  return set.map((share, bits) => {
    const before = bits === 0 ? 0 : (set[bits - 1] ?? 0);
    return share * (bits / WORD_BITS) + before * ((WORD_BITS - bits + 1) / WORD_BITS);
  });
}

/** The chance for a word that has a Poisson number of states with this mean. */
function chanceAt(chances: readonly number[], mean: number): number {
  let weight = Math.exp(-mean);
  let sum = 0;
  for (const [count, chance] of chances.entries()) {
    sum += weight * chance;
    weight *= mean / (count + 1);
  }
  return sum;
}
