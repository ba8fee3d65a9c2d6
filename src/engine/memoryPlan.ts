/**
 * Reserves the one shared memory of a search, within its limit.
 *
 * The memory is reserved in full at once and never grows, so that views stay valid; a page costs
 * nothing before it is touched.
 */
import { SCENARIO_MAX_BYTES } from '../../assembly/layout.js';
import { WORKERS_MAX } from '../../assembly/search/layout.js';
import { EngineError, FAIL_MEMORY, FAIL_USE } from './engineError.js';
import { arenaFor, type LayoutOptions, layOut, PAGE_BYTES } from './memoryLayout.js';
import { refusalText } from './memoryLimit.js';

/** 65,535 and not 65,536: the size of the memory must fit 32 bits. */
const PAGES_MAX = 65535;
const ARENA_BYTES_MIN = 1 << 21;

/** Returns the fewest bytes that a search with so many workers runs in. */
export function memoryBytesMin(workers: number): number {
  return arenaFor(workers) + ARENA_BYTES_MIN;
}

/** What is laid out, in how much memory. */
export interface PlanOptions extends LayoutOptions {
  /** Most bytes of the memory; undefined for as much as 32 bits address. */
  readonly memoryBytes: number | undefined;
}

/**
 * Reserves the memory, lays it out and writes the scenario into it.
 *
 * Throws EngineError FAIL_USE for settings that cannot be met, FAIL_MEMORY when the machine
 * refuses.
 */
export function planMemory(options: PlanOptions): WebAssembly.Memory {
  const { workers, scenario } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
    throw new EngineError(FAIL_USE, `${workers} workers asked for; 1 to ${WORKERS_MAX} can be had`);
  }
  if (scenario.length > SCENARIO_MAX_BYTES) {
    const text = `the scenario has ${scenario.length} bytes; ${SCENARIO_MAX_BYTES} fit`;
    throw new EngineError(FAIL_USE, text);
  }
  const least = memoryBytesMin(workers);
  if (options.memoryBytes !== undefined && options.memoryBytes < least) {
    const text = `${options.memoryBytes} bytes of memory allowed; ${least} are the least`;
    throw new EngineError(FAIL_USE, text);
  }
  const memory = reserve(options.memoryBytes, least);
  layOut(memory, options);
  return memory;
}

function reserve(memoryBytes: number | undefined, least: number): WebAssembly.Memory {
  let pages = Math.min(PAGES_MAX, Math.floor((memoryBytes ?? PAGES_MAX * PAGE_BYTES) / PAGE_BYTES));
  for (;;) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (cause) {
      // A machine may refuse to reserve 4 GiB; a smaller memory only means an earlier stop.
      pages = Math.floor((pages * 3) / 4);
      if (pages * PAGE_BYTES < least) {
        throw new EngineError(FAIL_MEMORY, refusalText(least), cause);
      }
    }
  }
}
