/**
 * A search taken up from its checkpoint ends as one that was never interrupted, and is refused
 * where it would be another search.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  anyGraph,
  encodeGraph,
  open,
  outcome,
  type SearchOptions,
  searchAll,
} from '../search/systems.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daxcheck-resume-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const directory = (): string => join(home, 'ck');

/** Options of a search with checkpoints at every level. */
function saved(
  resume: boolean,
  options: SearchOptions = {},
  told: string[] = [],
  identity: { readonly [name: string]: string } = { kernel: 'v6.1' },
): SearchOptions {
  const onNotice = (text: string): number => told.push(text);
  const checkpoint = { directory: directory(), resume, everySeconds: 0, identity, onNotice };
  return { ...options, checkpoint };
}

describe(`a search that was cut off and resumed (${SEED_TITLE})`, () => {
  it.each([
    { name: 'daxhp', scenario: [2, 2, 2, 0], first: 1, after: 1 },
    { name: 'daxhp', scenario: [2, 2, 2, 0], first: 1, after: 2 },
    { name: 'daxhp', scenario: [2, 2, 2, 0], first: 2, after: 1 },
    { name: 'twoPhase', scenario: [6], first: 2, after: 2 },
  ] as const)('ends as a whole one: $name, $first then $after workers', async (row) => {
    const { name, scenario, first, after } = row;
    const whole = outcome(await open(name, scenario).search());
    const limits = { depth: 5 };
    const parallelFrom = 1000;
    const told: string[] = [];

    const begun = saved(false, { workers: first, parallelFrom, limits });
    expect((await open(name, scenario, begun).search()).stoppedBy).toBe('depth');
    for (const depth of [6, 12]) {
      const more = saved(true, { workers: first, parallelFrom, limits: { depth } }, told);
      expect((await open(name, scenario, more).search()).depth).toBe(depth);
    }
    const rest = saved(true, { workers: after, parallelFrom }, told);

    expect(outcome(await open(name, scenario, rest).search())).toEqual(whole);
    expect(told.map((text) => text.replace(directory(), 'DIR'))).toEqual([
      expect.stringMatching(/^going on from the checkpoint in DIR: [0-9,]+ states, depth 5$/),
      expect.stringMatching(/^going on from the checkpoint in DIR: [0-9,]+ states, depth 6$/),
      expect.stringMatching(/^going on from the checkpoint in DIR: [0-9,]+ states, depth 12$/),
    ]);
  });

  it('gives the same violations and traces, wherever it was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat({ max: 6 }), fc.integer(), async (graph, depth, mask) => {
        rmSync(directory(), { recursive: true, force: true });
        const scenario = encodeGraph(graph);
        const stopMask = mask >>> 0;
        const whole = await searchAll(open('graph', scenario, { stopMask }));
        const begun = open('graph', scenario, saved(false, { stopMask, limits: { depth } }));
        const { stoppedBy } = await begun.search();
        if (stoppedBy !== 'depth') return;

        const rest = open('graph', scenario, saved(true, { stopMask }));

        expect(await searchAll(rest)).toEqual(whole);
      }),
      { ...FC, numRuns: runs(60) },
    );
  });

  it('ends as a whole one when it was stopped within a level', async () => {
    const scenario = [2, 2, 2, 0];
    const whole = outcome(await open('daxhp', scenario).search());
    let cuts = 0;
    for (let milliseconds = 5; ; milliseconds += 10) {
      const signal = AbortSignal.timeout(milliseconds);
      const result = await open('daxhp', scenario, saved(cuts > 0, { signal })).search();
      if (result.stoppedBy === 'interrupt') cuts += 1;
      else {
        expect(outcome(result)).toEqual(whole);
        break;
      }
    }
    expect(cuts).toBeGreaterThan(0);
  });

  it('starts anew, and says so, where no checkpoint was written yet', async () => {
    const told: string[] = [];

    const result = await open('twoPhase', [3], saved(true, {}, told)).search();

    expect(result.distinctStates).toBe(288);
    expect(told).toEqual([`no checkpoint is in ${directory()} yet: the search starts anew`]);
  });
});

describe('a checkpoint', () => {
  beforeEach(async () => {
    await open('twoPhase', [5], saved(false, { limits: { depth: 8 } })).search();
  });

  it('is not resumed where something differs, and the first difference is told', async () => {
    const other = open('twoPhase', [4], saved(true));
    await expect(other.search()).rejects.toThrow(
      /another search: its model \(digest\) is [0-9a-f]{16}, now it is [0-9a-f]{16}; search with/,
    );
    const kernel = open('twoPhase', [5], saved(true, {}, [], { kernel: 'v6.12' }));
    await expect(kernel.search()).rejects.toThrow(
      'is of another search: its kernel is v6.1, now it is v6.12; search with what it was made of',
    );
  });

  it('is not overwritten by a search that starts anew', async () => {
    await expect(open('twoPhase', [5], saved(false)).search()).rejects.toThrow(
      `holds a search that has not ended: go on with --resume ${directory()}, or remove it`,
    );
  });

  it('needs the memory that its states need', async () => {
    rmSync(directory(), { recursive: true });
    const limits = { states: 300_000 };
    await open('daxhp', [3, 2, 2, 0], saved(false, { limits })).search();

    const small = saved(true, { limits: { memoryBytes: 14 << 20 } });

    await expect(open('daxhp', [3, 2, 2, 0], small).search()).rejects.toThrow(
      /has [0-9,]+ states, and they do not fit in memory; allow more with --memory/,
    );
  });

  it('is left behind by a search that memory ended, and one with more memory goes on', async () => {
    rmSync(directory(), { recursive: true });
    const whole = outcome(await open('daxhp', [2, 2, 2, 0]).search());
    const little = saved(false, { limits: { memoryBytes: 10 << 20 } });
    const cut = await open('daxhp', [2, 2, 2, 0], little).search();
    expect(cut.stoppedBy).toBe('memory');

    const rest = await open('daxhp', [2, 2, 2, 0], saved(true)).search();

    expect(outcome(rest)).toEqual(whole);
  });
});
