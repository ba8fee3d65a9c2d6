/**
 * Questions after a search that may need more memory than is left: one that cannot be answered is
 * left open, and what is known already is kept.
 */
import { type MemoryLimit, OutOfRoom } from '../engine/engine.js';

/** Asks, and remembers the limit that kept a question from being answered. */
export interface Shortage {
  /** The answer, or `otherwise` when there is no memory to find it. */
  ask<T>(question: () => T | Promise<T>, otherwise: T): Promise<T>;
  /** null while all were answered. */
  limit(): MemoryLimit | null;
}

/** What JavaScript throws when the system gives no memory for an array. */
const isRefusal = (cause: unknown): boolean =>
  cause instanceof RangeError && /array buffer|typed array|memory/i.test(cause.message);

/** Begins to ask. */
export function makeShortage(): Shortage {
  let limit: MemoryLimit | null = null;
  return {
    ask: async (question, otherwise) => {
      try {
        return await question();
      } catch (cause) {
        if (cause instanceof OutOfRoom) limit = cause.limit;
        else if (isRefusal(cause)) {
          limit = { bytes: 0, setBy: 'machine', source: 'an allocation that the machine refused' };
        } else throw cause;
        return otherwise;
      }
    },
    limit: () => limit,
  };
}
