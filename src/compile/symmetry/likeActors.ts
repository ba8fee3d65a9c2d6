/**
 * Which actors are alike: the same kind of thread with the same bounds, running the same programs
 * when places are renamed. And every order of their threads that comes of it.
 */
import { isNamed, type SymmetryContext } from './context.js';
import { pairPrograms } from './programs.js';
import { orders, type PlaceRenaming, type Renaming, same } from './renaming.js';

type Pairs = readonly (readonly [number, number])[];

/** Threads of an actor: one, or as many as udev has workers. */
function threadsOf({ threads }: SymmetryContext, actor: number): readonly number[] {
  return [...threads.entries()].flatMap(([index, thread]) =>
    thread.actor === actor ? [index] : [],
  );
}

/** Whether an own property can tell a thread of an actor from others. */
function isPinned(context: SymmetryContext, actor: number): boolean {
  const names = threadsOf(context, actor).map((index) => context.threads[index]?.name ?? '');
  return isNamed(context, names);
}

function haveSameBounds({ actors }: SymmetryContext, left: number, right: number): boolean {
  const [one, two] = [actors[left], actors[right]];
  return (
    one !== undefined &&
    two !== undefined &&
    one.kind === two.kind &&
    one.times === two.times &&
    one.workers === two.workers &&
    one.coldplug === two.coldplug &&
    one.variables.length === two.variables.length
  );
}

/** For each actor those that run what it runs when places are renamed, with the instructions. */
function likesOf(
  context: SymmetryContext,
  renaming: PlaceRenaming,
): readonly ReadonlyMap<number, Pairs>[] {
  const { actors } = context;
  return actors.map((_, from) => {
    const found = new Map<number, Pairs>();
    for (const to of actors.keys()) {
      if (!haveSameBounds(context, from, to)) continue;
      if (from !== to && (isPinned(context, from) || isPinned(context, to))) continue;
      const pairs = pairPrograms(context, { from, to }, renaming);
      if (pairs !== null) found.set(to, pairs);
    }
    return found;
  });
}

/** Every way to give each actor a like of its own, as new numbers by old ones. */
function* assignments(
  likes: readonly ReadonlyMap<number, Pairs>[],
  taken: readonly number[] = [],
): Generator<readonly number[]> {
  const next = likes[taken.length];
  if (next === undefined) {
    yield taken;
    return;
  }
  for (const to of next.keys()) {
    if (!taken.includes(to)) yield* assignments(likes, [...taken, to]);
  }
}

/** Orders of the threads of one actor among those of its like. */
function ordersOfThreads(context: SymmetryContext, from: number, to: number): readonly Pairs[] {
  const own = threadsOf(context, from);
  const others = threadsOf(context, to);
  const all = isPinned(context, from) ? [others] : [...orders(others)];
  return all.map((order) => own.map((thread, at) => [thread, order[at] ?? thread] as const));
}

function product(lists: readonly (readonly Pairs[])[]): Generator<Pairs> {
  return (function* walk(at: number, chosen: Pairs): Generator<Pairs> {
    const list = lists[at];
    if (list === undefined) yield chosen;
    else for (const one of list) yield* walk(at + 1, [...chosen, ...one]);
  })(0, []);
}

function renumber(count: number, pairs: Pairs): readonly number[] {
  const numbers = [...same(count)];
  for (const [from, to] of pairs) numbers[from] = to;
  return numbers;
}

/** Every renaming of threads that goes with a renaming of places; the plain one is among them. */
export function* renameThreads(
  context: SymmetryContext,
  places: PlaceRenaming,
): Generator<Renaming> {
  const likes = likesOf(context, places);
  for (const likeOf of assignments(likes)) {
    const pairs = likeOf.flatMap((to, from) => likes[from]?.get(to) ?? []);
    const instructions = renumber(context.encoded.sources.length, pairs);
    const choices = likeOf.map((to, from) => ordersOfThreads(context, from, to));
    for (const threads of product(choices)) {
      yield { ...places, instructions, threads: renumber(context.threads.length, threads) };
    }
  }
}
