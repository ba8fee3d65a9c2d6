/** The models of models/, and engines opened as `explore` opens them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileModel } from '../../src/compile/scenario.js';
import type { Engine, SearchResult } from '../../src/engine/engine.js';
import { PROPERTIES } from '../../src/kernel/properties.js';
import { type KernelEngineOptions, openKernelEngine } from '../../src/kernelEngine.js';
import { loadModel } from '../../src/loadModel.js';
import type { Model } from '../../src/model/model.js';

const FOLDER = fileURLToPath(new URL('../../models', import.meta.url));

/** Every model file, relative to models/, in a fixed order. */
export const MODEL_FILES: readonly string[] = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('corpus.yaml'))
  .sort();

/** Where a model file of MODEL_FILES is. */
export const modelPath = (name: string): string => join(FOLDER, name);

/** Loads a model of models/; a fault of it is a fault of the test. */
export function modelNamed(name: string): Model {
  const loaded = loadModel(modelPath(name));
  if (loaded.ok) return loaded.model;
  throw new Error(loaded.diagnostics.map(({ message }) => `${name}: ${message}`).join('\n'));
}

/** The properties whose violation ends the exploration of a model. */
export function stopMaskOf(model: Model): number {
  if (model.continueAfterViolation) return 0;
  const bits = PROPERTIES.filter((row) => row.class !== 'script').map(({ bit }) => 2 ** bit);
  return [...new Set(bits)].reduce((sum, bit) => sum + bit, 0);
}

/** The model with all default properties, explored to the end whatever they show. */
export function checkAll(model: Model): Model {
  return { ...model, check: null, continueAfterViolation: true, expect: null };
}

/** Opens the engine on a model, with the model's own limits. */
export function openModel(model: Model, options: KernelEngineOptions = {}): Engine {
  const { states, depth } = model.limits;
  return openKernelEngine(compileModel(model), {
    stopMask: stopMaskOf(model),
    ownStopMask: model.continueAfterViolation ? 0 : 0xffffffff,
    limits: { states: states ?? undefined, depth: depth ?? undefined },
    ...options,
  });
}

/** What must be the same whoever searches, with a trace for each violation. */
export async function searchAndTrace(engine: Engine): Promise<object> {
  const result = await engine.search();
  const traces = [];
  for (const { property } of result.violations) {
    const trace = await engine.traceTo(property);
    // Indices differ with the number of workers, the steps do not.
    traces.push(trace && { initial: trace.initial, ordinals: trace.ordinals });
  }
  return { ...outcomeOf(result), labels: labelsOf(result), traces };
}

/** The numbers of a search that depend on nothing but the model. */
export function outcomeOf({ complete, stoppedBy, ...result }: SearchResult) {
  const { distinctStates, transitions, depth, levels, violations, ownViolations } = result;
  const found = { violations, ownViolations };
  return { complete, stoppedBy, distinctStates, transitions, depth, levels, ...found };
}

/** Details of the labels of all transitions taken, in ascending order. */
export function labelsOf({ labelsSeen }: SearchResult): number[] {
  return [...labelsSeen.entries()].flatMap(([detail, seen]) => (seen === 0 ? [] : [detail]));
}
