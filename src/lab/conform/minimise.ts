/**
 * Finds the shortest trace that still shows a problem, by playing shorter ones from the initial
 * state.
 *
 * First the model's shortest way to the state in which it was seen; where that does not show it,
 * everything since the last reset. Then delta debugging: parts are left out, halves first, single
 * commands last, until none can be (Zeller and Hildebrandt 2002, without trying parts alone: the
 * model's shortest way has done what that is for).
 */
import type { Graph } from './graph.js';
import type { Played, Player, Problem } from './player.js';

/** Traces that are played for one problem. */
const REPLAYS_MAX = 150;

export interface Minimised {
  /** Commands from the initial state; the last one shows the problem. */
  readonly commands: readonly number[];
  /** The problem as the shortest trace shows it. */
  readonly problem: Problem;
  /** It was seen again. */
  readonly isReproduced: boolean;
  readonly replays: number;
}

/** Makes a problem's trace as short as it gets. The player must be reset afterwards. */
export async function minimise(player: Player, graph: Graph, seen: Played): Promise<Minimised> {
  const { problem } = seen;
  if (problem === null) throw new Error('a step without a problem has nothing to minimise');
  const before = player.history();
  let replays = 0;
  let shown: Problem = problem;

  /** The part of a trace that shows the problem; null when it does not. */
  const show = async (commands: readonly number[]): Promise<readonly number[] | null> => {
    if (replays >= REPLAYS_MAX) return null;
    replays++;
    await player.reset();
    const played = await player.play(commands, problem.class.startsWith('console'));
    const at = played.findIndex((one) => one.problem?.class === problem.class);
    shown = played[at]?.problem ?? shown;
    return at < 0 ? null : commands.slice(0, at + 1);
  };

  const way = graph.pathTo(seen.state);
  const direct = way === null ? null : await show([...way, seen.command]);
  const found = direct ?? (await show(before));
  if (found === null) return { commands: before, problem, isReproduced: false, replays };
  let best = found;
  for (let size = Math.ceil(best.length / 2); size >= 1; ) {
    const shorter = await leaveOut(best, size, show);
    if (shorter !== null) best = shorter;
    else size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return { commands: best, problem: shown, isReproduced: true, replays };
}

/** Leaves out one part of a size, the first that can be. */
async function leaveOut(
  commands: readonly number[],
  size: number,
  show: (commands: readonly number[]) => Promise<readonly number[] | null>,
): Promise<readonly number[] | null> {
  for (let from = 0; from + size < commands.length; from += size) {
    const found = await show([...commands.slice(0, from), ...commands.slice(from + size)]);
    if (found !== null) return found;
  }
  return null;
}
