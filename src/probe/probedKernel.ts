/**
 * A probed source tree as a kernel of the model: a release, what is added to it, what is taken.
 */
import { resolveKernel } from '../kernel/features.js';
import { isRelease } from '../kernel/releases.js';
import { differenceFrom, idsOf, type Probe } from './probe.js';

/** A kernel of the model that is the probed one, as far as it is known. */
export interface ProbedKernel {
  readonly base: string;
  readonly with: readonly string[];
  readonly without: readonly string[];
  readonly unknown: readonly string[];
}

/** The tree's own release with what it has more and less; the nearest one where it names none. */
export function kernelOfProbe(probe: Probe): ProbedKernel {
  const own = probe.release !== null && isRelease(probe.release) ? probe.release : null;
  const base = own ?? probe.nearest?.release ?? 'v5.0';
  const { more, less } = differenceFrom(probe.features, base);
  const unknown = resolveKernel({ release: base, with: [], without: [] }).unknown;
  const having = idsOf(probe, 'present').filter((id) => unknown.includes(id));
  const lacking = idsOf(probe, 'absent').filter((id) => unknown.includes(id));
  return {
    base,
    with: [...more, ...having],
    without: [...less, ...lacking],
    unknown: idsOf(probe, 'unknown'),
  };
}
