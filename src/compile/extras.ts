/**
 * Which optional parts of the state a scenario has: what its kernel or its actors need, and nothing
 * else, so that no generation pays for another.
 */
import type { Kernel } from '../kernel/features.js';
import type { Model } from '../model/model.js';

/** Boot memory lies on node 0: nothing in a memory map says otherwise. */
export const BOOT_NODE = 0;

/** Records of 16, 16, 16 and 2 bytes: one, for each region, device, block. */
export interface Extras {
  readonly global: boolean;
  readonly region: boolean;
  readonly device: boolean;
  readonly block: boolean;
}

/** Whether an actor's text has a word. */
export function says(model: Model, word: string): boolean {
  return model.actors.some((actor) => {
    if (actor.kind === 'script') return actor.script.text.includes(word);
    if (actor.kind === 'any') return actor.commands.some(({ text }) => text.includes(word));
    return actor.rules.some(({ text }) => text.includes(word));
  });
}

/** Whether devices of nvdimm come and go: who writes a claim's namespace or nd_region's files. */
export function hasNvdimmWorks(model: Model): boolean {
  return says(model, '/namespace') || says(model, '/nd_region/');
}

/**
 * Whether the memory type of the boot memory's node is followed: kmem counts it without naming it,
 * and a device lies on that node.
 */
export function followsMemoryType(features: ReadonlySet<string>, model: Model): boolean {
  const isOnBootNode = model.machine.regions.some(({ targetNode }) => targetNode === BOOT_NODE);
  return features.has('kmem-type-by-distance') && isOnBootNode;
}

/** Plans the optional parts of a model under its kernel. */
export function planExtras({ features }: Kernel, model: Model): Extras {
  const { firmware, memmapOnMemory } = model.machine;
  const isCxl = memmapOnMemory && (firmware?.cxlRegions ?? []).length > 0;
  const memmap =
    (features.has('memmap-on-memory-attr') && says(model, 'memmap_on_memory')) ||
    (features.has('memmap-on-memory') && isCxl);
  const fsdev = features.has('fsdev-dax');
  // What is allocated tells only where it can stay behind.
  const fails = model.faults.some(({ point }) => point === 'create_dev_dax');
  const heap = features.has('multi-range') && (fails || !features.has('range-array-freed'));
  return {
    // Whether memory has changed since /proc/kcore was opened is only asked where it is.
    global: fsdev || says(model, '/proc/kcore') || followsMemoryType(features, model),
    // Locks of nvdimm's tell only where somebody writes a namespace's uuid.
    region: says(model, '/uuid') || hasNvdimmWorks(model),
    device: memmap || fsdev || heap || features.has('kmem-state'),
    // Before v5.3 nobody removes a block, so nobody asks who added it.
    block: features.has('kmem-hotremove'),
  };
}
