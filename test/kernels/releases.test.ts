/** Releases as sets of features: mainline, stable series, and what nobody knows. */
import { describe, expect, it } from 'vitest';
import { Feature as Bit } from '../../assembly/layout.js';
import { FEATURES, type Feature, resolveKernel, SELECTABLE } from '../../src/kernel/features.js';
import {
  compareReleases,
  isRelease,
  presenceOf,
  RELEASES,
  releaseNamed,
} from '../../src/kernel/releases.js';

const feature = (since: string, backports: readonly string[] = []): Feature => ({
  id: 'fix',
  commit: null,
  title: 'a fix',
  since,
  backports,
  requires: [],
  effect: 'something changes',
  bit: Bit.DaxBus,
});

describe('the releases', () => {
  it('are every mainline release from v5.0 to the newest, and kernels of distributions', () => {
    const names = RELEASES.map(({ name }) => name);
    expect(names.filter((name) => name.split('.').length === 2)).toHaveLength(20 + 20 + 4);
    expect(names.slice(0, 3)).toEqual(['v5.0', 'v5.1', 'v5.2']);
    expect(names.at(-1)).toBe('v7.3');
    expect(names).toEqual(expect.arrayContaining(['v6.1.192', 'v6.12.117']));
  });

  it('stand oldest first', () => {
    const names = RELEASES.map(({ name }) => name);
    expect([...names].sort(compareReleases)).toEqual(names);
  });

  it('begin with v5.0, which has none', () => {
    expect(releaseNamed('v5.0')).toMatchObject({ features: [], unknown: [] });
  });

  it.each(['v5.0.21', 'v5.15.135', 'v6.6.1', 'v7.3.5'])('may be the point release %s', (name) => {
    expect(isRelease(name)).toBe(true);
    expect(releaseNamed(name)?.name).toBe(name);
  });

  it.each(['v4.20', 'v5.20', 'v7.4', 'v6.1.y', '6.1', 'v6', 'v6.1.2.3', ''])(
    'are not %j',
    (name) => {
      expect(isRelease(name)).toBe(false);
      expect(releaseNamed(name)).toBeNull();
    },
  );

  it.each([
    ['v5.2', 'v5.10'],
    ['v5.10', 'v5.10.1'],
    ['v5.10.89', 'v5.10.173'],
    ['v5.19.17', 'v6.0'],
  ])('has %s before %s', (older, newer) => {
    expect(compareReleases(older, newer)).toBeLessThan(0);
    expect(compareReleases(newer, older)).toBeGreaterThan(0);
    expect(compareReleases(newer, newer)).toBe(0);
  });
});

const CASES: readonly (readonly [string, readonly string[], string, string])[] = [
  ['v5.3', [], 'v5.2', 'absent'],
  ['v5.3', [], 'v5.2.20', 'absent'],
  ['v5.3', [], 'v5.3', 'present'],
  ['v5.3', [], 'v5.10', 'present'],
  ['v6.3', ['v6.1.16', 'v5.10.173'], 'v6.1', 'absent'],
  ['v6.3', ['v6.1.16', 'v5.10.173'], 'v6.1.15', 'absent'],
  ['v6.3', ['v6.1.16', 'v5.10.173'], 'v6.1.16', 'present'],
  ['v6.3', ['v6.1.16', 'v5.10.173'], 'v5.10.200', 'present'],
  ['v6.3', ['v6.1.16', 'v5.10.173'], 'v5.15.200', 'absent'],
  ['v6.3', ['v6.1.16', 'v5.10.173'], 'v6.2.1', 'absent'],
  ['v7.1', ['v6.1.192?'], 'v6.1.192', 'present'],
  ['v7.1', ['v6.1.192?'], 'v6.1.191', 'unknown'],
  ['v7.1', ['v6.1.192?'], 'v6.1', 'absent'],
  ['unknown (seen at v6.19)', [], 'v6.19', 'present'],
  ['unknown (seen at v6.19)', [], 'v7.0', 'present'],
  ['unknown (seen at v6.19)', [], 'v6.18', 'unknown'],
  ['unknown (seen at v6.19, not at v6.12)', [], 'v6.12', 'absent'],
  ['unknown (seen at v6.19, not at v6.12)', [], 'v6.12.117', 'absent'],
  ['unknown (seen at v6.19, not at v6.12)', [], 'v6.13', 'unknown'],
  ['unknown (seen at v6.19, not at v6.12)', ['v6.12.100'], 'v6.12.117', 'present'],
  ['not merged (v3 posted 2026-04-13)', [], 'v7.3', 'absent'],
  ['never', [], 'v7.3', 'absent'],
];

describe(`whether a release has a feature, in ${CASES.length} cases`, () => {
  it.each(CASES)('since %s, backports %j: in %s it is %s', (since, backports, name, answer) => {
    expect(presenceOf(feature(since, backports), name)).toBe(answer);
  });
});

describe('the table of features', () => {
  it('has each id and each bit once', () => {
    const ids = SELECTABLE.map(({ id }) => id);
    const bits = SELECTABLE.flatMap(({ bit }) => (bit === null ? [] : [bit]));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(bits).size).toBe(bits.length);
    expect(Math.max(...bits)).toBeLessThan(128);
  });

  it('has no bit exactly where nothing changes', () => {
    expect(SELECTABLE.filter(({ bit, effect }) => (bit === null) !== (effect === null))).toEqual(
      [],
    );
  });

  it('dates each feature by a mainline release, or says where it was seen', () => {
    const form = /^(v\d+\.\d+|unknown \(seen at v\d+\.\d+(, not at v\d+\.\d+)?\))$/;
    expect(FEATURES.filter(({ since }) => !form.test(since)).map(({ id }) => id)).toEqual([]);
  });

  it('requires only features that are there', () => {
    const ids = new Set(SELECTABLE.map(({ id }) => id));
    const missing = SELECTABLE.flatMap(({ requires }) => requires.filter((id) => !ids.has(id)));
    expect(missing).toEqual([]);
  });

  it.each(RELEASES.map(({ name }) => name))('leaves nothing behind that %s requires', (name) => {
    const kernel = resolveKernel({ release: name, with: [], without: [] });
    expect(kernel.alsoGone).toEqual([]);
  });
});
