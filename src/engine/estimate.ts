/**
 * How much of a search is left, from the sizes of its levels so far.
 *
 * Levels of a finite system grow and then shrink. The logarithm of the ratio of two levels in a row
 * falls about evenly on the way, so a line through the latest ones is drawn on until a level has
 * less than one state. How uncertain that is shows in two ways: in how far the ratios lie from the
 * line (a prediction interval), and in how much it matters how many of them are looked at (several
 * windows; the interval covers them all). docs/search.md says how often the truth lay inside.
 */

/** States still to be found, behind the last level known in full. */
export interface Rest {
  readonly least: number;
  /** null when nothing bounds it: the levels may well go on. */
  readonly most: number | null;
}

/** How many of the latest ratios are looked at. */
const WINDOWS: readonly number[] = [4, 6, 8, 12, 16, 24];

/** Levels that the estimate looks at; more change nothing. */
export const LEVELS_SEEN = 25;

/** Half the width of the prediction interval, in standard errors. */
const WIDTH = 1.5;
const LEVELS_AHEAD_MAX = 20_000;
const STATES_MAX = 1e15;

/**
 * Estimates what is left.
 *
 * @param levels sizes of the latest levels, the last one known in full at the end; each at least 1.
 * @returns null while there are too few levels to say anything.
 */
export function estimateRest(levels: readonly number[]): Rest | null {
  const ratios = levels.slice(1).map((size, index) => Math.log(size / (levels[index] ?? size)));
  const last = levels[levels.length - 1] ?? 0;
  const lines = WINDOWS.filter((window) => window <= ratios.length).map((window) =>
    lineThrough(ratios.slice(-window)),
  );
  if (lines.length === 0) return null;
  const least = Math.min(...lines.map((line) => drawnOn(last, line, -WIDTH)));
  const most = Math.max(...lines.map((line) => drawnOn(last, line, WIDTH)));
  if (!Number.isFinite(least)) return null;
  return { least: Math.round(least), most: Number.isFinite(most) ? Math.round(most) : null };
}

/** A line of least squares; x counts from the latest point, which is at 0. */
interface Line {
  readonly count: number;
  readonly atZero: number;
  readonly slope: number;
  readonly middle: number;
  /** Sum of the squared distances from the middle, and the variance about the line. */
  readonly spread: number;
  readonly variance: number;
}

function lineThrough(values: readonly number[]): Line {
  const count = values.length;
  const xOf = (index: number): number => index - count + 1;
  const middle = values.reduce((sum, _, index) => sum + xOf(index), 0) / count;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const spread = values.reduce((sum, _, index) => sum + (xOf(index) - middle) ** 2, 0);
  const slope =
    values.reduce((sum, value, index) => sum + (xOf(index) - middle) * (value - mean), 0) / spread;
  const atZero = mean - slope * middle;
  const errors = values.map((value, index) => value - atZero - slope * xOf(index));
  const variance = errors.reduce((sum, error) => sum + error * error, 0) / (count - 2);
  return { count, atZero, slope, middle, spread, variance };
}

/** The states of all later levels, so many standard errors beside the line. */
function drawnOn(last: number, line: Line, beside: number): number {
  const { count, atZero, slope, middle, spread, variance } = line;
  let states = 0;
  for (let ahead = 1; ahead <= LEVELS_AHEAD_MAX; ahead++) {
    // The mean of the ratios up to there, and how sure it is.
    const mean = atZero + (slope * (ahead + 1)) / 2;
    const off = ((ahead + 1) / 2 - middle) ** 2 / spread;
    const error = Math.sqrt(variance * (1 / count + off + 1 / ahead));
    const size = last * Math.exp(ahead * (mean + beside * error));
    if (size < 1) return states;
    states += size;
    if (states > STATES_MAX) break;
  }
  return Number.POSITIVE_INFINITY;
}
