/**
 * What of a counterexample overlaps: commands that were inside the kernel at the same time become
 * the sides of a race, what came before and after them is played plainly.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Scenario } from '../../compile/scenario.js';
import type { Instruction } from '../../userland/program.js';
import { type CommandRun, overlappingOf, runsOf } from '../../verdict/commandRuns.js';
import type { MachineView, Trace } from '../../verdict/trace.js';
import { requestsOf } from '../requests.js';
import type { Rig } from '../rig.js';

/** A command of the trace, with what it came to there. */
export interface PlannedCommand {
  readonly thread: string;
  readonly command: Instruction;
  /** 'ok', an errno name; null where the trace ends before it returns. */
  readonly predicted: string | null;
}

export interface Side {
  readonly thread: string;
  readonly commands: readonly PlannedCommand[];
}

export interface RacePlan {
  /** Overlap nobody, and come before all that do. */
  readonly before: readonly PlannedCommand[];
  /** At least two; their commands begin at a barrier. */
  readonly sides: readonly Side[];
  /** Come after all that overlap has returned. */
  readonly after: readonly PlannedCommand[];
  /** The machine in the last state of the trace. */
  readonly end: MachineView;
}

export type PlanAnswer =
  | { readonly plan: RacePlan; readonly reasons?: undefined }
  | { readonly plan?: undefined; readonly reasons: readonly string[] };

function instructionOf(run: CommandRun, scenario: Scenario): Instruction | null {
  const { text, place } = run.command;
  const found = scenario.instructions.find(
    (one) => one?.text === text && isDeepStrictEqual(one.place, place),
  );
  return found ?? null;
}

/** What a trace is of, and the guest that it is to be played on. */
export interface Where {
  readonly scenario: Scenario;
  readonly rig: Rig;
}

/** Commands of the runs that are system calls; what cannot be done goes to `reasons`. */
function commandsOf(
  runs: readonly CommandRun[],
  { scenario, rig }: Where,
  reasons: string[],
): readonly PlannedCommand[] {
  return runs.flatMap((run) => {
    const command = instructionOf(run, scenario);
    const requests = command === null ? null : requestsOf(command, rig);
    if (command === null || requests === null) {
      reasons.push(`no guest can do \`${run.command.text}\` of ${run.thread}`);
      return [];
    }
    if (requests.length === 0) return [];
    return [{ thread: run.thread, command, predicted: run.result }];
  });
}

/**
 * Divides a trace into what is played before, raced and played after.
 *
 * @returns the reasons when nothing overlaps, or when a command is none that a guest can do.
 */
export function planRace(trace: Trace, where: Where): PlanAnswer {
  const runs = runsOf(trace);
  const overlapping = overlappingOf(runs);
  if (overlapping.length === 0) return { reasons: ['no two threads are in the kernel at once'] };
  const first = Math.min(...overlapping.map((run) => run.first));
  const last = Math.max(...overlapping.map((run) => run.last));
  const middle = runs.filter((run) => run.first >= first && run.first <= last);
  const reasons: string[] = [];
  for (const step of trace.steps) {
    const fault = step.events.find(({ kind }) => kind === 'fault');
    if (fault?.kind === 'fault') reasons.push(`a race cannot have the fault ${fault.text}`);
  }
  const plan: RacePlan = {
    before: commandsOf(
      runs.filter((run) => run.first < first),
      where,
      reasons,
    ),
    sides: [...new Set(middle.map(({ thread }) => thread))].map((thread) => ({
      thread,
      commands: commandsOf(
        middle.filter((run) => run.thread === thread),
        where,
        reasons,
      ),
    })),
    after: commandsOf(
      runs.filter((run) => run.first > last),
      where,
      reasons,
    ),
    end: trace.steps.at(-1)?.after ?? trace.initial,
  };
  return reasons.length > 0 ? { reasons } : { plan };
}
