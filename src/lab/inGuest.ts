/**
 * The machine of a model as its guest has it: another /proc/iomem around the same dax regions, and
 * devices that match kmem by type where hmem makes them so.
 *
 * A guest has 512 MiB of RAM, whatever the model's machine has, and the kernel under test names
 * what lies above a device in its own way; a model is predicted with these lines and not its own.
 */
import { resolveKernel } from '../kernel/features.js';
import type { DaxRegion, IomemNode, Model, Place, Range } from '../model/model.js';
import type { Rig } from './rig.js';

const node = (
  name: string,
  { start, end }: Range,
  place: Place,
  children: readonly IomemNode[] = [],
): IomemNode => ({ name, start, end, place, children });

/** What stands above the devices of a region whose provider is in place. */
function regionNode(index: number, span: Range, rig: Rig, model: Model): IomemNode {
  const { place } = model.kernel;
  if (rig.kind === 'nvdimm') return node('Persistent Memory', span, place);
  const reserved = node('Soft Reserved', span, place);
  // Before that the platform device has the range as a resource of its own: drivers/dax/hmem/
  // device.c hmem_register_device(), v6.1.
  if (resolveKernel(model.kernel).features.has('hmem-platform')) return reserved;
  return node(`hmem.${index}`, span, place, [reserved]);
}

/**
 * Regions as hmem makes them: from v6.3 on their devices match kmem by type, whether the model says
 * so or not; kernels before do not look at the type. Source: drivers/dax/hmem/hmem.c
 * dax_hmem_probe(), v6.12, without the module's parameter region_idle.
 */
function regionsOf({ machine }: Model, { kind }: Rig): readonly DaxRegion[] {
  if (kind === 'nvdimm') return machine.regions;
  return machine.regions.map((region) => ({ ...region, kmemByType: true }));
}

/** The model with the /proc/iomem of its guest, and its regions as a guest has them. */
export function inGuest(model: Model, rig: Rig): Model {
  const { machine } = model;
  const { place } = model.kernel;
  const low = [
    node('System RAM', { start: 0x1000n, end: 0x9fbffn }, place),
    node('System RAM', { start: 0x100000n, end: rig.lowBytes - 0x21001n }, place),
  ];
  // Ranges of the firmware are put into the listing by the model's own initcalls.
  const high =
    machine.firmware === null
      ? [...rig.spans]
          .sort((left, right) => (left.start < right.start ? -1 : 1))
          .map((span, index) => regionNode(index, span, rig, model))
      : [];
  return {
    ...model,
    machine: { ...machine, regions: regionsOf(model, rig), iomem: [...low, ...high] },
  };
}
