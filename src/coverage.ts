/**
 * Explores a model once more, without reductions, to tell what the run has done and what not.
 */
import { compileModel } from './compile/scenario.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import { stopMasksOf } from './verdict/conclude.js';
import { type Coverage, coverageOf } from './verdict/coverage.js';

export type { Coverage } from './verdict/coverage.js';

export interface CoverageOptions {
  readonly workers?: number;
  readonly seconds?: number;
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
}

/**
 * Tells what a run of the model covers: breadth first, to where `explore` ends.
 *
 * Throws as `explore` does.
 */
export async function cover(model: Model, options: CoverageOptions = {}): Promise<Coverage> {
  const { workers = 1, seconds, memoryBytes, signal } = options;
  const { states, depth } = model.limits;
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario, {
    workers,
    coverage: true,
    ...stopMasksOf(model),
    limits: { states: states ?? undefined, depth: depth ?? undefined, seconds, memoryBytes },
    ...(signal !== undefined && { signal }),
  });
  return coverageOf(engine, scenario, await engine.search());
}
