/** The counterexamples of `recoverable`, device by device. */
import { Property } from '../../assembly/layout.js';
import { rowOf } from './findings.js';
import { isMarked, keyOf } from './inevitable.js';
import { checkRecoverable, type RecoverableAnswer, UNKNOWN } from './recoverable.js';
import type { Searched } from './searched.js';
import { showTrace } from './shown.js';
import type { Trace } from './trace.js';

/** Answers `recoverable` for every device it was asked of, once a search has run to its end. */
export async function recoverableTraces(
  searched: Searched,
): Promise<{ traces: Trace[]; answers: RecoverableAnswer[] }> {
  const { engine, scenario, result, hasAllSteps } = searched;
  const traces: Trace[] = [];
  const answers: RecoverableAnswer[] = [];
  if (!result.complete) return { traces, answers };
  if (!engine.keepsStates) return { traces, answers: scenario.recoverable.map(() => UNKNOWN) };
  const row = rowOf(Property.Recoverable);
  for (const device of scenario.recoverable) {
    const answer = await checkRecoverable(engine, scenario, device, result.statesAtLeast);
    answers.push(answer);
    for (const loss of answer.losses) {
      const canAvoid = (state: Uint8Array): boolean => isMarked(engine, loss.reach, state);
      const avoidance = hasAllSteps ? { canAvoid } : null;
      const name = scenario.plan.devices[device]?.name ?? null;
      const isTarget = (state: Uint8Array, end: Uint8Array): boolean => keyOf(state) === keyOf(end);
      const about = { row, class: loss.class, device: name, avoidance };
      traces.push(showTrace(searched, loss.chosen, isTarget, about));
    }
  }
  return { traces, answers };
}
