/**
 * The gate's job: every model explored, side by side, and the answers in the order of the models.
 * The answers are the same for any number of processes and threads.
 */
import { readFileSync } from 'node:fs';
import { memoryLimit } from '../engine/memoryLimit.js';
import { type Lane, laneFile, makeLane } from './lanes.js';
import type { Answer, TaskOptions } from './task.js';

/** What to explore, and with how much of the machine. */
export interface GateRequest {
  readonly paths: readonly string[];
  /** Most models at a time, each in a process. */
  readonly jobs: number;
  /** Processors; what models leave over, threads of a search get. */
  readonly processors: number;
  /** Threads of each search; by default, what there is for it. */
  readonly workers?: number | undefined;
  /** `memoryBytes` is for all together. */
  readonly options: Omit<TaskOptions, 'workers'>;
  /** Leave out what comes after the first model, in their order, that fails. */
  readonly failFast?: boolean;
  readonly signal?: AbortSignal;
  /** Called when a model is begun and when it is done. */
  readonly onProgress?: (progress: GateProgress) => void;
  /** Another program for the lanes. */
  readonly lane?: string;
}

export interface GateProgress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** Models that are being explored. */
  readonly running: readonly string[];
}

/** From so many declared states on, a model gets the whole machine. */
const ALONE_FROM = 1_000_000;

/**
 * How many states a model declares, as far as a look at the file tells; 0 otherwise. It decides
 * about the order alone, so it may be wrong.
 */
function declaredStates(path: string): number {
  try {
    return Number(/\bstates: *(\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
  } catch {
    // What is wrong with the file is told when it is loaded.
    return 0;
  }
}

/** What each of several searches at a time may take of the memory. */
function shareOf(request: GateRequest): number | undefined {
  const { memoryBytes } = request.options;
  if (request.jobs === 1) return memoryBytes;
  return Math.floor((memoryBytes ?? memoryLimit(undefined).bytes) / request.jobs);
}

/** The run of one gate. */
interface Run {
  readonly request: GateRequest;
  readonly answers: (Answer | null)[];
  readonly running: Set<number>;
}

async function exploreOne(
  { request, answers, running }: Run,
  lane: Lane,
  index: number,
  options: TaskOptions,
): Promise<void> {
  const path = request.paths[index] ?? '';
  const report = (): void => {
    const done = answers.filter((answer) => answer !== null);
    request.onProgress?.({
      done: done.length,
      failed: done.filter(({ row }) => !row.met).length,
      total: request.paths.length,
      running: [...running].map((one) => request.paths[one] ?? ''),
    });
  };
  running.add(index);
  report();
  const answer = await lane.perform({ path, options });
  running.delete(index);
  if (request.signal?.aborted === true) return;
  answers[index] = answer;
  report();
}

/** Explores models in the order given, as many at a time as there are lanes. */
async function exploreAll(
  run: Run,
  order: readonly number[],
  lanes: readonly Lane[],
  options: TaskOptions,
): Promise<void> {
  const { request, answers } = run;
  const queue = order.values();
  const isFailure = (answer: Answer | null): boolean =>
    answer?.row.met === false && (lanes.length === 1 || !answer.isShortOfMemory);
  const mayGoOn = (): boolean =>
    request.signal?.aborted !== true && !(request.failFast === true && answers.some(isFailure));
  const work = async (lane: Lane): Promise<void> => {
    for (const index of queue) {
      if (!mayGoOn()) return;
      await exploreOne(run, lane, index, options);
    }
  };
  await Promise.all(lanes.map(work));
}

/** Of the answers, those up to the first failure: which others there are is chance. */
function upToFailure(answers: readonly (Answer | null)[]): (Answer | null)[] {
  const first = answers.findIndex((answer) => answer?.row.met === false);
  return answers.map((answer, index) => (first >= 0 && index > first ? null : answer));
}

/**
 * Explores the models.
 *
 * Several at a time share the memory; one whose share was too small is explored again, alone, with
 * all of it. Models that declare very many states are explored alone as well, with all processors.
 *
 * @returns an answer for each path; null for one that was left out.
 */
export async function runGate(request: GateRequest): Promise<readonly (Answer | null)[]> {
  const { paths, jobs, processors, options, signal, failFast = false } = request;
  const file = request.lane ?? laneFile();
  const lanes = Array.from({ length: Math.max(1, Math.min(jobs, paths.length)) }, () =>
    makeLane(file),
  );
  const end = (): void => {
    for (const lane of lanes) lane.end();
  };
  signal?.addEventListener('abort', end);
  const run: Run = { request, answers: paths.map(() => null), running: new Set() };
  const memoryBytes = shareOf(request);
  const each: TaskOptions = {
    ...options,
    workers: request.workers ?? Math.max(1, Math.floor(processors / lanes.length)),
    ...(memoryBytes !== undefined && { memoryBytes }),
  };
  const whole: TaskOptions = { ...options, workers: request.workers ?? processors };
  try {
    const weights = failFast ? paths.map(() => 0) : paths.map(declaredStates);
    const order = paths.map((_, index) => index);
    order.sort((one, other) => (weights[other] ?? 0) - (weights[one] ?? 0));
    const isLarge = (index: number): boolean => (weights[index] ?? 0) >= ALONE_FROM;
    const small = order.filter((index) => !isLarge(index));
    await exploreAll(run, small, lanes, each);
    const isShort = (index: number): boolean => run.answers[index]?.isShortOfMemory === true;
    const again = lanes.length > 1 ? small.filter(isShort) : [];
    const alone = [...order.filter(isLarge), ...again].sort((one, other) => one - other);
    for (const index of again) run.answers[index] = null;
    await exploreAll(run, alone, lanes.slice(0, 1), whole);
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
  return failFast ? upToFailure(run.answers) : run.answers;
}
