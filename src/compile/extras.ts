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

/** Whether some command may open /proc/kcore: it is to be known when memory has changed since. */
const opensKcore = ({ actors }: Model): boolean =>
  actors.some((actor) => {
    if (actor.kind === 'udev') return false;
    const texts = actor.kind === 'script' ? [actor.script] : actor.commands;
    return texts.some(({ text }) => text.includes('/proc/kcore'));
  });

/** Plans the optional parts of a model under its kernel. */
export function planExtras(kernel: Kernel, model: Model): Extras {
  // Before v5.3 nobody removes a block, so nobody asks who added it.
  const block = kernel.features.has('kmem-hotremove');
  return { global: opensKcore(model), region: false, device: false, block };
}
