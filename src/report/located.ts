/**
 * A counterexample as a list of places: what other programs can show of it. Plain JSON, small
 * enough to be sent from one process to another.
 */
import type { Place } from '../model/model.js';
import type { PropertyClass, StepEvent, Trace, TraceStep } from '../verdict/trace.js';
import { describeLock, describeWait } from './lockText.js';

/** One step: where, who, and what happened. */
export interface LocatedStep {
  readonly thread: string;
  /** The user's command that is under way; null for the environment. */
  readonly command: string | null;
  readonly place: Place | null;
  /** The step begins the command. */
  readonly starts: boolean;
  /** Kernel functions, outermost first. */
  readonly functions: readonly string[];
  /** Source file of the innermost one; null at user level. */
  readonly source: string | null;
  /** What happened, one sentence each. */
  readonly events: readonly string[];
  readonly takesLock: boolean;
  readonly releasesLock: boolean;
}

/** A violation, where it was found, and the steps to it. */
export interface LocatedFinding {
  readonly model: string;
  readonly kernel: string;
  readonly property: string;
  readonly class: PropertyClass;
  readonly device: string | null;
  readonly summary: string;
  /** Index of the step after which nothing could avoid it; null when not computed. */
  readonly inevitableAt: number | null;
  readonly steps: readonly LocatedStep[];
}

function tell(event: StepEvent): string {
  switch (event.kind) {
    case 'lock':
      return `takes ${describeLock(event)}`;
    case 'unlock':
      return `releases ${describeLock(event)}`;
    case 'wait':
      return `waits ${describeWait(event)}`;
    case 'message':
      return `dmesg: ${event.text}`;
    case 'output':
      return `prints ${event.text}`;
    case 'uevent':
      return `uevent ${event.text}`;
    case 'fault':
      return `fault: ${event.text}`;
    case 'return':
      return `returns ${event.result}${event.value === null ? '' : `: "${event.value}"`}`;
  }
}

function locateStep(step: TraceStep): LocatedStep {
  return {
    thread: step.thread,
    command: step.command?.text.trim() ?? null,
    place: step.command?.place ?? null,
    starts: step.starts,
    functions: step.functions,
    source: step.source,
    events: step.events.map(tell),
    takesLock: step.events.some(({ kind }) => kind === 'lock'),
    releasesLock: step.events.some(({ kind }) => kind === 'unlock'),
  };
}

/** Takes out of a trace what can be shown at a place. */
export function locate(trace: Trace): LocatedFinding {
  const { finding } = trace;
  return {
    model: trace.model,
    kernel: trace.kernel,
    property: finding.property,
    class: finding.class,
    device: finding.device,
    summary: finding.summary,
    inevitableAt: trace.inevitableAt,
    steps: trace.steps.map(locateStep),
  };
}
