/** Models searched with and without symmetry, over the same successor function. */
import { compileModel, type Scenario } from '../../src/compile/scenario.js';
import type { Engine } from '../../src/engine/engine.js';
import { type KernelEngineOptions, openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';

/** An engine on a model that is compiled with its symmetries. */
export interface Reduced {
  readonly scenario: Scenario;
  readonly engine: Engine;
  /** The representative of a state's class, as the engine makes it. */
  readonly canonical: (state: Uint8Array) => Uint8Array;
}

/** Compiles a model with its symmetries and opens the engine on it. */
export function openReduced(model: Model, options: KernelEngineOptions = {}): Reduced {
  const scenario = compileModel(model, { symmetry: true });
  const engine = openKernelEngine(scenario, options);
  const { canonicalState } = engine.exports;
  if (typeof canonicalState !== 'function') throw new Error('the engine has no canonicalState');
  return {
    scenario,
    engine,
    canonical: (state) => {
      const at = engine.replay.address();
      new Uint8Array(engine.memory.buffer).set(state, at);
      canonicalState(at);
      return engine.replay.state();
    },
  };
}
