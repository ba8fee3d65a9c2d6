/**
 * The options about how to search, and which of them go together.
 */
import { type Command, Option } from 'commander';
import type { ExploreOptions } from '../explore.js';
import type { StrategyView } from '../verdict/trace.js';
import { parseCount, parseWhole } from './options.js';

/** Options of `explore` about strategies. */
export interface StrategyWishes {
  readonly strategy?: StrategyView['name'];
  readonly seed?: number;
  readonly runs?: number;
  readonly maxSwitches?: number;
}

/** What a search breadth first of all behaviours alone can do. */
const OF_ALL = ['reduce', 'storage', 'checkpoint', 'resume', 'lockOrder'] as const;

/** Adds them to a command. */
export function withStrategyOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--strategy <name>', 'how to search (default: bfs)').choices([
        'bfs',
        'dfs',
        'random',
        'swarm',
      ]),
    )
    .option('--seed <n>', 'what random and swarm are drawn from (default: 1)', parseWhole)
    .option('--runs <n>', 'walks (default: 1000), searches of a swarm (64)', parseCount)
    .option('--max-switches <n>', 'bfs: at most this many context switches', parseWhole);
}

/** Says why the options do not fit together; null when they do. */
export function refuseStrategy(
  options: StrategyWishes & { readonly [O in (typeof OF_ALL)[number]]?: unknown },
): string | null {
  const { strategy = 'bfs', seed, runs, maxSwitches } = options;
  const isDrawn = strategy === 'random' || strategy === 'swarm';
  if (!isDrawn && (seed ?? runs) !== undefined) {
    return '--seed and --runs are for --strategy random and swarm';
  }
  if (strategy !== 'bfs' && maxSwitches !== undefined) {
    return '--max-switches is for --strategy bfs';
  }
  if (strategy === 'bfs' && maxSwitches === undefined) return null;
  const other = OF_ALL.find((name) => options[name] !== undefined && options[name] !== 'exact');
  if (other === undefined || (strategy === 'dfs' && other === 'lockOrder')) return null;
  const option = `--${other.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`;
  const what = maxSwitches === undefined ? `--strategy ${strategy}` : '--max-switches';
  return `${option} does not go with ${what}`;
}

/** The strategy that is asked for; nothing for breadth first. */
export function strategyOf(options: StrategyWishes): Pick<ExploreOptions, 'strategy'> {
  const { strategy: name, seed, runs, maxSwitches } = options;
  if (name === undefined || name === 'bfs') {
    return maxSwitches === undefined ? {} : { strategy: { name: 'bfs', maxSwitches } };
  }
  if (name === 'dfs') return { strategy: { name } };
  return {
    strategy: { name, ...(seed !== undefined && { seed }), ...(runs !== undefined && { runs }) },
  };
}
