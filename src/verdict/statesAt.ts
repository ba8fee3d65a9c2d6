/** States that a search has found, by their indices. */
import type { Engine } from '../engine/engine.js';

/** Copies of the states at these indices, which ascend as those of a path do. */
export function statesAt(engine: Engine, indices: readonly number[]): readonly Uint8Array[] {
  const { stateBytes } = engine;
  const wanted: Uint8Array[] = [];
  for (const { first, count, bytes } of engine.states()) {
    for (let next = indices[wanted.length]; next !== undefined && next < first + count; ) {
      const at = (next - first) * stateBytes;
      wanted.push(bytes.slice(at, at + stateBytes));
      next = indices[wanted.length];
    }
    if (wanted.length === indices.length) break;
  }
  return wanted;
}
