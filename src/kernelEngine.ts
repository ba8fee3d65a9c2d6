/**
 * Opens the engine's kernel build on a scenario.
 */
import { readFileSync } from 'node:fs';
import { LAYOUT_VERSION } from '../assembly/layout.js';
import type { Scenario } from './compile/scenario.js';
import { type Engine, EngineError, type EngineOptions, openEngine } from './engine/engine.js';
import { FAIL_STALE } from './engine/engineError.js';
import { packageFile } from './packageFile.js';

export type KernelEngineOptions = Partial<Omit<EngineOptions, 'wasm' | 'scenario' | 'own'>> & {
  /** Own invariants whose violation ends the search. */
  readonly ownStopMask?: number;
  /** The debug build has assertions. */
  readonly debug?: boolean;
  /** The build that keeps which features are asked for. */
  readonly coverage?: boolean;
};

/** Reads the engine's module; throws EngineError when it is missing. */
export function engineBytes(build: '' | '.debug' | '.coverage' = ''): Uint8Array {
  const missing = (places: string): EngineError =>
    new EngineError(FAIL_STALE, `no engine at ${places}; run npm run build`);
  return readFileSync(packageFile(`build/engine${build}.wasm`, missing));
}

/**
 * Opens an engine for a scenario.
 *
 * Throws EngineError when the module is missing or of another build than this program.
 */
export function openKernelEngine(scenario: Scenario, options: KernelEngineOptions = {}): Engine {
  const {
    debug = false,
    coverage = false,
    workers = 1,
    stopMask = 0,
    ownStopMask = 0,
    limits = {},
    ...rest
  } = options;
  const wasm = engineBytes(debug ? '.debug' : coverage ? '.coverage' : '');
  const { check } = scenario.ownModules;
  const own = check === null ? undefined : { wasm: check, stopMask: ownStopMask };
  const bytes = scenario.bytes;
  const engine = openEngine({ ...rest, wasm, scenario: bytes, own, workers, stopMask, limits });
  const version = engine.exports.layoutVersion;
  const found: unknown = version instanceof WebAssembly.Global ? version.value : undefined;
  if (found !== LAYOUT_VERSION) {
    throw new EngineError(
      FAIL_STALE,
      `the engine has layout ${String(found)}, this program ${LAYOUT_VERSION}; run npm run build`,
    );
  }
  return engine;
}
