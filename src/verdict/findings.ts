/**
 * From a search's violations to findings with traces.
 */
import { GLOBAL_BROKEN_ABOUT_OFFSET, Property } from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { ChosenTrace, Engine } from '../engine/engine.js';
import { type PropertyRow, propertyOfBit } from '../kernel/properties.js';
import { viewDeadlock } from './deadlockView.js';
import { type Avoidance, inevitableStep } from './inevitable.js';
import { follow } from './steps.js';
import type { Finding, PropertyClass, Trace } from './trace.js';

export interface TraceRequest {
  /** `bit` null: a property that is no bit of the engine's. */
  readonly row: Omit<PropertyRow, 'bit' | 'class' | 'isDefault'> & {
    readonly bit: Property | null;
  };
  readonly class: PropertyClass;
  readonly device: string | null;
  readonly chosen: ChosenTrace;
  readonly avoidance: Avoidance | null;
  /** As in `Trace`. */
  readonly loopFrom?: number;
}

function summaryOf(
  row: TraceRequest['row'],
  device: string | null,
  state: Uint8Array,
  scenario: Scenario,
): string {
  const about = (state[GLOBAL_BROKEN_ABOUT_OFFSET] ?? 0) - 1;
  const name =
    device ??
    (about >= 0 && row.bit !== null && row.bit !== Property.LockPairing
      ? scenario.plan.devices[about]?.name
      : undefined);
  return name === undefined || name === null ? row.summary : `${row.summary}: ${name}`;
}

/** Re-executes a chosen behaviour and tells it as a trace. */
export function makeTrace(engine: Engine, scenario: Scenario, request: TraceRequest): Trace {
  const { row, chosen, device } = request;
  const { initial, steps } = follow(engine, scenario, chosen.initial, chosen.ordinals);
  const state = engine.replay.state();
  const finding: Finding = {
    property: row.name,
    class: request.class,
    summary: summaryOf(row, device, state, scenario),
    deadlock: row.bit === Property.NoDeadlock ? viewDeadlock(engine, scenario) : null,
    device,
  };
  const inevitableAt =
    request.avoidance === null ? null : inevitableStep(engine, chosen, request.avoidance);
  return {
    format: 1,
    model: scenario.model.file,
    title: scenario.model.title,
    kernel: scenario.kernel.name,
    granularity: scenario.model.granularity,
    finding,
    initial,
    steps,
    inevitableAt,
    ...(request.loopFrom !== undefined && { loopFrom: request.loopFrom }),
  };
}

/** Row of a violated property's bit. */
export function rowOf(bit: number): PropertyRow {
  const row = propertyOfBit(bit);
  if (row === undefined) throw new Error(`the engine reports property ${bit}, which has no name`);
  return row;
}
