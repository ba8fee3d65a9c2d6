/** Commands of a trace as spans of its steps: which of them were inside the kernel at once. */
import type { Trace, TraceStep } from './trace.js';

/** A command from the step in which it begins to the one in which it returns. */
export interface CommandRun {
  readonly thread: string;
  readonly command: NonNullable<TraceStep['command']>;
  /** Indices of its steps. */
  readonly first: number;
  last: number;
  result: string | null;
  /** It has got there; what a shell does by itself never does. */
  isInKernel: boolean;
}

/** The commands of a trace, in the order in which they begin. */
export function runsOf(trace: Trace): readonly CommandRun[] {
  const runs: CommandRun[] = [];
  const current = new Map<string, CommandRun>();
  for (const [index, step] of trace.steps.entries()) {
    const { thread, command } = step;
    if (command === null) continue;
    let run = current.get(thread);
    if (run === undefined || step.starts) {
      run = { thread, command, first: index, last: index, result: null, isInKernel: false };
      current.set(thread, run);
      runs.push(run);
    }
    run.last = index;
    if (step.functions.length > 0) run.isInKernel = true;
    const answer = step.events.findLast((event) => event.kind === 'return');
    if (answer?.kind === 'return') run.result = answer.result;
  }
  // What is still inside the kernel at the end of the trace overlaps all that comes later.
  for (const run of current.values()) {
    if (run.result === null && run.isInKernel) run.last = Number.POSITIVE_INFINITY;
  }
  return runs;
}

const overlaps = (left: CommandRun, right: CommandRun): boolean =>
  left.thread !== right.thread && left.first <= right.last && right.first <= left.last;

/** Those that are under way at the same time as one of another thread. */
export const overlappingOf = (runs: readonly CommandRun[]): readonly CommandRun[] =>
  runs.filter((run) => runs.some((other) => overlaps(run, other)));

/** Whether two threads of the trace are inside the kernel at the same time. */
export const isRace = (trace: Trace): boolean => overlappingOf(runsOf(trace)).length > 0;
