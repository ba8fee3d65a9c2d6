/**
 * Why an exploration ended before its end, and which options help. One place, so that every command
 * says the same.
 */
import type { MemoryLimit, SearchResult } from '../engine/engine.js';
import type { Stopped } from './trace.js';

/** What a limit is called, and the option that raises it. */
export const LIMITS = {
  violation: { limit: 'first violation', option: '--continue' },
  states: { limit: 'states', option: '--max-states' },
  depth: { limit: 'depth', option: '--max-depth' },
  time: { limit: 'time', option: '--max-seconds' },
  interrupt: { limit: 'interrupt', option: 'run it again' },
  runs: { limit: 'runs', option: '--runs, or another --seed' },
  switches: { limit: 'context switches', option: '--max-switches' },
} as const satisfies { readonly [stop: string]: Stopped };

/** Options that make a search smaller, or its states. */
const SMALLER: readonly string[] = [
  '--storage fingerprint',
  '--reduce por,merge',
  '--max-depth N',
  '--granularity call',
];

/** Names the limit that stopped a search; null when none did. */
export function stoppedBy(result: SearchResult): Stopped | null {
  const { stoppedBy: stop, memoryLimit } = result;
  if (memoryLimit !== null) return stoppedByMemory('memory', memoryLimit);
  return stop === null || stop === 'memory' ? null : LIMITS[stop];
}

/**
 * Names a limit of memory.
 *
 * @param limit what it is called: the memory of the search, or of what is answered after it.
 */
function stoppedByMemory(limit: string, memory: MemoryLimit): Stopped {
  const { setBy, source, bytes } = memory;
  const more = {
    user: 'more --memory',
    machine: 'a higher limit there, or a larger machine',
    engine: 'a smaller model',
  };
  const option = setBy === 'user' ? '--memory' : '--storage fingerprint';
  return { limit, option, memory: { setBy, source, bytes }, helps: [more[setBy], ...SMALLER] };
}

/** The same for a question after the search that no memory was left to answer. */
export function stoppedByShortage(memory: MemoryLimit | null): Stopped | null {
  return memory === null ? null : stoppedByMemory('memory after the search', memory);
}

/** Whether the machine, and not the user, set the limit. */
export function isMachineShort(stopped: Stopped | null): boolean {
  return stopped?.memory !== undefined && stopped.memory.setBy !== 'user';
}
