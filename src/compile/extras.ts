/**
 * Which optional parts of the state a scenario has: what its kernel or its actors need, and nothing
 * else, so that no generation pays for another.
 */
import type { Kernel } from '../kernel/features.js';
import type { Model } from '../model/model.js';

/** Records of 16, 16, 16 and 2 bytes: one, for each region, device, block. */
export interface Extras {
  readonly global: boolean;
  readonly region: boolean;
  readonly device: boolean;
  readonly block: boolean;
}

/** Plans the optional parts of a model under its kernel. */
export function planExtras(kernel: Kernel, _model: Model): Extras {
  // Before v5.3 nobody removes a block, so nobody asks who added it.
  const block = kernel.features.has('kmem-hotremove');
  return { global: false, region: false, device: false, block };
}
