/**
 * What target nodes mean before anything is done: kmem refuses a device without one, and memory on
 * a node that has boot memory is no node of its own, whatever is done with it.
 *
 * Source: drivers/dax/kmem.c dev_dax_kmem_probe(), v5.1 and v6.12 (a negative node is EINVAL);
 * drivers/base/dd.c, v5.13 (bind answers ENODEV for that).
 */
import { formatRange, overlaps } from '../model/quantity.js';
import { type BlockRun, type Facts, warn } from './facts.js';
import type { ImportedDevice } from './machine.js';

/** Blocks of a node that no dax device has; null where none is told. */
function bootBlocks(
  facts: Facts,
  devices: readonly ImportedDevice[],
  node: number,
): BlockRun | null {
  const ranges = devices.flatMap((device) => device.ranges.value);
  const isFree = (run: BlockRun): boolean => !ranges.some((range) => overlaps(range, run));
  return facts.blocks.find((run) => run.node === node && isFree(run)) ?? null;
}

/** Warns of devices that cannot become memory, or memory of a node of its own. */
export function warnOfNodes(facts: Facts, devices: readonly ImportedDevice[]): void {
  const isTold = facts.blocks.some(({ node }) => node !== null);
  for (const { name, targetNode } of devices) {
    const { value: node, origin } = targetNode;
    if (!('place' in origin)) continue;
    if (node === null) {
      const message = `${name} has no target node: kmem refuses it`;
      warn(facts, 'DAX520', origin.place, message);
      continue;
    }
    const run = bootBlocks(facts, devices, node);
    if (run === null && (isTold || node !== 0)) continue;
    const who =
      run === null ? 'where boot memory is' : `as ${formatRange(run)}, which no dax device has`;
    const message = `${name} has target node ${node}, ${who}: it cannot be a node of its own`;
    warn(facts, 'DAX521', origin.place, message);
  }
}
