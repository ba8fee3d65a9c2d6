/** Exit statuses in words, for the last line of a report. */
import { EXIT } from '../errors.js';

const TEXTS: ReadonlyMap<number, string> = new Map([
  [EXIT.holds, 'holds and complete, or every declared expectation met'],
  [EXIT.usage, 'wrong command line'],
  [EXIT.assumptionFalse, 'an assumption is false'],
  [EXIT.deadlock, 'deadlock'],
  [EXIT.invariantViolated, 'invariant violated'],
  [EXIT.temporalViolated, 'temporal property violated'],
  [EXIT.scriptFindings, 'script findings only: the kernel does as documented'],
  [EXIT.incomplete, 'incomplete'],
  [EXIT.vacuous, 'vacuous'],
  [EXIT.selfCheckFailed, 'a self-check failed'],
  [EXIT.kernelDisagrees, 'a real kernel disagrees'],
  [EXIT.modelRejected, 'model rejected'],
  [EXIT.optionMismatch, 'an option does not fit this model'],
  [EXIT.outOfMemory, 'out of memory'],
  [EXIT.systemError, 'system error'],
  [EXIT.bug, 'a bug in daxcheck'],
]);

/** Says what an exit status means. */
export function describeExitStatus(status: number): string {
  return TEXTS.get(status) ?? 'unknown status';
}
