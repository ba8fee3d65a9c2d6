// Sections, memory blocks and the alignment arithmetic of kmem's probe. Exact, with the kernel's
// wraparound.
import { Feature } from '../layout';
import { blockBytes, has } from '../scenario';

/** One byte beyond the addresses of sections: 46 bits, with page tables of four levels. */
const ADDRESS_LIMIT: u64 = 1 << 46;

/**
 * Whether a range reaches beyond what sections can describe.
 * Source: arch/x86/include/asm/sparsemem.h MAX_PHYSMEM_BITS, v5.10.
 */
export function isBeyondSections(start: u64, bytes: u64): bool {
  return start >= ADDRESS_LIMIT || bytes > ADDRESS_LIMIT - start;
}

/** Rounds up to a power of two, wrapping. Source: include/linux/kernel.h ALIGN(), v5.1. */
export function alignUp(address: u64, to: u64): u64 {
  return (address + to - 1) & ~(to - 1);
}

export function alignDown(address: u64, to: u64): u64 {
  return address & ~(to - 1);
}

/** First address that kmem would add of [start, end]. */
export function kmemStart(start: u64): u64 {
  return alignUp(start, blockBytes());
}

/**
 * Bytes that kmem's probe asks for of [start, end], as the kernel computes them.
 *
 * v5.1 has no test for a range without a whole block: the result may be 0 or wrap below 0, and the
 * request that follows fails. From v5.10 such a range gives 0 here. Source: drivers/dax/kmem.c
 * dev_dax_kmem_probe(), v5.1; dax_kmem_range(), v6.12.
 */
export function kmemBytes(start: u64, end: u64): u64 {
  const block = blockBytes();
  const first = alignUp(start, block);
  if (!has(Feature.MultiRange)) return alignDown(end - start + 1 - (first - start), block);
  const last = alignDown(end + 1, block) - 1;
  return first >= last ? 0 : last - first + 1;
}

/** Bytes of [start, end] that a whole number of blocks can hold: what kmem can really use. */
export function usableBytes(start: u64, end: u64): u64 {
  const block = blockBytes();
  const first = alignUp(start, block);
  const last = alignDown(end + 1, block);
  return last > first ? last - first : 0;
}
