/**
 * Follows traces that a strategy chose, in the engine's replay.
 */
import { expect } from 'vitest';
import type { ChosenTrace, Engine } from '../../src/engine/engine.ts';

/** Bits that the state at the end of a trace violates; every step of it must be there. */
export function bitsAfter(engine: Engine, trace: ChosenTrace | null): number {
  expect(trace).not.toBeNull();
  engine.replay.initial(trace?.initial ?? 0);
  for (const ordinal of trace?.ordinals ?? []) {
    expect(engine.replay.take(ordinal)).toBeGreaterThanOrEqual(0);
  }
  return engine.replay.violated();
}
