import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';

const ARENA = 65536;
const TOP = 8 * 65536;

interface Probe {
  probeReset(arena: number, top: number, bytes: number, buckets: number): void;
  probeInsert(index: number): number;
  probeFind(index: number): number;
}

const file = new URL('../../build/systems/probe.debug.wasm', import.meta.url);
const module = new WebAssembly.Module(Uint8Array.from(readFileSync(file)));

/**
 * A visited set for states of 16 bytes that are numbers; the next free place is the caller's
 * matter, as in a worker.
 */
function makeSet(buckets: number): { add(state: number): boolean; has(state: number): boolean } {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
  const instance = new WebAssembly.Instance(module, { env: { memory }, own: { check: () => 0 } });
  const probe = instance.exports as unknown as Probe;
  const words = new Uint32Array(memory.buffer);
  probe.probeReset(ARENA, TOP, 16, buckets);
  let next = 0;
  const write = (state: number): void => {
    words.set([state, 0, state * 3, state], (ARENA + next * 16) / 4);
  };
  return {
    add: (state) => {
      write(state);
      const isNew = probe.probeInsert(next) === 1;
      if (isNew) next += 1;
      return isNew;
    },
    has: (state) => {
      write(state);
      return probe.probeFind(next) >= 0;
    },
  };
}

/** Every sequence of so many numbers below `base`. */
function* sequences(length: number, base: number): Generator<number[]> {
  for (let code = 0; code < base ** length; code += 1) {
    yield Array.from({ length }, (_, at) => Math.floor(code / base ** at) % base);
  }
}

describe(`visited set (${SEED_TITLE})`, () => {
  it('answers as a Set does', () => {
    const states = fc.array(fc.nat({ max: 300 }), { maxLength: 400 });

    fc.assert(
      fc.property(states, fc.constantFrom(64, 100, 1000), (added, buckets) => {
        const set = makeSet(buckets);
        const oracle = new Set<number>();
        for (const state of added) {
          expect(set.has(state)).toBe(oracle.has(state));
          expect(set.add(state)).toBe(!oracle.has(state));
          oracle.add(state);
        }
      }),
      { ...FC, numRuns: runs(60) },
    );
  });

  it('tells new from known in every order of six inserts into one bucket', () => {
    const differences: number[][] = [];
    for (const order of sequences(6, 4)) {
      const set = makeSet(1);
      const news = order.filter((state) => set.add(state)).length;
      if (news !== new Set(order).size) differences.push(order);
    }

    expect(differences).toEqual([]);
  });

  it('fills its last slot, and fails when there is none instead of going round for ever', () => {
    const set = makeSet(1);
    for (let state = 0; state < 8; state += 1) expect(set.add(state)).toBe(true);

    expect(set.has(7)).toBe(true);
    expect(() => set.add(8)).toThrow('unreachable');
  });
});
