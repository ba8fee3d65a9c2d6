/**
 * Measures searches and cold starts: every model of bench/models, and small systems with known
 * counts, each with several numbers of workers.
 *
 * A search's time is that of the search alone; a cold start is a whole process, from `node` to the
 * verdict. Counts that differ between rounds, or from those that the model declares, are an error.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { compileModel } from '../src/compile/scenario.js';
import { type Engine, openEngine } from '../src/engine/engine.js';
import { openKernelEngine } from '../src/kernelEngine.js';
import { loadModel } from '../src/loadModel.js';
import { type ColdStart, median, type Results, type SearchRow } from './table.js';

export { table } from './table.js';

export interface BenchOptions {
  /** The project's folder. */
  readonly root: string;
  readonly rounds: number;
  readonly workers: readonly number[];
  /** Rows whose name holds one of these words; none for all. */
  readonly only: readonly string[];
}

/** Something to search: opened anew for each round. */
interface Subject {
  readonly name: string;
  readonly depth: number | null;
  /** Counts that are known, to compare with. */
  readonly states: number | null;
  readonly open: (workers: number) => Engine;
}

const COLD_START = 'cold-start.yaml';

/** Names, scenario bytes and published numbers of states (test/search/counts.test.ts). */
const SYSTEMS: readonly (readonly [string, readonly number[], number])[] = [
  ['daxhp', [3, 2, 2, 0], 2462080],
  ['grid', [6, 10], 1000000],
  ['twoPhase', [7], 296448],
];

function systemSubjects(root: string): Subject[] {
  return SYSTEMS.map(([name, scenario, states]) => {
    const wasm = readFileSync(join(root, 'build', 'systems', `${name}.wasm`));
    const open = (workers: number): Engine =>
      openEngine({ wasm, scenario: Uint8Array.from(scenario), workers, stopMask: 0, limits: {} });
    return { name: `${name} ${scenario.join(',')}`, depth: null, states, open };
  });
}

function modelSubject(root: string, file: string): Subject {
  const loaded = loadModel(join(root, 'bench', 'models', file));
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  const { limits, expect } = loaded.model;
  const scenario = compileModel(loaded.model);
  const depth = limits.depth ?? undefined;
  const open = (workers: number): Engine =>
    openKernelEngine(scenario, { workers, limits: { depth, states: limits.states ?? undefined } });
  return { name: file, depth: limits.depth, states: expect?.states ?? null, open };
}

/** Rounds to tenths of a millisecond. */
const rounded = (seconds: number): number => Math.round(seconds * 1e4) / 1e4;

async function searchOnce(subject: Subject, workers: number): Promise<SearchRow> {
  const engine = subject.open(workers);
  const found = await engine.search();
  if (subject.states !== null && subject.states !== found.distinctStates) {
    throw new Error(`${subject.name}: ${found.distinctStates} states, not ${subject.states}`);
  }
  return {
    name: subject.name,
    workers,
    depthLimit: subject.depth,
    states: found.distinctStates,
    transitions: found.transitions,
    stateBytes: engine.stateBytes,
    memoryBytes: found.memoryBytes,
    seconds: [rounded(found.seconds)],
  };
}

async function searches(options: BenchOptions, tell: (text: string) => void): Promise<SearchRow[]> {
  const files = readdirSync(join(options.root, 'bench', 'models'))
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const subjects = [
    ...files.map((file) => modelSubject(options.root, file)),
    ...systemSubjects(options.root),
  ].filter(({ name }) => isWanted(name, options));
  const rows = new Map<string, SearchRow>();
  for (let round = 1; round <= options.rounds; round++) {
    tell(`searches: round ${round} of ${options.rounds}`);
    for (const subject of subjects) {
      for (const workers of options.workers) {
        const row = await searchOnce(subject, workers);
        const key = `${subject.name}/${workers}`;
        const before = rows.get(key);
        rows.set(key, { ...row, seconds: [...(before?.seconds ?? []), ...row.seconds] });
      }
    }
  }
  return [...rows.values()];
}

function isWanted(name: string, { only }: BenchOptions): boolean {
  return only.length === 0 || only.some((word) => name.includes(word));
}

function processSeconds(args: readonly string[]): number {
  const start = performance.now();
  const done = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (done.status !== 0) throw new Error(`${args.join(' ')} ended with status ${done.status}`);
  return rounded((performance.now() - start) / 1000);
}

/** Cold starts, each beside one of Node alone: the part that is not ours. */
function coldStarts(options: BenchOptions): ColdStart | null {
  if (!isWanted('cold-start', options)) return null;
  const model = join(options.root, 'bench', 'models', COLD_START);
  const command = [join(options.root, 'dist', 'cli.js'), 'explore', model, '--as-declared'];
  const seconds: number[] = [];
  const nodeSeconds: number[] = [];
  // One more than is counted: the first one reads the files from the disk.
  for (let round = 0; round <= options.rounds * 3; round++) {
    seconds.push(processSeconds(command));
    nodeSeconds.push(processSeconds(['-e', '0']));
  }
  return { model: COLD_START, seconds: seconds.slice(1), nodeSeconds: nodeSeconds.slice(1) };
}

/** Measures everything that is asked for. */
export async function measureAll(
  options: BenchOptions,
  tell: (text: string) => void,
): Promise<Results> {
  const rows = await searches(options, tell);
  tell('cold starts');
  const coldStart = coldStarts(options);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', processors: cpus().length },
    node: process.version,
    v8: process.versions.v8,
    rounds: options.rounds,
    searches: rows.map((row) => ({ ...row, medianSeconds: median(row.seconds) })),
    coldStart,
  };
}
