/**
 * Context switches of counterexamples: against every shortest path of small models, tried one by
 * one with the successor function alone.
 */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import type { Engine } from '../../src/engine/engine.js';
import { explore } from '../../src/explore.js';
import { propertyNamed } from '../../src/kernel/properties.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';
import { keyOf } from '../../src/verdict/inevitable.js';
import { modelNamed } from '../explore/models.ts';

interface Way {
  readonly state: Uint8Array;
  readonly last: number;
  readonly switches: number;
}

/**
 * Fewest context switches of all shortest ways to a violation: every way is followed, by state,
 * last thread and number of switches; nothing is thrown away because something else is cheaper.
 */
function fewestSwitches(engine: Engine, bit: number): { depth: number; switches: number } | null {
  let ways: Way[] = engine.successors.initial().map((state) => ({ state, last: -1, switches: 0 }));
  const seen = new Set<string>();
  for (let depth = 0; ways.length > 0; depth++) {
    const ends = ways.filter(({ state }) => {
      const found = engine.successors.check(state) | engine.successors.expand(state).finished;
      return ((found >>> bit) & 1) !== 0;
    });
    if (ends.length > 0) return { depth, switches: Math.min(...ends.map((way) => way.switches)) };
    const next = new Map<string, Way>();
    for (const { state, last, switches } of ways) {
      for (const successor of engine.successors.expand(state).successors) {
        const thread = successor.label & 0xff;
        const count = switches + (last >= 0 && last !== thread ? 1 : 0);
        const key = `${thread} ${count} ${keyOf(successor.state)}`;
        if (!seen.has(key))
          next.set(key, { state: successor.state, last: thread, switches: count });
        seen.add(key);
      }
    }
    ways = [...next.values()];
  }
  return null;
}

async function traceOf(model: Model, property: string, workers: number) {
  const { violations } = await explore(model, { workers });
  const trace = violations.find(({ finding }) => finding.property === property);
  const threads = trace?.steps.map(({ thread }) => thread) ?? [];
  const switches = threads.filter((thread, at) => at > 0 && thread !== threads[at - 1]).length;
  return { depth: threads.length, switches, ordinals: trace?.steps.map(({ ordinal }) => ordinal) };
}

describe('of the shortest counterexamples one with the fewest context switches is told', () => {
  it.each([
    ['bugs/dl6-delete-against-unbind.yaml', 'no-deadlock'],
    ['bugs/dl6-delete-against-unbind-v6.1.yaml', 'no-deadlock'],
    ['bugs/dl1-size-against-unbind.yaml', 'no-deadlock'],
    ['bugs/dl2-mapping-show-against-shrink.yaml', 'no-deadlock'],
    ['bugs/available-size-against-unbind.yaml', 'no-deadlock'],
    ['bugs/region-unbind-leaves-device.yaml', 'no-leak'],
    ['bugs/bind-race-v5.0-drivers.yaml', 'rollback'],
    ['bugs/dax-delete-without-device-locks.yaml', 'no-crash'],
    ['bugs/shrink-in-region-unbind.yaml', 'no-crash'],
    ['bugs/l7-id-kept.yaml', 'no-leak'],
    ['bugs/drivers-probe-of-dying-device.yaml', 'no-leak'],
    ['bugs/nd-uuid-abba.yaml', 'no-deadlock'],
  ])('%s: %s', async (file, property) => {
    const model = modelNamed(file);
    const bit = propertyNamed(property)?.bit ?? 0;

    const naive = fewestSwitches(openKernelEngine(compileModel(model)), bit);
    const one = await traceOf(model, property, 1);
    const two = await traceOf(model, property, 2);

    expect(naive).not.toBeNull();
    expect({ depth: one.depth, switches: one.switches }).toEqual(naive);
    expect(two).toEqual(one);
  });
});
