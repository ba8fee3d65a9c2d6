/** Small inputs and short ways from them to a machine. */
import { emptyFacts, type Facts } from '../../src/import/facts.js';
import { readText } from '../../src/import/inputs.js';
import { joinFacts, type Wishes } from '../../src/import/join.js';
import type { ImportedMachine } from '../../src/import/machine.js';

type TextKind = Parameters<typeof readText>[0];

/** Texts by kind; the file of each is named after its kind. */
export type Texts = { readonly [K in TextKind]?: string };

export function factsOf(texts: Texts): Facts {
  const facts = emptyFacts();
  for (const [kind, text] of Object.entries(texts)) {
    readText(kind as TextKind, text, `${kind}.txt`, facts);
  }
  return facts;
}

export interface Joined {
  readonly machine: ImportedMachine | null;
  readonly facts: Facts;
  /** `CODE file:line` of each fault and warning. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

export function joined(texts: Texts, wishes: Wishes = {}): Joined {
  const facts = factsOf(texts);
  const machine = joinFacts(facts, wishes);
  const shown = (list: Facts['faults']): string[] =>
    list.map(({ code, place }) => `${code} ${place.file}:${place.line}`);
  return { machine, facts, faults: shown(facts.faults), warnings: shown(facts.warnings) };
}

/** A server whose BIOS puts 128 GiB of CXL memory off the grain of its 2 GiB blocks. */
export const CXL_2G = `\
1050000000-304fffffff : CXL Window 0
  1050000000-304fffffff : region0
    1050000000-304fffffff : Soft Reserved
      1080000000-2fffffffff : dax0.0
        1080000000-2fffffffff : System RAM (kmem)
`;

/** A guest with 8 GiB of persistent memory on kmem. */
export const PMEM_128M = `\
00001000-0009ffff : System RAM
00100000-bfffffff : System RAM
140000000-33fffffff : Persistent Memory
  140000000-1481fffff : namespace0.0
  150000000-33fffffff : dax0.0
    150000000-33fffffff : System RAM (kmem)
`;

/** The same memory on device_dax. */
export const PMEM_DEVDAX = `\
00001000-0009ffff : System RAM
00100000-bfffffff : System RAM
140000000-33fffffff : Persistent Memory
  140000000-1481fffff : namespace0.0
  148200000-33fffffff : dax0.0
`;

export const DEVDAX_LIST = `\
[
  {
    "chardev":"dax0.0",
    "size":8453619712,
    "target_node":2,
    "align":2097152,
    "mode":"devdax"
  }
]
`;
