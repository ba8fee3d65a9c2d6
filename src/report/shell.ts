/**
 * The user's side of a trace as shell lines, each with what it returned: to be tried on a real
 * machine.
 */
import type { Trace, TraceStep } from '../verdict/trace.js';
import { formatPlace, formatResult, onOneLine } from './layout.js';

interface ShellLine {
  readonly thread: string;
  readonly text: string;
  readonly place: string;
  readonly returned: string;
}

/** Widest command that still has its comment beside it. */
const COMMAND_WIDTH_MAX = 72;

/**
 * Renders the command lines of a trace in the order in which they start.
 *
 * The comment behind each says who ran it, where it stands, and what it returned; a command that
 * never returned says so. Lines of different threads overlap in time where the comment says so.
 */
export function renderShellLines(trace: Trace): string {
  const lines = shellLines(trace);
  const widest = Math.max(0, ...lines.map((line) => line.text.length));
  const width = Math.min(widest, COMMAND_WIDTH_MAX);
  const body = lines.map(
    ({ text, thread, place, returned }) =>
      `${text.padEnd(width)}  # ${thread}, ${place}: ${returned}`,
  );
  return body.map((line) => `${line}\n`).join('');
}

function shellLines(trace: Trace): ShellLine[] {
  return trace.steps.flatMap((step, index) => {
    if (!step.starts || step.command === null) return [];
    const { text, place } = step.command;
    const end = endOfCommand(trace.steps, index);
    return [
      {
        thread: step.thread,
        // A command that spans lines would break out of its comment's line.
        text: onOneLine(text),
        place: formatPlace(place, trace.model),
        returned: describeEnd(trace.steps, index, end),
      },
    ];
  });
}

/** The last step that belongs to the command begun at `index`. */
function endOfCommand(steps: readonly TraceStep[], index: number): number {
  const begun = steps[index];
  let last = index;
  for (let at = index + 1; at < steps.length; at++) {
    const step = steps[at];
    if (step === undefined || step.thread !== begun?.thread) continue;
    if (step.starts) break;
    last = at;
  }
  return last;
}

function describeEnd(steps: readonly TraceStep[], from: number, to: number): string {
  const thread = steps[from]?.thread;
  const own = steps.slice(from, to + 1).filter((step) => step.thread === thread);
  const others = new Set(
    steps.slice(from, to + 1).flatMap((step) => (step.thread === thread ? [] : [step.thread])),
  );
  const results = own.flatMap((step) =>
    step.events.flatMap((event) => (event.kind === 'return' ? [event.result] : [])),
  );
  const waits = own.at(-1)?.events.some((event) => event.kind === 'wait') ?? false;
  const unfinished = waits ? 'never returns' : 'has not returned';
  const result = results.length === 0 ? unfinished : results.map(formatResult).join(', ');
  return others.size === 0 ? result : `${result}, while ${[...others].join(' and ')} ran`;
}
