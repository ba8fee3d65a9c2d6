import { describe, expect, it } from 'vitest';
import { EngineError, type Progress } from '../../src/engine/engine.ts';
import { memoryBytesMin } from '../../src/engine/memoryPlan.ts';
import { encodeGraph, open } from '../search/systems.ts';

describe('limits', () => {
  it.each([1, 2])('stops cleanly when the memory is full, with %i workers', async (workers) => {
    const memoryBytes = memoryBytesMin(workers) + (4 << 20);
    const engine = open('daxhp', [3, 2, 2, 0], {
      workers,
      parallelFrom: 1,
      limits: { memoryBytes },
    });

    const result = await engine.search();

    expect(result.stoppedBy).toBe('memory');
    expect(result.memoryLimit).toEqual({ bytes: memoryBytes, setBy: 'user', source: '--memory' });
    expect(result.complete).toBe(false);
    expect(result.statesAtLeast).toBeGreaterThanOrEqual(result.distinctStates);
    expect(result.levels.reduce((sum, size) => sum + size, 0)).toBe(result.distinctStates);
    expect(result.memoryBytes).toBeLessThanOrEqual(memoryBytes);
  });

  it('counts the levels before a full memory as an unlimited search does', async () => {
    const limited = await open('grid', [6, 10], {
      limits: { memoryBytes: memoryBytesMin(1) + (2 << 20) },
    }).search();
    const whole = await open('grid', [6, 10]).search();

    expect(limited.stoppedBy).toBe('memory');
    expect(limited.levels).toEqual(whole.levels.slice(0, limited.depth + 1));
  });

  it('still chooses a trace when the memory is full', async () => {
    const engine = open('daxhp', [3, 2, 2, 1], {
      limits: { memoryBytes: memoryBytesMin(1) + (2 << 20) },
    });
    await engine.search();

    expect((await engine.traceTo(0))?.ordinals).toHaveLength(8);
  });

  it.each([1, 2])('stops cleanly on an interrupt, with %i workers', async (workers) => {
    const abort = new AbortController();
    const seen: Progress[] = [];
    const engine = open('grid', [8, 12], {
      workers,
      signal: abort.signal,
      onProgress: (progress) => {
        seen.push(progress);
        abort.abort();
      },
    });

    const result = await engine.search();

    expect(result.stoppedBy).toBe('interrupt');
    expect(result.distinctStates).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThan(0);
  });

  it.each([1, 2])(
    'stops cleanly when there is no room for parts, with %i workers',
    async (workers) => {
      // A tree of states that have no part in common.
      const count = 20_000;
      const nodes = Array.from({ length: count }, (_, at) => ({
        edges: [2 * at + 1, 2 * at + 2].filter((to) => to < count).map((to) => ({ label: 0, to })),
        check: 0,
        finish: 0,
      }));
      const scenario = encodeGraph({ initial: [0], stateBytes: 128, nodes });
      const memoryBytes = memoryBytesMin(workers) + (1 << 20);
      const options = { workers, parallelFrom: 1 };

      const limited = await open('graph', scenario, {
        ...options,
        limits: { memoryBytes },
      }).search();
      const whole = await open('graph', scenario, options).search();

      expect(whole).toMatchObject({ complete: true, distinctStates: count });
      expect(limited).toMatchObject({ complete: false, stoppedBy: 'memory' });
      expect(limited.distinctStates).toBeGreaterThan(1000);
      expect(limited.levels).toEqual(whole.levels.slice(0, limited.depth + 1));
    },
  );

  it('stops cleanly when the time is over', async () => {
    const result = await open('grid', [8, 12], { workers: 2, limits: { seconds: 0.2 } }).search();

    expect(result.stoppedBy).toBe('time');
  });

  it('stops between levels at a limit of states or depth', async () => {
    const byStates = await open('grid', [3, 10], { limits: { states: 100 } }).search();
    const byDepth = await open('grid', [3, 10], { limits: { depth: 3 } }).search();

    expect(byStates).toMatchObject({ stoppedBy: 'states', levels: [1, 3, 6, 10, 15, 21, 28, 36] });
    expect(byDepth).toMatchObject({ stoppedBy: 'depth', levels: [1, 3, 6, 10] });
  });

  it('is complete when the limit of states is exactly what there is', async () => {
    const result = await open('grid', [3, 10], { limits: { states: 1000 } }).search();

    expect(result).toMatchObject({ complete: true, stoppedBy: null, distinctStates: 1000 });
  });

  it('refuses options that cannot be met, and says what can', () => {
    expect(() => open('grid', [3, 10], { workers: 65 })).toThrow('1 to 64');
    expect(() => open('grid', [3, 10], { limits: { memoryBytes: 1000 } })).toThrow('are the least');
  });
});

describe('the rule of violations', () => {
  it('stops at the first barrier at which one is known, with its level found in full', async () => {
    const node = (edges: number[], check = 0, finish = 0) => ({
      edges: edges.map((to) => ({ label: 0, to })),
      check,
      finish,
    });
    // 0 -> 1, 2; 1 -> 3 (violates property 0 when found); 2 violates property 3 when expanded; 3 ->
    // 4.
    const nodes = [node([1, 2]), node([3]), node([], 0, 8), node([4], 1), node([])];
    const engine = open('graph.debug', encodeGraph({ initial: [0], stateBytes: 8, nodes }), {
      stopMask: 1,
    });

    const result = await engine.search();

    expect(result).toMatchObject({ stoppedBy: 'violation', levels: [1, 2, 1], transitions: 3 });
    expect(result.violations).toEqual([
      { property: 0, depth: 2 },
      { property: 3, depth: 1 },
    ]);
  });
});

describe('failures', () => {
  it('turns a trap of the engine into an EngineError with its code', async () => {
    const scenario = encodeGraph({ initial: [], stateBytes: 8, nodes: [] });

    const failing = open('graph', scenario).search();

    await expect(failing).rejects.toThrow(EngineError);
    await expect(failing).rejects.toThrow('no initial state');
  });

  it('ends all threads when one of them traps', async () => {
    const fan = Array.from({ length: 200 }, (_, at) => ({ label: 0, to: at + 1 }));
    const leaf = { edges: [{ label: 0, to: 0 }], check: 0, finish: 0 };
    const nodes = [{ edges: fan, check: 0, finish: 0 }, ...fan.map(() => leaf)];
    const scenario = encodeGraph({ initial: [0], stateBytes: 8, nodes });
    // The last node's edges are said to lie beyond the end of the memory.
    const firstEdgeWord = 3 + 1 + 200 * 4;
    new DataView(scenario.buffer).setUint32(firstEdgeWord * 4, (0xfffffff0 - 65536) / 4, true);

    const failing = open('graph', scenario, { workers: 3, parallelFrom: 0 }).search();

    await expect(failing).rejects.toThrow('the engine trapped: memory access out of bounds');
  });
});
