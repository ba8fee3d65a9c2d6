/**
 * The shape of bench/results.json, and what is computed from its numbers.
 */
import { z } from 'zod';

const count = z.int().nonnegative();
const seconds = z.number().positive();
/** One number for each round. */
const rounds = z.array(seconds).min(1);

/** A small system, searched by one tool with so many workers. */
const systemRow = z.strictObject({
  system: z.string(),
  size: z.string(),
  tool: z.enum(['daxcheck', 'SPIN', 'rumur', 'TLC']),
  workers: count,
  flags: z.string(),
  states: count,
  transitions: count,
  /** Whole processes, from start to end. */
  wallSeconds: rounds,
  /** The search alone, as the program tells it; null where it tells none. */
  searchSeconds: rounds.nullable(),
  /** Greatest resident memory of the process in any round, bytes; null where it is not told. */
  peakRss: count.nullable(),
  /** Arena, links and table in use, bytes; null where it is not told. */
  searchBytes: count.nullable(),
});

/** A model of the kernel, to a depth. */
const modelRow = z.strictObject({
  model: z.string(),
  workers: count,
  /** null: explored to the end. */
  depthLimit: count.nullable(),
  depth: count,
  states: count,
  transitions: count,
  stateBytes: count,
  searchBytes: count,
  peakRss: count.nullable(),
  searchSeconds: rounds,
});

const coldStart = z.strictObject({ model: z.string(), seconds: rounds, nodeSeconds: rounds });

/** What was measured: the commit, and whether files differed from it. */
const commit = z.strictObject({ id: z.string(), changed: z.boolean() });

/** What a run of the bench found. */
export const resultsSchema = z.strictObject({
  format: z.literal(2),
  date: z.iso.date(),
  commit,
  machine: z.strictObject({
    cpu: z.string(),
    processors: count,
    memoryBytes: count,
    system: z.string(),
    /** Processes that wanted to run when the bench began, mean of a minute. */
    load: z.number().nonnegative(),
  }),
  node: z.string(),
  v8: z.string(),
  rounds: count,
  peers: z.array(
    z.strictObject({ tool: z.string(), version: z.string().nullable(), absent: z.string() }),
  ),
  systems: z.array(systemRow),
  models: z.array(modelRow),
  coldStart: coldStart.nullable(),
  /** A run of the kernel model that is as large as the machine; only with --large. */
  large: z.strictObject({ ...modelRow.shape, date: z.iso.date(), commit }).nullable(),
});

export type SystemRow = z.infer<typeof systemRow>;
export type ModelRow = z.infer<typeof modelRow>;
export type ColdStart = z.infer<typeof coldStart>;
export type Results = z.infer<typeof resultsSchema>;

/** Returns the middle one of the sorted values (the upper one of two). */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * Returns how many times as fast one row was as another: the median over the rounds, in each of
 * which both ran one soon after the other.
 */
export function ratio(fast: readonly number[], slow: readonly number[]): number {
  const rounds = Math.min(fast.length, slow.length);
  if (rounds < Math.max(fast.length, slow.length)) return median(slow) / median(fast);
  return median(fast.map((value, round) => (slow[round] ?? Number.NaN) / value));
}
