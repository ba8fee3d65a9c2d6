/**
 * What every report of the lab says of the kernel that ran: which one, its features, its options.
 */
import { labelled, PAGE_WIDTH } from '../report/layout.js';
import type { Bench } from './up.js';

export type KernelFacts = Readonly<Record<string, string>>;

/** Options of the kernel that change what the lab sees. */
const CONFIGURATION = [
  ...['DEV_DAX', 'DEV_DAX_HMEM', 'DEV_DAX_KMEM', 'DEV_DAX_PMEM', 'DEV_DAX_CXL'],
  ...['MEMORY_HOTPLUG', 'MEMORY_HOTREMOVE', 'MHP_MEMMAP_ON_MEMORY', 'EFI_SOFT_RESERVE'],
  ...['MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO', 'PREEMPT_DYNAMIC', 'PROVE_LOCKING', 'KASAN'],
];

/** What a report says of the kernel that ran, by name. */
export const kernelFacts = ({ kernel, modelled, accelerator, rig }: Bench): KernelFacts => ({
  release: kernel.release,
  package: kernel.package === null ? 'none' : `${kernel.package} ${kernel.packageVersion}`,
  banner: kernel.banner,
  features: `${modelled.name}, from ${modelled.from}`,
  parameters: rig.parameters.join(' '),
  accelerator,
  ...Object.fromEntries(
    CONFIGURATION.map((name) => [`CONFIG_${name}`, kernel.config.get(name) ?? 'n']),
  ),
});

const DETAIL = { indent: 2, labelWidth: 14, width: PAGE_WIDTH };

/** The facts as lines of a report. */
export function factLines(facts: KernelFacts): string[] {
  const options = Object.entries(facts).filter(([name]) => name.startsWith('CONFIG_'));
  const rows: readonly (readonly [string, string])[] = [
    ['kernel', `${facts.release ?? '?'} (package ${facts.package ?? 'none'})`],
    ['features', facts.features ?? '?'],
    ['configuration', options.map(([name, value]) => `${name.slice(7)}=${value}`).join(' ')],
    ['parameters', facts.parameters ?? ''],
    ['accelerator', facts.accelerator ?? '?'],
  ];
  return rows.flatMap(([label, text]) => labelled(label, text, DETAIL));
}
