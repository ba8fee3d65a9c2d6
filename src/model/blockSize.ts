/**
 * The size of a memory block as x86 picks it at boot.
 *
 * Source: arch/x86/mm/init_64.c probe_memory_block_size(), v5.1, v5.8, v5.9 and v6.19;
 * drivers/acpi/numa/srat.c acpi_parse_cfmws(), v6.19.
 * Not modelled: UV's own block size; write it as `block_size`.
 */
import type { IomemNode, Range } from './model.js';

const MIB = 1n << 20n;
const GIB = 1n << 30n;

/** One section: the smallest memory block of x86-64. */
export const BLOCK_BYTES_MIN = 128n * MIB;
/** The largest block that a platform may set. */
export const BLOCK_BYTES_MAX = 64n * GIB;

const LARGE_MACHINE_BYTES = 64n * GIB;
const CANDIDATES = [2n * GIB, GIB, 512n * MIB, 256n * MIB, BLOCK_BYTES_MIN];

export interface BlockSizeOptions {
  /** Running as a guest: v5.9 and later then look at the end of RAM, as older kernels always do. */
  readonly hypervisor: boolean;
  /** Such as 'v5.1' or 'v6.12.117'. */
  readonly release: string;
  /** CXL windows of the firmware's tables. */
  readonly windows: readonly Range[];
}

/** What the specification of CXL asks of a window; one off this grain advises nothing. */
const WINDOW_GRAIN = 256n * MIB;

/** The largest power of two that both ends of every window are multiples of; null: no advice. */
function advisedBytes(windows: readonly Range[]): bigint | null {
  const grains = windows
    .map(({ start, end }) => start | (end + 1n))
    .map((ends) => ends & -ends)
    .filter((grain) => grain >= WINDOW_GRAIN)
    .sort((left, right) => (left < right ? -1 : 1));
  return grains[0] ?? null;
}

/** The CXL windows of a listing. */
export function windowsIn(nodes: readonly IomemNode[]): readonly Range[] {
  return nodes.flatMap((node) => [
    ...(/^CXL Window \d+$/.test(node.name) ? [node] : []),
    ...windowsIn(node.children),
  ]);
}

/**
 * Computes what memory_block_size_bytes() answers.
 *
 * @param endOfRam bytes: the first address after the last RAM (max_pfn in bytes).
 * Source: arch/x86/mm/init_64.c probe_memory_block_size(). Below 64 GiB of RAM: one section. From
 * v5.9 on bare metal: 2 GiB. Otherwise the largest candidate that divides the end of RAM. From
 * v6.15 on, where there are CXL windows: the largest one that divides their ends and that of RAM.
 */
export function memoryBlockSizeBytes(endOfRam: bigint, options: BlockSizeOptions): bigint {
  if (endOfRam < LARGE_MACHINE_BYTES) return BLOCK_BYTES_MIN;
  const advised = isAtLeast(options.release, 6, 15) ? advisedBytes(options.windows) : null;
  const isFree = advised === null && !options.hypervisor;
  if (isFree && isAtLeast(options.release, 5, 9)) return 2n * GIB;
  const most = advised ?? 2n * GIB;
  const fits = (bytes: bigint): boolean => bytes <= most && endOfRam % bytes === 0n;
  return CANDIDATES.find(fits) ?? BLOCK_BYTES_MIN;
}

/**
 * Finds the end of RAM in a listing: one past the last byte of any "System RAM".
 *
 * @param memoryLimit the mem= boot option, bytes; RAM above it does not count.
 */
export function endOfRamBytes(nodes: readonly IomemNode[], memoryLimit: bigint | null): bigint {
  let end = 0n;
  for (const node of nodes) {
    const below = endOfRamBytes(node.children, null);
    if (below > end) end = below;
    if (node.name === 'System RAM' && node.end >= end) end = node.end + 1n;
  }
  return memoryLimit !== null && memoryLimit < end ? memoryLimit : end;
}

/** Bytes of the System RAM in a listing. */
export function ramBytes(nodes: readonly IomemNode[]): bigint {
  return nodes.reduce(
    (sum, { name, start, end, children }) =>
      sum + (name === 'System RAM' ? end - start + 1n : ramBytes(children)),
    0n,
  );
}

function isAtLeast(release: string, major: number, minor: number): boolean {
  const found = /^v(\d+)\.(\d+)/.exec(release);
  if (found === null) return false;
  const releaseMajor = Number(found[1]);
  return releaseMajor > major || (releaseMajor === major && Number(found[2]) >= minor);
}
