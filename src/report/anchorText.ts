/** What has become of a trace in a model that has changed since, as text. */
import { isDeepStrictEqual } from 'node:util';
import { type Anchoring, type Divergence, type WantedStep, wantedOf } from '../verdict/anchor.js';
import type { Trace, TraceStep } from '../verdict/trace.js';
import { formatResult, onOneLine, plural } from './layout.js';

/** A step as differences name it: who, by which command, and what that returns. */
export function stepText({ thread, command, result, value }: WantedStep): string {
  const text = command == null ? '(no command)' : onOneLine(command);
  if (result === undefined || result === '') return `\`${thread}: ${text}\``;
  const given = value == null ? '' : ` ${JSON.stringify(value)}`;
  return `\`${thread}: ${text}\` -> ${formatResult(result)}${given}`;
}

/** In what a step that is still there differs from what the trace tells of it; null in nothing. */
export function stepDifference(now: TraceStep, told: TraceStep, number: number): string | null {
  if (!isDeepStrictEqual(now.after, told.after)) {
    return `after step ${number} the machine is not as the trace says`;
  }
  if (isDeepStrictEqual(now.events, told.events)) return null;
  return `step ${number} takes other locks, or tells other messages or events`;
}

/** What of a trace is found at other places, is new, or is left out. */
export function anchorChanges(told: Trace, { steps, leftOut }: Anchoring): string[] {
  const stepOf = (index: number): WantedStep | null => {
    const step = told.steps[index];
    return step === undefined ? null : wantedOf(step);
  };
  const gone = leftOut.flatMap((index) => {
    const wanted = stepOf(index);
    if (wanted === null) return [];
    return [`step ${index + 1} is not in the model any more: ${stepText(wanted)}`];
  });
  const fresh = steps.flatMap(({ wanted }, at) =>
    wanted === null ? [`step ${at + 1} is new`] : [],
  );
  const moved = steps.filter(
    ({ ordinal, wanted }) => wanted !== null && told.steps[wanted]?.ordinal !== ordinal,
  );
  const places =
    moved.length === 0 ? [] : [`${plural(moved.length, 'step')} found at another place`];
  return [...places, ...gone, ...fresh];
}

/** Where the model goes another way. */
export function divergenceText(told: Trace, { at, enabled }: Divergence): string[] {
  const step = told.steps[at];
  if (step === undefined) {
    return [`after the last step \`${told.finding.property}\` is not violated`];
  }
  return insteadOf(wantedOf(step), { at, enabled }, told.steps.length);
}

/** What was expected at a step, and what can be done instead. */
export function insteadOf(
  wanted: WantedStep,
  { at, enabled }: Divergence,
  count: number,
): string[] {
  return [
    `step ${at + 1} of ${count}: expected ${stepText(wanted)}`,
    ...(enabled.length === 0 ? ['nothing can be done instead'] : []),
    ...enabled.map((other) => `can be done instead: ${stepText(other)}`),
  ];
}
