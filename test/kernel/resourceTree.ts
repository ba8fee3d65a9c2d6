/**
 * The text form of resource trees in the cases, and the probe that the cases run against.
 *
 * One node a line, two blanks of indentation a level, as in /proc/iomem, with the flags behind the
 * name: `[busy]`, `[ram]` (IORESOURCE_SYSRAM), `[busy ram]`. Every node is IORESOURCE_MEM. The
 * probe is the debug build of the engine: it loads a tree, does one operation with the model's
 * function of the kernel's name, and gives the tree back.
 */

export interface FlaggedNode {
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
  readonly name: string;
  readonly depth: number;
  readonly busy: boolean;
  readonly ram: boolean;
}

/** A resource tree of one kernel; addresses and sizes in bytes, modulo 2^64 as in the kernel. */
export interface ResourceProbe {
  load(nodes: readonly FlaggedNode[]): void;
  /** `__request_region` from the root, flags 0, the node named `new`. False is NULL. */
  requestRegion(start: bigint, size: bigint): boolean;
  /** `insert_resource` at the root, flags IORESOURCE_MEM, named `new`. False is -EBUSY. */
  insertResource(start: bigint, end: bigint): boolean;
  /** `__release_region` from the root. False is the message about a nonexistent resource. */
  releaseRegion(start: bigint, size: bigint): boolean;
  /** `release_resource` of the only node of that name. */
  releaseResource(name: string): void;
  /** `remove_resource` of the only node of that name. */
  removeResource(name: string): void;
  /** `release_mem_region_adjustable`. */
  releaseAdjustable(start: bigint, size: bigint): void;
  /** `walk_system_ram_range` over pages: bytes of whole pages found; null when nothing was. */
  walkSystemRam(start: bigint, size: bigint): bigint | null;
  /** `region_intersects` for IORESOURCE_SYSTEM_RAM. */
  regionIntersectsRam(start: bigint, size: bigint): 'disjoint' | 'intersects' | 'mixed';
  /** The tree in pre-order. */
  tree(): readonly FlaggedNode[];
}

/** Parses the text form. Throws on a line that is not one: the cases are wrong then. */
export function parseTree(text: string): FlaggedNode[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const found = /^( *)([0-9a-f]+)-([0-9a-f]+) : (.*?)(?: \[([a-z ]+)\])?$/.exec(line);
      if (found === null) throw new Error(`not a node: ${line}`);
      const [, indent = '', start = '', end = '', name = '', flags = ''] = found;
      return {
        start: BigInt(`0x${start}`),
        end: BigInt(`0x${end}`),
        name,
        depth: indent.length / 2,
        busy: flags.includes('busy'),
        ram: flags.includes('ram'),
      };
    });
}

/** Prints the text form; the inverse of `parseTree` up to leading zeros. */
export function printTree(nodes: readonly FlaggedNode[]): string {
  return nodes
    .map(({ start, end, name, depth, busy, ram }) => {
      const flags = [busy ? 'busy' : '', ram ? 'ram' : ''].filter((flag) => flag !== '').join(' ');
      const tail = flags === '' ? '' : ` [${flags}]`;
      return `${'  '.repeat(depth)}${start.toString(16)}-${end.toString(16)} : ${name}${tail}\n`;
    })
    .join('');
}
