/** A module for shared memory becomes one for memory of its own, and nothing else of it changes. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/engine/engine.js';
import { unshared } from '../../src/engine/unshare.js';
import { WASM } from '../explorer/explorers.ts';

/** A module that imports nothing. */
const EMPTY = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]);

describe('the engine without shared memory', () => {
  it('differs in one byte, and takes an unshared memory', () => {
    const other = unshared(WASM);
    const changed = [...WASM.keys()].filter((at) => WASM[at] !== other[at]);
    const memory = new WebAssembly.Memory({ initial: 200, maximum: 200, shared: false });
    const open = (bytes: Uint8Array): WebAssembly.Instance =>
      new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)), {
        env: { memory },
        own: { check: () => 0 },
      });

    expect(changed).toHaveLength(1);
    expect(Object.keys(open(other).exports)).toContain('replayTake');
    expect(() => open(WASM)).toThrow(/memory/);
  });

  it('is refused where there is none to change', () => {
    expect(() => unshared(EMPTY)).toThrow(EngineError);
    expect(() => unshared(unshared(WASM))).toThrow('imports no shared memory');
  });
});
