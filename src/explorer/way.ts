/**
 * A way through a model: an initial state, and which of the enabled steps was taken each time.
 *
 * As text it is `0:3.1.2`, so that an address can keep it.
 */

export interface Way {
  readonly initial: number;
  /** Counted from 0 in the engine's order, as in trace files. */
  readonly ordinals: readonly number[];
}

export const START: Way = { initial: 0, ordinals: [] };

/** Writes a way as text. */
export const formatWay = ({ initial, ordinals }: Way): string => `${initial}:${ordinals.join('.')}`;

/** Longest way that a text may say, so that no address keeps a page busy for ever. */
const STEPS_MAX = 10_000;

/** Reads a way from text; null when it is none. */
export function parseWay(text: string): Way | null {
  const match = /^(\d{1,9}):((?:\d{1,9}(?:\.\d{1,9})*)?)$/.exec(text);
  if (match === null) return null;
  const ordinals = match[2] === '' ? [] : (match[2] ?? '').split('.').map(Number);
  return ordinals.length > STEPS_MAX ? null : { initial: Number(match[1]), ordinals };
}
