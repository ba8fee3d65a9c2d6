/**
 * CXL windows that are put into the tree while kmem has reserved a range and not yet added it: they
 * land inside of the reservation, and the add fails.
 */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.ts';
import { modelOf } from '../support/run.ts';

const modelOn = (kernel: string) =>
  modelOf(`
format: 1
title: windows come while kmem is between its reservation and add_memory
kernel: ${kernel}
granularity: step
machine:
  block_size: 128M
  iomem: '00000000-3fffffff : System RAM'
  soft_reserved: [{ range: 400000000-40fffffff, target_node: 1 }]
  cxl: { windows: [400000000-407ffffff, 408000000-40fffffff] }
  modules: { kmem: not-loaded }
actors:
  hmem: |
    insmod dax_hmem.ko
    modprobe kmem
  cxl: modprobe cxl_acpi
check: [no-leak, no-overlap, resource-tree]
`);

describe('a probe of kmem that fails behind its reservation', () => {
  it('gives what came to lie inside to the line above (v6.3: remove_resource)', async () => {
    const { verdict, violations } = await explore(modelOn('v6.12'));

    expect(violations).toEqual([]);
    expect(verdict).toBe('holds');
  });
});
