/**
 * The files of a checkpoint by themselves: what was written is read again, and what is damaged,
 * short or in use is refused with a sentence that says so.
 */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CheckpointFiles, openCheckpointFiles } from '../../src/engine/checkpointFiles.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';

const IDENTITY = { model: 'a' };

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daxcheck-checkpoint-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const directory = (): string => join(home, 'ck');
const data = (): string => join(directory(), 'checkpoint.data');
const manifest = (): string => join(directory(), 'checkpoint.json');

const piece = (at: number, bytes: readonly number[] | Uint8Array) => ({
  region: 'states',
  at,
  bytes: Uint8Array.from(bytes),
});

/** What a checkpoint holds, put together. */
async function contents(files: CheckpointFiles): Promise<number[]> {
  const extents = files.found?.extents ?? [];
  const memory = new Uint8Array(Math.max(0, ...extents.map(({ at, bytes }) => at + bytes)));
  await files.load(({ at, bytes }) => memory.subarray(at, at + bytes));
  return [...memory];
}

/** Writes two checkpoints, the second of which adds to the first. */
async function writeTwo(): Promise<void> {
  const files = await openCheckpointFiles(directory());
  await files.save([piece(0, [1, 2, 3])], { identity: IDENTITY, search: { level: 1 } });
  await files.save([piece(3, [4, 5])], { identity: IDENTITY, search: { level: 2 } });
  await files.close();
}

describe(`files of a checkpoint (${SEED_TITLE})`, () => {
  it('are made with the directory, and hold nothing before the first checkpoint', async () => {
    const files = await openCheckpointFiles(join(home, 'a', 'b'));

    expect(files.found).toBe(null);
    await files.close();
  });

  it('hold the last manifest and all extents of the checkpoints before it', async () => {
    await writeTwo();

    const files = await openCheckpointFiles(directory());

    expect(files.found?.search).toEqual({ level: 2 });
    expect(await contents(files)).toEqual([1, 2, 3, 4, 5]);
    await files.close();
  });

  it('give back what was written, in any division into checkpoints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.uint8Array(), { maxLength: 3 })), async (rounds) => {
        rmSync(directory(), { recursive: true, force: true });
        const wanted: number[] = [];
        for (const round of rounds) {
          // Opened anew for each: as after a kill.
          const files = await openCheckpointFiles(directory());
          const pieces = round.map((bytes) => {
            const at = wanted.length;
            wanted.push(...bytes);
            return piece(at, bytes);
          });
          await files.save(pieces, { identity: IDENTITY, search: wanted.length });
          await files.close();
        }
        const files = await openCheckpointFiles(directory());
        expect(await contents(files)).toEqual(wanted);
        await files.close();
      }),
      { ...FC, numRuns: runs(30) },
    );
  });

  it('lose what was written after the last manifest, and nothing else', async () => {
    await writeTwo();
    appendFileSync(data(), 'half a write');

    const files = await openCheckpointFiles(directory());

    expect(await contents(files)).toEqual([1, 2, 3, 4, 5]);
    expect(statSync(data()).size).toBe(5);
    await files.close();
  });

  it('stay as they were when a manifest was begun and not put in place', async () => {
    await writeTwo();
    writeFileSync(`${manifest()}.new`, 'half a mani');

    const files = await openCheckpointFiles(directory());

    expect(files.found?.search).toEqual({ level: 2 });
    await files.close();
  });

  it('are refused for every single flipped bit of the data', async () => {
    await writeTwo();
    const good = readFileSync(data());
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const bad = Uint8Array.from(good);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(data(), bad);
      const files = await openCheckpointFiles(directory());
      const which = bit < 24 ? 'bytes 0 to 2' : 'bytes 3 to 4';
      await expect(contents(files)).rejects.toThrow(
        `is damaged: ${which} (states) have another digest: restore it, or remove`,
      );
      await files.close();
    }
  });

  it('are refused for a flipped bit of the manifest, wherever it is', async () => {
    await writeTwo();
    const good = readFileSync(manifest());
    // 11 has no divisor with 8 in common: every place in a byte has its turn.
    for (let bit = 0; bit < good.length * 8; bit += 11) {
      const bad = Uint8Array.from(good);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(manifest(), bad);
      await expect(openCheckpointFiles(directory())).rejects.toThrow('checkpoint.json is damaged');
    }
  });

  it('are refused when data is missing, and it is said how much', async () => {
    await writeTwo();
    truncateSync(data(), 4);

    await expect(openCheckpointFiles(directory())).rejects.toThrow(
      'checkpoint.data is cut short (it has 4 bytes, and the manifest speaks of 5): restore it',
    );
    rmSync(data());
    await expect(openCheckpointFiles(directory())).rejects.toThrow(
      'checkpoint.data cannot be opened: a part of the path does not exist',
    );
  });

  it('remember that a search has ended, and keep none of its data', async () => {
    await writeTwo();
    const files = await openCheckpointFiles(directory());
    await files.end('holds');
    await files.close();

    const again = await openCheckpointFiles(directory());

    expect(again.found?.ended).toBe('holds');
    expect(statSync(data()).size).toBe(0);
    await again.close();
  });
});

describe('a directory of checkpoints', () => {
  it('is one process at a time', async () => {
    const files = await openCheckpointFiles(directory());

    await expect(openCheckpointFiles(directory())).rejects.toThrow(
      `is in use by process ${process.pid} on ${hostname()}: wait for it, or remove`,
    );
    await files.close();
    await (await openCheckpointFiles(directory())).close();
  });

  it.each([
    { who: 'a process that is no more', change: { pid: 2 ** 22 + 1 } },
    { who: 'a process of before the machine started anew', change: { boot: 'another' } },
    { who: 'another process that had the same number', change: { started: '1' } },
  ])('is taken over from $who', async ({ change }) => {
    const files = await openCheckpointFiles(directory());
    const lock = join(directory(), 'checkpoint.lock');
    const held: object = JSON.parse(readFileSync(lock, 'utf8'));
    writeFileSync(lock, JSON.stringify({ ...held, ...change }));

    const mine = await openCheckpointFiles(directory());

    await mine.close();
    await files.close();
    expect(readdirSync(directory()).filter((name) => name.includes('lock'))).toEqual([]);
  });

  it('is left alone while a process of another machine may be in it', async () => {
    const files = await openCheckpointFiles(directory());
    const lock = join(directory(), 'checkpoint.lock');
    const held: object = JSON.parse(readFileSync(lock, 'utf8'));
    writeFileSync(lock, JSON.stringify({ ...held, host: 'elsewhere' }));

    await expect(openCheckpointFiles(directory())).rejects.toThrow('on elsewhere: wait for it');
    await files.close();
    expect(existsSync(lock)).toBe(true);
  });

  it('that cannot be made is a fault in words', async () => {
    writeFileSync(join(home, 'file'), '');

    await expect(openCheckpointFiles(join(home, 'file', 'ck'))).rejects.toThrow(
      'cannot be made: a part of the path is no directory; name another one',
    );
  });
});
