/**
 * Models of the kernel: what a state costs, from 10^5 to 10^7 states, and how long a start takes.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { loadModel } from '../src/loadModel.js';
import { numberIn } from './contender.js';
import { rounded, run } from './process.js';
import type { ColdStart, ModelRow } from './results.js';

/** A model and how deep to search it; null: as deep as it says. */
interface Task {
  readonly model: string;
  readonly depth: number | null;
}

const STEP = 'two-devices-step.yaml';
const COLD_START = 'cold-start.yaml';

/** The depths give about 10^5, 10^6, 2 * 10^6 and 10^7 states. */
const TASKS: readonly Task[] = [
  { model: COLD_START, depth: null },
  { model: STEP, depth: 20 },
  { model: STEP, depth: 26 },
  { model: STEP, depth: null },
  { model: STEP, depth: 37 },
  { model: 'two-devices-own.yaml', depth: null },
];

/** At least so many states are asked for by `--large`. */
const LARGE_STATES = 50_000_000;

export interface ModelsPlan {
  readonly root: string;
  readonly rounds: number;
  readonly workers: readonly number[];
  readonly isWanted: (name: string) => boolean;
  readonly tell: (text: string) => void;
}

/** What a model's file says of its own search. */
interface Declared {
  readonly depth: number | null;
  readonly states: number | null;
}

function declared(root: string, model: string): Declared {
  const loaded = loadModel(join(root, 'bench', 'models', model));
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return { depth: loaded.model.limits.depth, states: loaded.model.expect?.states ?? null };
}

function searchOnce(root: string, task: Task, workers: number, states = 'all'): ModelRow {
  const program = join(root, 'build', 'bench', 'searchModel.js');
  const file = join(root, 'bench', 'models', task.model);
  const depth = task.depth === null ? 'all' : `${task.depth}`;
  const seen = run({ words: [process.execPath, program, file, `${workers}`, depth, states] });
  const number = (name: string): number =>
    numberIn(seen.stdout, new RegExp(`"${name}":([\\d.e+-]+)`));
  return {
    model: task.model,
    workers,
    depthLimit: task.depth,
    depth: number('depth'),
    states: number('states'),
    transitions: number('transitions'),
    stateBytes: number('stateBytes'),
    searchBytes: number('memoryBytes'),
    peakRss: seen.peakRss,
    searchSeconds: [rounded(number('seconds'))],
  };
}

/** Adds a round to a row. Throws when it found something else than the rounds before it. */
function together(before: ModelRow | undefined, now: ModelRow): ModelRow {
  if (before === undefined) return now;
  if (before.states !== now.states || before.transitions !== now.transitions) {
    throw new Error(`${now.model}: ${now.states} states, and ${before.states} in another round`);
  }
  return {
    ...now,
    peakRss: Math.max(before.peakRss ?? 0, now.peakRss ?? 0) || null,
    searchSeconds: [...before.searchSeconds, ...now.searchSeconds],
  };
}

/** Measures the models with every number of workers. */
export function measureModels(plan: ModelsPlan): ModelRow[] {
  const tasks = TASKS.filter(({ model, depth }) => plan.isWanted(`${model} ${depth ?? ''}`)).map(
    (task) => ({ declared: declared(plan.root, task.model), task }),
  );
  const rows = new Map<string, ModelRow>();
  for (let round = 1; round <= plan.rounds && tasks.length > 0; round += 1) {
    plan.tell(`models: round ${round} of ${plan.rounds}`);
    for (const { task, declared: says } of tasks) {
      const depth = task.depth ?? says.depth;
      for (const workers of plan.workers) {
        const row = searchOnce(plan.root, { model: task.model, depth }, workers);
        if (task.depth === null && says.states !== null && says.states !== row.states) {
          throw new Error(`${task.model}: ${row.states} states; its file says ${says.states}`);
        }
        // Counts are the same for any number of workers, so all rows of a task are compared.
        const key = `${task.model} ${depth}`;
        const before = rows.get(`${key} ${workers}`);
        together(rows.get(`${key} ${plan.workers[0]}`), row);
        rows.set(`${key} ${workers}`, together(before, row));
      }
    }
  }
  return [...rows.values()];
}

/** Searches the model of the speed bench until it has found 50 million states, with all workers. */
export function measureLarge({ root, workers, tell }: ModelsPlan): ModelRow {
  tell(`large: ${LARGE_STATES} states of ${STEP}`);
  const most = Math.max(...workers);
  return searchOnce(root, { model: STEP, depth: null }, most, `${LARGE_STATES}`);
}

function processSeconds(args: readonly string[]): number {
  const start = performance.now();
  const done = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (done.status !== 0) throw new Error(`${args.join(' ')} ended with status ${done.status}`);
  return rounded((performance.now() - start) / 1000);
}

/** Cold starts, each beside one of Node alone: the part that is not ours. */
export function measureColdStart({ root, rounds, isWanted, tell }: ModelsPlan): ColdStart | null {
  if (!isWanted(COLD_START)) return null;
  tell('cold starts');
  const model = join(root, 'bench', 'models', COLD_START);
  const command = [join(root, 'dist', 'cli.js'), 'explore', model, '--as-declared'];
  const seconds: number[] = [];
  const nodeSeconds: number[] = [];
  // One more than is counted: the first one reads the files from the disk.
  for (let round = 0; round <= rounds * 3; round += 1) {
    seconds.push(processSeconds(command));
    nodeSeconds.push(processSeconds(['-e', '0']));
  }
  return { model: COLD_START, seconds: seconds.slice(1), nodeSeconds: nodeSeconds.slice(1) };
}
