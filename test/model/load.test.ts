/**
 * Whole model files: YAML, shape, faults of all kinds at once, damage.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { BASE, faultsOf, HEAD, hintOf, load, modelOf } from './support.ts';

describe('a model file', () => {
  it('fills in what it does not say', () => {
    const model = modelOf(BASE);

    expect(model).toMatchObject({
      granularity: 'call',
      actors: [],
      faults: [],
      check: null,
      continueAfterViolation: false,
      limits: { states: null, depth: null },
      expect: null,
      machine: {
        autoOnlineBlocks: 'offline',
        movableNode: false,
        memoryLimit: null,
        modules: { device_dax: 'loaded', kmem: 'loaded' },
        ids: { device_dax: [], kmem: [] },
      },
    });
  });

  it('may be written with CRLF', () => {
    expect(modelOf(BASE.replaceAll('\n', '\r\n')).title).toBe('a test');
  });

  it('may name a kernel by its features', () => {
    const text = BASE.replace('kernel: v5.1', 'kernel: { base: v5.1, without: [a], with: [b] }');

    expect(modelOf(text).kernel).toMatchObject({ release: 'v5.1', without: ['a'], with: ['b'] });
  });
});

describe('the text of a model', () => {
  it.each([
    ['duplicate key', `${BASE}title: again\n`, ['DAX007 8:1']],
    ['tab in the indentation', `${HEAD}machine:\n\tblock_size: 128M\n`, ['DAX008 5:1']],
    ['alias', BASE.replace('a test', '*x'), ['DAX009 2:8']],
    ['anchor', BASE.replace('a test', '&x a test'), ['DAX009 2:11']],
    ['merge key', `${BASE}<<: { title: x }\n`, ['DAX009 8:1']],
    ['tag', BASE.replace('a test', '!!str a test'), ['DAX009 2:14']],
    ['second document', `${BASE}---\nx: 1\n`, ['DAX006 8:1']],
    ['broken flow', `${BASE}check: [a\n`, ['DAX006 9:1']],
    ['deep nesting', `${BASE}check: ${'['.repeat(5000)}\n`, ['DAX006 8:70']],
  ])('is refused for a %s', (_, text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });

  it('is refused as a whole when it is no mapping', () => {
    expect(faultsOf('hello\n')).toEqual(['DAX012 1:1']);
  });

  it('is refused when it is empty', () => {
    expect(faultsOf('')).toEqual(['DAX012 1:1']);
  });

  it('is refused at once when it is as long as no model', () => {
    expect(faultsOf('x'.repeat(300_000))).toEqual(['DAX004 1:1']);
  });
});

describe('the shape of a model', () => {
  it.each([
    ['unknown key at the top', `${BASE}granularty: call\n`, ['DAX010 8:1']],
    ['unknown key of a device', BASE.replace('driver:', 'drivers:'), ['DAX010 7:59']],
    ['missing title', BASE.replace('title: a test\n', ''), ['DAX011 1:1']],
    ['missing block size', `${HEAD}machine:\n  dax: {}\n`, ['DAX011 4:1']],
    ['number as text', BASE.replace('a test', '5'), ['DAX012 2:8']],
    ['empty section', `${HEAD}machine:\n`, ['DAX012 4:9']],
    ['other format', BASE.replace('format: 1', 'format: 2'), ['DAX013 1:9']],
    ['unknown driver', BASE.replace('driver: kmem', 'driver: kmen'), ['DAX013 7:67']],
    ['zero limit', `${BASE}limits: { states: 0 }\n`, ['DAX014 8:19']],
    ['malformed device name', BASE.replace('dax0.0:', 'dax0:'), ['DAX018 7:5']],
    ['malformed size', BASE.replace('128M', '128MB'), ['DAX020 5:15']],
    ['malformed range', BASE.replace('100000000-', '100000000..'), ['DAX021 7:22']],
    ['malformed release', BASE.replace('v5.1', '5.1'), ['DAX012 3:9']],
    ['malformed release name', BASE.replace('v5.1', 'v5'), ['DAX024 3:9']],
    ['empty text', BASE.replace('a test', '""'), ['DAX052 2:8']],
  ])('is refused for a %s', (_, text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });

  it('suggests the key that was meant', () => {
    expect(hintOf(`${BASE}granularty: call\n`)).toContain('did you mean `granularity`?');
  });

  it('suggests the value that was meant', () => {
    expect(hintOf(BASE.replace('driver: kmem', 'driver: kmen'))).toContain('mean `kmem`?');
  });
});

describe('faults of all kinds', () => {
  it('are reported at once, in the order of the file', () => {
    const text = `format: 1
titel: x
kernel: v5.1
machine:
  block_size: 100M
  iomem: |
    00000000-1fffffff : System RAM
      00001000-2fffffff : Kernel code
    20000000-1fffffff : Reserved
  dax:
    dax0.0: { range: 100000000-10fffffff, target_node: 1, drvier: kmem }
    dax1.0: { range: 100000000-10fffffff, target_node: 1, blocks: online }
actors:
  a: { times: 2 }
`;

    expect(faultsOf(text)).toEqual([
      'DAX011 1:1',
      'DAX010 2:1',
      'DAX023 5:15',
      'DAX105 8:7',
      'DAX104 9:5',
      'DAX010 11:59',
      'DAX034 12:22',
      'DAX035 12:22',
      'DAX037 12:59',
      'DAX050 14:3',
    ]);
  });

  it('are told by their number beyond fifty', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `x${index}: 1\n`).join('');
    const result = load(BASE + lines);

    expect(result.ok ? [] : result.diagnostics).toHaveLength(51);
    expect(result.ok ? '' : result.diagnostics.at(-1)?.message).toBe('and at least 10 more faults');
  });
});

describe('kernel names', () => {
  const options = {
    releases: { names: ['v5.0', 'v5.1'] },
    features: ['walk-ram-children', 'target-node'],
  };

  it('are checked against the releases that exist', () => {
    expect(faultsOf(BASE.replace('v5.1', 'v5.2'), {}, options)).toEqual(['DAX024 3:9']);
  });

  it('are checked against the features that exist, each at its place', () => {
    const kernel = 'kernel: { base: v5.1, without: [target-node, walk-ram], with: [x] }';
    const text = BASE.replace('kernel: v5.1', kernel);

    expect(faultsOf(text, {}, options)).toEqual(['DAX025 3:46', 'DAX025 3:64']);
  });

  it('cannot be both taken away and added', () => {
    const kernel = 'kernel: { base: v5.1, without: [target-node], with: [target-node] }';

    expect(faultsOf(BASE.replace('kernel: v5.1', kernel), {}, options)).toEqual(['DAX026 3:54']);
  });
});

describe(`damaged models (${SEED_TITLE})`, () => {
  const text = `${BASE}actors:\n  admin: |\n    echo x > /y\ncheck: [no-leak]\n`;

  it('never throw when they are cut', () => {
    fc.assert(
      fc.property(fc.nat(text.length), (at) => {
        load(text.slice(0, at));
      }),
      FC,
    );
  });

  it('never throw when characters are replaced', () => {
    const noise = fc.string({ unit: 'binary', maxLength: 4 });
    fc.assert(
      fc.property(fc.nat(text.length), noise, fc.nat(20), (at, inserted, removed) => {
        load(text.slice(0, at) + inserted + text.slice(at + removed));
      }),
      FC,
    );
  });

  it('never throw when lines change places', () => {
    const lines = text.split('\n');
    fc.assert(
      fc.property(fc.shuffledSubarray(lines), (shuffled) => {
        load(shuffled.join('\n'));
      }),
      FC,
    );
  });
});
