/**
 * Options of a kernel's configuration without which a guest does not come up, or is no machine of
 * the model. A kernel of Debian's has them all; this is for those that a user builds.
 */
import { LabError } from '../labError.js';
import type { KernelImage } from './kernelImage.js';

/** Options, of which any of those in a row will do, and what is not there without them. */
const OPTIONS: readonly (readonly [options: readonly string[], without: string])[] = [
  [['BLK_DEV_INITRD'], 'the kernel does not start the agent'],
  [['DEVTMPFS'], 'the agent finds no device files'],
  [['PROC_FS'], 'the agent cannot read /proc/iomem'],
  [['SYSFS'], 'the agent cannot write to the drivers'],
  [['PCI'], 'the guest has no devices'],
  [['ACPI_NUMA'], 'ranges have no node, and kmem refuses them'],
  [['VIRTIO_CONSOLE', 'SERIAL_8250'], 'the agent cannot be reached'],
  [['SERIAL_8250_CONSOLE'], 'nothing is seen of a guest that crashes'],
  [['MEMORY_HOTPLUG'], 'kmem adds no memory'],
  [['MEMORY_HOTREMOVE'], 'no memory is ever given back'],
  [['DEV_DAX_KMEM'], 'there is no kmem'],
];

/** Says which options are off that the lab needs, a line each; none when nothing is known. */
export function lackingOptions(config: KernelImage['config']): readonly string[] {
  if (config.size === 0) return [];
  const isOn = (option: string): boolean => config.has(option);
  return OPTIONS.filter(([options]) => !options.some(isOn)).map(
    ([options, without]) =>
      `${options.map((option) => `CONFIG_${option}`).join(' or ')} is off: ${without}`,
  );
}

/** Throws a LabError that names every option that is off. */
export function requireOptions({ release, config }: KernelImage): void {
  const lacking = lackingOptions(config);
  if (lacking.length > 0)
    throw new LabError(`kernel ${release} is no guest of the lab`, ...lacking);
}
