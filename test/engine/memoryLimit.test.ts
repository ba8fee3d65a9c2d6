/** Which limit of memory holds, and when the watch ends a search. */
import { describe, expect, it } from 'vitest';
import type { Room } from '../../src/engine/machineMemory.ts';
import {
  ENGINE_BYTES_MAX,
  type MemoryLimit,
  makeMemoryWatch,
  makeRoomCheck,
  memoryLimit,
  OutOfRoom,
} from '../../src/engine/memoryLimit.ts';
import { makeShortage } from '../../src/verdict/shortage.ts';

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

describe('the room for what is answered after a search', () => {
  const limit: MemoryLimit = { bytes: 100 * MIB, setBy: 'user', source: '--memory' };

  it('is refused beyond the limit of the user, before anything is allocated', () => {
    let resident = 50 * MIB;
    const needRoom = makeRoomCheck(limit, { resident: () => resident, room: () => null });

    resident = 150 * MIB;
    expect(() => needRoom(30 * MIB, 'the transitions')).not.toThrow();
    expect(() => needRoom(40 * MIB, 'the transitions')).toThrow(
      'the transitions need 40 MiB of memory, more than is left by --memory',
    );
  });

  it('is refused where the machine has no more, and tells which file said so', () => {
    const meters = { resident: () => 0, room: () => roomOf(200 * MIB) };
    const needRoom = makeRoomCheck({ ...limit, setBy: 'engine' }, meters);
    const refused = (): unknown => {
      try {
        return needRoom(190 * MIB, 'the transitions');
      } catch (cause) {
        return cause;
      }
    };

    expect(() => needRoom(100 * MIB, 'the transitions')).not.toThrow();
    expect(refused()).toBeInstanceOf(OutOfRoom);
    expect(refused()).toMatchObject({ limit: { setBy: 'machine', source: 'memory.max' } });
  });
});

describe('a question for which there is no memory', () => {
  it('stays open, the limit is remembered, and other questions are answered', async () => {
    const { ask, limit } = makeShortage();
    const short: MemoryLimit = { bytes: 5, setBy: 'machine', source: 'memory.max' };

    expect(await ask(() => 1, 0)).toBe(1);
    expect(limit()).toBeNull();
    expect(
      await ask(() => {
        throw new OutOfRoom(MIB, 'the transitions', short);
      }, 0),
    ).toBe(0);
    expect(await ask(async () => 2, 0)).toBe(2);
    expect(limit()).toBe(short);
  });

  it('may be one that the system refuses an array for', async () => {
    const { ask, limit } = makeShortage();

    expect(await ask(() => new Uint8Array(2 ** 52).length, 0)).toBe(0);
    expect(limit()?.setBy).toBe('machine');
  });

  it('is not one that fails otherwise', async () => {
    await expect(
      makeShortage().ask(() => {
        throw new RangeError('Maximum call stack size exceeded');
      }, 0),
    ).rejects.toThrow('call stack');
  });
});
