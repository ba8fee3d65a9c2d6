/**
 * Makes the state graph of a model: for small ones, since it is to be looked at.
 */
import { compileModel } from './compile/scenario.js';
import { buildGraph } from './graph/build.js';
import { lostIn } from './graph/lost.js';
import type { StateGraph } from './graph/stateGraph.js';
import { type TooLarge, walk } from './graph/walk.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import type { Trace } from './verdict/trace.js';

export type { StateGraph } from './graph/stateGraph.js';
export type { TooLarge } from './graph/walk.js';

export interface StateGraphOptions {
  /** One node for all states that userland cannot tell apart, now or later. Default: true. */
  readonly isCollapsed?: boolean;
  /** Most states of the model; 20,000 by default. Beyond, there is no graph. */
  readonly statesMax?: number;
  /** Counterexamples of this model, whose ways are marked. */
  readonly traces?: readonly Trace[];
}

/** Most states of a graph that somebody did not ask for with a number. */
export const GRAPH_STATES = 20_000;

/**
 * Makes it: of the whole model, whatever a search of it left out, within the model's own limits.
 *
 * Throws a ModelRejection as `explore` does.
 */
export function makeStateGraph(
  model: Model,
  options: StateGraphOptions = {},
): StateGraph | TooLarge {
  const { isCollapsed = true, statesMax = GRAPH_STATES, traces = [] } = options;
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario);
  const walked = walk(engine, scenario, { giveUpAt: statesMax, ...model.limits });
  if ('tooLarge' in walked) return walked;
  const lost = lostIn(engine, scenario, walked);
  return buildGraph(walked, scenario, { isCollapsed, lost, traces });
}
