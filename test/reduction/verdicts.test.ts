/**
 * What `explore` says of a model under reductions: the same verdict, status and findings, and each
 * counterexample is a behaviour of the unreduced model.
 */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { explore } from '../../src/explore.js';
import { PROPERTIES, propertyOfBit } from '../../src/kernel/properties.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';
import type { Trace } from '../../src/verdict/trace.js';
import { modelNamed } from '../explore/models.ts';
import { modelsUpTo } from './models.ts';

const BOTH = ['por', 'merge'] as const;

/** Built-in properties that the state at the end of a trace violates. */
function violatedAtEnd(model: Model, trace: Trace): readonly string[] {
  const engine = openKernelEngine(compileModel(model));
  engine.replay.initial(0);
  for (const { ordinal } of trace.steps) {
    expect(engine.replay.take(ordinal)).toBeGreaterThanOrEqual(0);
  }
  const bits = engine.replay.violated();
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => ((bits >>> bit) & 1) !== 0)
    .map((bit) => propertyOfBit(bit)?.name ?? '?');
}

const isBuiltIn = (name: string): boolean => PROPERTIES.some((row) => row.name === name);

const findingsOf = (violations: readonly Trace[]): readonly string[] =>
  violations.map(({ finding }) => `${finding.class} ${finding.property} ${finding.device ?? ''}`);

describe('explore under reductions', () => {
  it.each(modelsUpTo(4000))('says of %s what it says without', async (name) => {
    const model = { ...modelNamed(name), continueAfterViolation: true };
    const whole = await explore(model);
    const reduced = await explore(model, { reduce: BOTH });

    expect(reduced.verdict).toBe(whole.verdict);
    expect(reduced.exitStatus).toBe(whole.exitStatus);
    expect(findingsOf(reduced.violations)).toEqual(findingsOf(whole.violations));
    expect(reduced.held).toEqual(whole.held);
    expect(reduced.vacuous).toEqual(whole.vacuous);
    for (const trace of reduced.violations) {
      const { property } = trace.finding;
      if (property === 'recoverable' || !isBuiltIn(property)) continue;
      expect(violatedAtEnd(model, trace)).toContain(property);
    }
  });

  it.each(modelsUpTo(4000))('ends at a violation of %s with its verdict', async (name) => {
    const model = modelNamed(name);
    const whole = await explore(model);
    const reduced = await explore(model, { reduce: BOTH });

    expect(reduced.verdict).toBe(whole.verdict);
    expect(reduced.expectation?.met).toBe(whole.expectation?.met);
  });

  it('says which were made, and why one was not', async () => {
    const step = await explore(modelNamed('bugs/toctou-unbind.yaml'), { reduce: BOTH });
    expect(step.reductions).toEqual({ on: ['por', 'merge'], refused: [] });

    const temporal = await explore(modelNamed('properties/eventually-step.yaml'), {
      reduce: ['por'],
    });
    const why = 'a property of behaviours speaks of every step';
    expect(temporal.reductions).toEqual({ on: [], refused: [{ name: 'por', why }] });
  });

  it('is the same for any number of workers', async () => {
    const model = modelNamed('lifecycle/three-drivers-step.yaml');
    const one = await explore(model, { reduce: BOTH });
    const three = await explore(model, { reduce: BOTH, workers: 3 });
    const { measured: _, ...expected } = one;
    expect(three).toMatchObject(expected);
  });
});
