/** The values of options: what is taken, what is refused, and what they make of a model. */
import { describe, expect, it } from 'vitest';
import {
  override,
  parseCount,
  parseFeatures,
  parseGranularity,
  parseMemory,
  parseRelease,
  parseSeconds,
  parseWorkers,
} from '../../src/cli/options.js';
import { kernelRequestOf, resolveKernel } from '../../src/kernel/features.js';
import { readTextFile } from '../../src/model/files.js';
import { parseModel } from '../../src/model/load.js';
import type { Model } from '../../src/model/model.js';

const TEXT = `
format: 1
title: one device
kernel: v5.1
machine:
  block_size: 128M
  iomem: |
    00000000-1fffffff : System RAM
  dax:
    dax0.0: { range: 100000000-10fffffff, target_node: 1, driver: device_dax }
actors:
  admin: |
    echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind
expect: { holds: true, states: 3 }
`;

function model(): Model {
  const parsed = parseModel(TEXT, 'one.yaml', readTextFile);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((fault) => fault.message).join('; '));
  return parsed.model;
}

describe('a count', () => {
  it('is a whole number from 1', () => {
    expect(parseCount('1')).toBe(1);
    expect(parseCount('300000')).toBe(300_000);
  });

  it.each(['0', '-1', '1.5', '1e3', 'many', '', '99999999999999999999'])('is not %j', (text) => {
    expect(() => parseCount(text)).toThrow('whole number');
  });
});

describe('the other values', () => {
  it('are 1 to 64 workers', () => {
    expect(parseWorkers('64')).toBe(64);
    expect(() => parseWorkers('65')).toThrow('1 to 64');
  });

  it('are seconds with a fraction', () => {
    expect(parseSeconds('0.5')).toBe(0.5);
    expect(() => parseSeconds('0')).toThrow('above 0');
    expect(() => parseSeconds('soon')).toThrow('above 0');
  });

  it('are binary sizes of memory', () => {
    expect(parseMemory('2G')).toBe(2 ** 31);
    expect(() => parseMemory('1K')).toThrow('at least 1M');
    expect(() => parseMemory('2X')).toThrow('at least 1M');
  });

  it('are call and step', () => {
    expect(parseGranularity('step')).toBe('step');
    expect(() => parseGranularity('line')).toThrow('call or step');
  });
});

describe('the names of kernels', () => {
  it('may leave the v out', () => {
    expect(parseRelease('5.1')).toBe('v5.1');
  });

  it('are refused with the known ones when unknown', () => {
    expect(() => parseRelease('v9.9')).toThrow(/v5\.0.*v5\.1/);
  });

  it('take features in a list and in further uses of the option', () => {
    expect(parseFeatures('kmem,class-compat', ['dax-bus'])).toEqual([
      'dax-bus',
      'kmem',
      'class-compat',
    ]);
  });

  it('refuse all unknown features at once, with the nearest', () => {
    expect(() => parseFeatures('kmen,clas-compat')).toThrow(/kmen.*`kmem`.*`class-compat`/s);
  });

  it('can be read again from a verdict', () => {
    const request = { release: 'v5.1', without: ['kmem', 'class-compat'], with: ['canary'] };
    expect(kernelRequestOf(resolveKernel(request).name)).toEqual(request);
    expect(kernelRequestOf('v5.0')).toEqual({ release: 'v5.0', without: [], with: [] });
  });
});

describe('overriding a model', () => {
  it('leaves it as it is, with its declaration, when nothing is wished', () => {
    const before = model();
    expect(override(before, {})).toBe(before);
  });

  it('replaces what is wished and takes the declaration away', () => {
    const after = override(model(), { kernel: 'v5.0', granularity: 'step', maxDepth: 3 });
    expect(after.kernel.release).toBe('v5.0');
    expect(after.granularity).toBe('step');
    expect(after.limits).toEqual({ states: null, depth: 3 });
    expect(after.expect).toBeNull();
  });

  it('adds to the features that the model takes away', () => {
    const once = override(model(), { without: ['kmem'] });
    const twice = override(once, { without: ['kmem', 'class-compat'] });
    expect(twice.kernel.without).toEqual(['kmem', 'class-compat']);
  });
});
