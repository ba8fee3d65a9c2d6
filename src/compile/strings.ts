/**
 * The strings of a scenario, numbered: a shell variable of the state holds such a number, and what
 * a string means to a file is looked up by it.
 */
import { Text } from '../../assembly/layout.js';

/** What the first strings say; Text.Count of them. */
export const FIXED_TEXTS: readonly string[] = [
  '',
  'offline',
  'online',
  'going-offline',
  'online_kernel',
  'online_movable',
  '0',
  '1',
  'Normal',
  'Movable',
  'DMA',
  'DMA32',
  'Normal Movable',
  'Movable Normal',
  'DMA32 Movable',
  'Movable DMA32',
  'DMA Movable',
  'Movable DMA',
  'none',
  'dax:t0',
  'unplugged',
];

export interface Strings {
  /** Number of a string, new or known. */
  number(text: string): number;
  readonly all: readonly string[];
}

/** Starts with the fixed texts. */
export function makeStrings(): Strings {
  if (FIXED_TEXTS.length !== Text.Count) throw new Error('strings: the fixed texts have drifted');
  const all = [...FIXED_TEXTS];
  const numbers = new Map(all.map((text, index) => [text, index]));
  return {
    all,
    number: (text) => {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, all.length);
      all.push(text);
      return all.length - 1;
    },
  };
}
