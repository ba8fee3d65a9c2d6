/**
 * `ATTR{[dmi/id]…}`: what the firmware calls the machine. Rules ask it which hypervisor they run
 * under; of bare metal no more is known than that it is none of these.
 */
import type { RuleKey } from './parseRules.js';

interface Names {
  readonly vendor: string;
  readonly product: string;
}

/** By what `systemd-detect-virt` calls it. Source: systemd, src/basic/virt.c, detect_vm_dmi(). */
const NAMES: ReadonlyMap<string, Names> = new Map([
  ['microsoft', { vendor: 'Microsoft Corporation', product: 'Virtual Machine' }],
  ['vmware', { vendor: 'VMware, Inc.', product: 'VMware Virtual Platform' }],
  ['xen', { vendor: 'Xen', product: 'HVM domU' }],
  ['oracle', { vendor: 'innotek GmbH', product: 'VirtualBox' }],
  ['kvm', { vendor: 'QEMU', product: 'Standard PC (Q35 + ICH9, 2009)' }],
  ['qemu', { vendor: 'QEMU', product: 'Standard PC (Q35 + ICH9, 2009)' }],
]);

const BARE_METAL: Names = { vendor: '(maker of this machine)', product: '(this machine)' };

/** What the attribute of a key says on such a machine; null when it is another attribute. */
export function dmiAnswer({ attribute }: RuleKey, virt: string): string | null {
  const { vendor, product } = NAMES.get(virt) ?? BARE_METAL;
  if (attribute === '[dmi/id]sys_vendor') return vendor;
  return attribute === '[dmi/id]product_name' ? product : null;
}
