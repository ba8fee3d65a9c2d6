/** Which features have to do with a kernel function. */
import { describe, expect, it } from 'vitest';
import { describeFunctions } from '../../src/htmlReport.js';
import { featuresTouching } from '../../src/probe/touched.js';

describe('the features of a function', () => {
  it('are those whose probe looks into it', () => {
    const ids = featuresTouching('do_id_store').map(({ id }) => id);
    expect(ids).toContain('attach-on-new-id');
    expect(ids).not.toContain('kmem-hotremove');
    expect(featuresTouching('no_such_function')).toEqual([]);
  });

  it('say whether a kernel has them', () => {
    const of = (kernel: string): boolean | undefined =>
      describeFunctions(['dev_dax_kmem_remove'], kernel).dev_dax_kmem_remove?.features.find(
        ({ id }) => id === 'kmem-hotremove',
      )?.isPresent;
    expect(of('v5.1')).toBe(false);
    expect(of('v5.3')).toBe(true);
    expect(of('v5.3 without kmem-hotremove')).toBe(false);
  });

  it('come with the file that the function is in', () => {
    expect(describeFunctions(['do_id_store'], 'v6.12').do_id_store?.source).toBe(
      'drivers/dax/bus.c',
    );
  });
});
