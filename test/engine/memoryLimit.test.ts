/** Which limit of memory holds, and when the watch ends a search. */
import { describe, expect, it } from 'vitest';
import type { Room } from '../../src/engine/machineMemory.ts';
import {
  ENGINE_BYTES_MAX,
  type MemoryLimit,
  makeMemoryWatch,
  memoryLimit,
} from '../../src/engine/memoryLimit.ts';

const MIB = 2 ** 20;
const roomOf = (bytes: number, source = 'memory.max'): Room => ({
  bytes,
  limitBytes: 2 * bytes,
  source,
});

describe('the limit of memory', () => {
  it('is what the engine addresses on a large machine', () => {
    expect(memoryLimit(undefined, roomOf(64 * 1024 * MIB))).toMatchObject({
      bytes: ENGINE_BYTES_MAX,
      setBy: 'engine',
    });
    expect(memoryLimit(undefined, null).setBy).toBe('engine');
  });

  it('is what a small machine has, less a margin', () => {
    expect(memoryLimit(undefined, roomOf(512 * MIB))).toEqual({
      bytes: 448 * MIB,
      setBy: 'machine',
      source: 'memory.max',
    });
    expect(memoryLimit(undefined, roomOf(2000 * MIB)).bytes).toBe(1900 * MIB);
    expect(memoryLimit(undefined, roomOf(10 * MIB)).bytes).toBe(0);
  });

  it("is the user's where that is tighter, and the machine's where not", () => {
    expect(memoryLimit(64 * MIB, roomOf(512 * MIB))).toEqual({
      bytes: 64 * MIB,
      setBy: 'user',
      source: '--memory',
    });
    expect(memoryLimit(1024 * MIB, roomOf(512 * MIB)).setBy).toBe('machine');
    expect(memoryLimit(2 ** 40, null).setBy).toBe('engine');
  });
});

describe('the watch of memory', () => {
  const limit: MemoryLimit = { bytes: 100 * MIB, setBy: 'user', source: '--memory' };

  it('counts what came after its start, and lets threads have a little', () => {
    let resident = 70 * MIB;
    const watch = makeMemoryWatch(limit, { resident: () => resident, room: () => null });

    resident = 200 * MIB;
    expect(watch(0.1)).toBeNull();
    resident = 203 * MIB;
    expect(watch(0.2)).toBe(limit);
  });

  it('sees once a second whether the machine is short, and who says so', () => {
    let room: Room | null = roomOf(400 * MIB, 'memory.high');
    const watch = makeMemoryWatch(limit, { resident: () => 0, room: () => room });

    expect(watch(1)).toBeNull();
    room = roomOf(20 * MIB, 'memory.high');
    expect(watch(1.5)).toBeNull();
    expect(watch(2)).toEqual({ bytes: 40 * MIB, setBy: 'machine', source: 'memory.high' });
  });
});
