/**
 * Properties of behaviours: whether one is broken, and a behaviour that shows it, as a stem and a
 * cycle that is repeated for ever.
 */
import {
  type Behaviours,
  type Components,
  componentsOf,
  leadsTo,
  type Part,
  staysOf,
} from './behaviours.js';
import { endOf, fairCycle, shortestWay, type Way } from './paths.js';

/** Chooses the way from an initial state to the nearest state that is marked. */
export type WayTo = (marks: Uint8Array) => Promise<Way | null>;

/** A behaviour that breaks a property; `cycle` null where its end alone shows it. */
export interface Broken {
  readonly stem: Way;
  readonly cycle: Way | null;
}

const WHOLE: Part = { hasState: () => true, hasEdge: () => true };

const joined = (first: Way, second: Way): Way => ({
  from: first.from,
  edges: [...first.edges, ...second.edges],
});

/** The states in which a property is not, as a part of the graph. */
const without = (isGood: (state: number) => boolean): Part => ({
  hasState: (state) => !isGood(state),
  hasEdge: () => true,
});

interface Lingering {
  readonly part: Part;
  readonly components: Components;
  /** Whether a fair behaviour can stay in the component of a state. */
  readonly canStay: (state: number) => boolean;
  /** From where a part leads to such a component. */
  readonly leads: Uint8Array;
}

function lingering(behaviours: Behaviours, part: Part, mustMove: boolean): Lingering {
  const { graph } = behaviours;
  const components = componentsOf(graph, part);
  const { isFair, moves } = staysOf(behaviours, part, components);
  const isWanted = (own: number): boolean => isFair[own] === 1 && (!mustMove || moves[own] === 1);
  return {
    part,
    components,
    canStay: (state) => isWanted(components.of[state] ?? -1),
    leads: leadsTo(graph, part, components, isWanted),
  };
}

/** Goes on from the end of a stem to where a behaviour can stay, and goes round there. */
function lasso(
  behaviours: Behaviours,
  { part, components, canStay }: Lingering,
  { stem, mustMove }: { readonly stem: Way; readonly mustMove: boolean },
): Broken {
  const { graph } = behaviours;
  const on = shortestWay(graph, part, [endOf(graph, stem)], { isState: canStay });
  if (on === null) throw new Error('a state that leads to a cycle has no way to it');
  const whole = joined(stem, on);
  const knot = endOf(graph, whole);
  const own = components.of[knot];
  const component: Part = {
    hasState: (state) => components.of[state] === own,
    hasEdge: part.hasEdge,
  };
  return { stem: whole, cycle: fairCycle(behaviours, component, knot, mustMove) };
}

/** eventually: every fair behaviour comes to a good state. */
export function breakEventually(
  behaviours: Behaviours,
  isGood: (state: number) => boolean,
): Broken | null {
  const { graph } = behaviours;
  const lingers = lingering(behaviours, without(isGood), false);
  const stem = shortestWay(graph, lingers.part, graph.initial, { isState: lingers.canStay });
  return stem === null ? null : lasso(behaviours, lingers, { stem, mustMove: false });
}

/** leads-to: after each state of the premise a fair behaviour comes to a good one, or is in it. */
export async function breakLeadsTo(
  behaviours: Behaviours,
  isPremise: (state: number) => boolean,
  isGood: (state: number) => boolean,
  wayTo: WayTo,
): Promise<Broken | null> {
  const lingers = lingering(behaviours, without(isGood), false);
  const marks = lingers.leads.map((leads, state) => (leads === 1 && isPremise(state) ? 1 : 0));
  const stem = marks.includes(1) ? await wayTo(marks) : null;
  return stem === null ? null : lasso(behaviours, lingers, { stem, mustMove: false });
}

/** never-after: from a state of the premise on, that one included, no bad state comes. */
export async function breakNeverAfter(
  { graph }: Behaviours,
  isPremise: (state: number) => boolean,
  isBad: (state: number) => boolean,
  wayTo: WayTo,
): Promise<Broken | null> {
  const components = componentsOf(graph, WHOLE);
  const wanted = new Uint8Array(components.count);
  components.of.forEach((own, state) => {
    if (isBad(state)) wanted[own] = 1;
  });
  const leads = leadsTo(graph, WHOLE, components, (own) => wanted[own] === 1);
  const marks = leads.map((lead, state) => (lead === 1 && isPremise(state) ? 1 : 0));
  const stem = marks.includes(1) ? await wayTo(marks) : null;
  if (stem === null) return null;
  const on = shortestWay(graph, WHOLE, [endOf(graph, stem)], { isState: isBad });
  return on === null ? null : { stem: joined(stem, on), cycle: null };
}

/**
 * no-livelock: no fair behaviour moves for ever without the end of a system call.
 *
 * @param isInside whether the thread of a transition is inside a system call after it.
 */
export async function breakNoLivelock(
  behaviours: Behaviours,
  isInside: (edge: number) => boolean,
  wayTo: WayTo,
): Promise<Broken | null> {
  const part: Part = { hasState: () => true, hasEdge: isInside };
  const lingers = lingering(behaviours, part, true);
  const marks = Uint8Array.from(lingers.leads, (_, state) => (lingers.canStay(state) ? 1 : 0));
  const stem = marks.includes(1) ? await wayTo(marks) : null;
  return stem === null ? null : lasso(behaviours, lingers, { stem, mustMove: true });
}
