/**
 * Which commit changes a model's verdict between two kernels: a walk over the features by which
 * they differ, in an order in which they could have been merged.
 */
import { type Feature, type Kernel, type KernelRequest, SELECTABLE } from './kernel/features.js';
import { compareReleases, isRelease, releaseNamed } from './kernel/releases.js';

/** One step of the walk: a feature that comes or goes. */
export interface Change {
  readonly feature: Feature;
  readonly added: boolean;
}

/** What a run on one kernel of the walk gave. */
export interface Run {
  /** Number of changes since the older kernel. */
  readonly step: number;
  readonly kernel: string;
  /** Whether the property is violated; null where the run was cut short and found nothing. */
  readonly violated: boolean | null;
  readonly states: number;
}

/** First mainline release that a feature is known to be in; those that are not known come last. */
function dateOf({ since }: Feature): string {
  if (isRelease(since)) return since;
  return /\bseen at (v\d+\.\d+)/.exec(since)?.[1] ?? 'v99.0';
}

/** Orders features as they could have been merged: by release, each after what it requires. */
export function mergeOrder(features: readonly Feature[]): readonly Feature[] {
  const byDate = [...features].sort((left, right) => compareReleases(dateOf(left), dateOf(right)));
  const ordered: Feature[] = [];
  const visit = (feature: Feature): void => {
    if (ordered.includes(feature)) return;
    for (const id of feature.requires) {
      const needed = byDate.find((one) => one.id === id);
      if (needed !== undefined) visit(needed);
    }
    ordered.push(feature);
  };
  for (const feature of byDate) visit(feature);
  return ordered;
}

/**
 * The changes from one kernel to another: what comes, in the order of merging, then what goes, in
 * the reverse of it. No kernel on the way has a feature without what it requires.
 */
export function changesBetween(from: Kernel, to: Kernel): readonly Change[] {
  const only = (one: Kernel, other: Kernel): Feature[] =>
    SELECTABLE.filter(
      ({ id, effect }) => effect !== null && one.features.has(id) && !other.features.has(id),
    );
  const come = mergeOrder(only(to, from)).map((feature) => ({ feature, added: true }));
  const go = mergeOrder(only(from, to)).map((feature) => ({ feature, added: false }));
  return [...come, ...go.reverse()];
}

/** The kernel after the first `count` changes, as one to ask for. */
export function kernelAfter(
  from: { readonly request: KernelRequest; readonly kernel: Kernel },
  changes: readonly Change[],
  count: number,
): KernelRequest {
  const { request, kernel } = from;
  const features = new Set(kernel.features);
  for (const { feature, added } of changes.slice(0, count)) {
    if (added) features.add(feature.id);
    else features.delete(feature.id);
  }
  const base = new Set(releaseNamed(request.release)?.features ?? []);
  return {
    release: request.release,
    with: [...features].filter((id) => !base.has(id)),
    without: [...base].filter((id) => !features.has(id)),
  };
}

export type BisectResult =
  | {
      readonly kind: 'found';
      readonly change: Change;
      /** The runs on both sides of the change. */
      readonly before: Run;
      readonly after: Run;
      /** Every run, by its step. */
      readonly runs: readonly Run[];
      /** Further changes of the verdict; looked for with `every` alone. */
      readonly others: readonly Change[];
    }
  | {
      /** `same`: the verdicts of the two ends are the same. `cut`: a run was cut short. */
      readonly kind: 'same' | 'cut';
      readonly runs: readonly Run[];
    };

export interface BisectRequest {
  readonly changes: readonly Change[];
  readonly runAt: (step: number) => Promise<Run>;
  /** Runs every step and finds the first change for certain, and all others. */
  readonly every: boolean;
}

/**
 * Finds the change at which the verdict turns: by halving, which finds one where there are several,
 * or by running every step, which finds the first.
 */
export async function bisect({ changes, runAt, every }: BisectRequest): Promise<BisectResult> {
  const done = new Map<number, Run>();
  const run = async (step: number): Promise<Run> => {
    const found = done.get(step) ?? (await runAt(step));
    done.set(step, found);
    return found;
  };
  const runs = (): Run[] => [...done.values()].sort((left, right) => left.step - right.step);
  const first = await run(0);
  const last = await run(changes.length);
  if (first.violated === null || last.violated === null) return { kind: 'cut', runs: runs() };
  if (first.violated === last.violated) return { kind: 'same', runs: runs() };
  let low = 0;
  let high = changes.length;
  while (high - low > 1 && !every) {
    const middle = Math.floor((low + high) / 2);
    const { violated } = await run(middle);
    if (violated === null) return { kind: 'cut', runs: runs() };
    if (violated === first.violated) low = middle;
    else high = middle;
  }
  for (let step = 1; every && step < changes.length; step++) {
    if ((await run(step)).violated === null) return { kind: 'cut', runs: runs() };
  }
  const turns = runs().flatMap((one, index, all) => {
    const previous = all[index - 1];
    const isTurn = previous?.step === one.step - 1 && previous.violated !== one.violated;
    return isTurn ? [{ before: previous, after: one }] : [];
  });
  const [turn, ...rest] = turns;
  const changeAt = (step: number): Change[] => changes.slice(step - 1, step);
  const [change] = turn === undefined ? [] : changeAt(turn.after.step);
  if (turn === undefined || change === undefined) throw new Error('two verdicts without a turn');
  const others = rest.flatMap(({ after }) => changeAt(after.step));
  return { kind: 'found', change, ...turn, runs: runs(), others };
}
