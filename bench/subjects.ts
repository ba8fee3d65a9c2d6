/**
 * The small systems that are searched by several checkers, with counts that are known: published,
 * in closed form, or agreed on by SPIN, rumur and TLC. Tests and the bench take them from here.
 */

/** The systems of bench/systems/ that are searched here. */
export type SystemWithCounts =
  | 'daxhp'
  | 'grid'
  | 'twoPhase'
  | 'philosophers'
  | 'peterson'
  | 'hanoi';

/** A system of bench/systems/ at one size. */
export interface Subject {
  /** File name in bench/systems/ and build/systems/. */
  readonly system: SystemWithCounts;
  /** Its numbers, as the table shows them: `3/2/2`. */
  readonly size: string;
  /** Bytes of the scenario. */
  readonly scenario: readonly number[];
  readonly states: number;
  /** SPIN and TLC count the initial state as one more. */
  readonly transitions: number;
  /** Levels of a breadth-first search, that of the initial state included. */
  readonly levels: number;
  /** The same system for other checkers: files of bench/peers/systems/. */
  readonly texts: {
    readonly promela: string;
    /** Values of the names that the text leaves open. */
    readonly defines: Readonly<Record<string, number>>;
    /** null: not given to rumur. */
    readonly murphi: string | null;
    /** Module and configuration; null where there is none. */
    readonly tla: readonly [string, string] | null;
  };
  /** What the bench does with it: peers in every round, SPIN once, daxcheck alone, nothing. */
  readonly bench: 'peers' | 'once' | 'alone' | 'no';
}

type Counts = readonly [states: number, transitions: number, levels: number];

/** One text for all sizes: N and B are open in it. */
function simple(
  system: SystemWithCounts,
  numbers: readonly number[],
  [states, transitions, levels]: Counts,
  bench: Subject['bench'],
): Subject {
  const [count = 0, base] = numbers;
  const defines = base === undefined ? { N: count } : { N: count, B: base };
  const texts = { promela: `${system}.pml`, defines, murphi: `${system}.m`, tla: null };
  const size = numbers.join('/');
  return { system, size, scenario: numbers, states, transitions, levels, texts, bench };
}

/** Devices, blocks of each and actors; a text for each size, because it is unrolled. */
function daxhp(
  numbers: readonly [number, number, number],
  [states, transitions, levels]: Counts,
  bench: Subject['bench'],
): Subject {
  const name = `daxhp_${numbers.join('_')}`;
  const isSmall = bench === 'peers';
  const texts = {
    promela: `${name}.pml`,
    defines: {},
    murphi: isSmall ? `${name}.m` : null,
    tla: isSmall ? (['Daxhp.tla', `${name}.cfg`] as const) : null,
  };
  const scenario = [...numbers, 0];
  const size = numbers.join('/');
  return { system: 'daxhp', size, scenario, states, transitions, levels, texts, bench };
}

/** Digits below a base: base^digits states. */
function grid(digits: number, base: number, bench: Subject['bench']): Subject {
  const states = base ** digits;
  const transitions = (2 * digits * (base - 1) * states) / base;
  return simple('grid', [digits, base], [states, transitions, digits * (base - 1) + 1], bench);
}

/** Forks: 3^n ways in which they can lie or be held. */
function philosophers(count: number, bench: Subject['bench']): Subject {
  const counts: Counts = [3 ** count, 7 * count * 3 ** (count - 2), count + 1];
  return simple('philosophers', [count], counts, bench);
}

function hanoi(discs: number, bench: Subject['bench']): Subject {
  return simple('hanoi', [discs], [3 ** discs, 3 * (3 ** discs - 1), 2 ** discs], bench);
}

/** Every size whose counts are known. */
export const SUBJECTS: readonly Subject[] = [
  daxhp([2, 2, 2], [66_504, 328_096, 43], 'peers'),
  daxhp([3, 2, 2], [2_462_080, 16_713_120, 57], 'peers'),
  daxhp([3, 3, 2], [18_808_128, 120_452_832, 69], 'once'),
  grid(4, 10, 'alone'),
  grid(5, 10, 'alone'),
  grid(6, 10, 'peers'),
  grid(7, 10, 'alone'),
  simple('twoPhase', [3], [288, 1_145, 11], 'no'),
  simple('twoPhase', [4], [1_568, 8_257, 14], 'no'),
  simple('twoPhase', [5], [8_832, 58_145, 17], 'no'),
  simple('twoPhase', [6], [50_816, 402_305, 20], 'no'),
  simple('twoPhase', [7], [296_448, 2_744_705, 23], 'peers'),
  philosophers(5, 'no'),
  philosophers(12, 'peers'),
  simple('peterson', [2], [34, 62, 10], 'no'),
  simple('peterson', [3], [705, 1_725, 22], 'no'),
  simple('peterson', [4], [14_844, 44_120, 37], 'no'),
  simple('peterson', [5], [344_805, 1_205_325, 55], 'peers'),
  hanoi(5, 'no'),
  hanoi(12, 'peers'),
];
