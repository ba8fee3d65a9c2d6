/**
 * Opens the engine's kernel build on a scenario.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LAYOUT_VERSION } from '../assembly/layout.js';
import type { Scenario } from './compile/scenario.js';
import { type Engine, EngineError, type EngineOptions, openEngine } from './engine/engine.js';
import { FAIL_STALE } from './engine/engineError.js';

/** Finds the module beside the sources or beside the bundle. */
function wasmFile(name: string): string {
  const places = [`../build/${name}`, `../../build/${name}`].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    throw new EngineError(FAIL_STALE, `no engine at ${places.join(' or ')}; run npm run build`);
  }
  return found;
}

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
  return readFileSync(wasmFile(`engine${build}.wasm`));
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
