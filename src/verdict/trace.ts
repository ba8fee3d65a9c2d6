/**
 * What a run shows: the machine as userland and /proc see it, and the steps that led there.
 *
 * Every name here is one that the kernel or the user's file uses. All addresses are bigint, ends
 * inclusive.
 */
import type { MemoryStats } from '../engine/engine.js';
import type { Place, Range } from '../model/model.js';
import type { DeadlockKind } from './deadlockKinds.js';
import type { Difference } from './expectation.js';
import type { CycleVerdict } from './lockCycles.js';
import type { Phases } from './phases.js';
import type { ReductionPlan } from './reductions.js';

export interface IomemLine extends Range {
  readonly name: string;
  readonly depth: number;
}

export interface DeviceView {
  readonly name: string;
  readonly driver: string | null;
  /** Registered on the bus; false once its region is torn down or before it is created. */
  readonly present: boolean;
  readonly size: bigint;
  readonly ranges: readonly Range[];
  readonly targetNode: number | null;
  /** Open file descriptions, mappings and pins held by processes. */
  readonly opens: number;
  readonly mappings: number;
  readonly pins: number;
  readonly poison: boolean;
}

export interface BlockView {
  /** N of memoryN. */
  readonly index: number;
  readonly state: 'offline' | 'online' | 'going-offline';
  /** As the valid_zones file shows it: the zone when online, the permitted ones when offline. */
  readonly zones: string;
  /** The dax device whose range it lies in. */
  readonly device: string;
}

export interface DriverView {
  readonly name: string;
  readonly registered: boolean;
  readonly ids: readonly string[];
}

export interface LockView {
  /** Such as 'device_hotplug_lock', 'device_lock(dax0.0)', 's_active(dax0.0/size)'. */
  readonly lock: string;
  readonly mode: 'write' | 'read' | 'active';
  readonly holder: string;
}

export interface MachineView {
  readonly iomem: readonly IomemLine[];
  readonly devices: readonly DeviceView[];
  readonly blocks: readonly BlockView[];
  readonly drivers: readonly DriverView[];
  readonly autoOnlineBlocks: string;
  readonly locks: readonly LockView[];
}

/** What happened inside a step, in order. */
export type StepEvent =
  | { readonly kind: 'lock'; readonly lock: string; readonly mode: 'write' | 'read' | 'active' }
  | { readonly kind: 'unlock'; readonly lock: string; readonly mode: 'write' | 'read' | 'active' }
  /** The thread now waits; `holders` are the threads that hold what it wants. */
  | {
      readonly kind: 'wait';
      readonly lock: string;
      /** A fatal signal ends the wait. */
      readonly killable: boolean;
      /** The system call holds nothing, and begins again and again until the lock is free. */
      readonly restarts: boolean;
      readonly holders: readonly string[];
    }
  | { readonly kind: 'message'; readonly text: string }
  /** What a tool of userland prints. */
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'uevent'; readonly text: string }
  | { readonly kind: 'fault'; readonly text: string }
  /**
   * A system call returned: 'ok', or an errno name such as 'EBUSY'. `value` is what a read gave.
   */
  | { readonly kind: 'return'; readonly result: string; readonly value: string | null };

export interface TraceStep {
  /** Who moved: the actor's name, 'udev', 'environment'. */
  readonly thread: string;
  /** The user's command that is under way, and where it stands; null for the environment. */
  readonly command: { readonly text: string; readonly place: Place } | null;
  /** True when the command starts with this step. */
  readonly starts: boolean;
  /**
   * Kernel functions this step ran through, outermost first, e.g. ['bind_store',
   * 'dev_dax_kmem_probe'].
   */
  readonly functions: readonly string[];
  /** Source file of the innermost function, e.g. 'drivers/dax/kmem.c'; null at user level. */
  readonly source: string | null;
  readonly events: readonly StepEvent[];
  /**
   * Which of the enabled steps it was, counted from 0 in the engine's order: what `replay` follows.
   */
  readonly ordinal: number;
  readonly after: MachineView;
}

export type PropertyClass = 'kernel-defect' | 'script' | 'policy' | 'own';

export interface Finding {
  readonly property: string;
  readonly class: PropertyClass;
  /** One sentence: what is wrong in the last state, with the names of the objects. */
  readonly summary: string;
  /** For no-deadlock. */
  readonly deadlock: DeadlockView | null;
  /** Device the property was asked for, else null. */
  readonly device: string | null;
}

export interface DeadlockView {
  /** That of its worst cycle. */
  readonly kind: DeadlockKind;
  /**
   * Threads that wait for one another, each knot of cycles for itself; a thread of `threads` that
   * is in none only waits behind one.
   */
  readonly cycles: readonly {
    readonly kind: DeadlockKind;
    readonly threads: readonly string[];
    /** The fewest threads whose end frees the others; empty when none does. */
    readonly kill: readonly string[];
  }[];
  readonly threads: readonly {
    readonly thread: string;
    readonly command: string;
    /** Kernel functions, outermost first. */
    readonly stack: readonly string[];
    readonly holds: readonly string[];
    readonly waitsFor: string;
    readonly heldBy: readonly string[];
    readonly killable: boolean;
    /** It holds nothing inside the kernel, and begins its system call again and again. */
    readonly restarts: boolean;
  }[];
}

/** Which class of lock was taken while which was held, in all states that were explored. */
export interface LockOrder {
  readonly edges: readonly {
    readonly held: string;
    readonly taken: string;
    /** False where it was only ever tried: nobody waits for it there. */
    readonly waits: boolean;
    /** Somewhere what is held was held with others: a file, or a semaphore that is read. */
    readonly shared: boolean;
    /** Kernel functions of one thread that does so, outermost first. */
    readonly path: readonly string[];
  }[];
  readonly cycles: readonly {
    /** Each is held while the next one is waited for; after the last comes the first. */
    readonly classes: readonly string[];
    /** For each class: the path in which it is held and the next one is taken. */
    readonly paths: readonly (readonly string[])[];
    readonly verdict: CycleVerdict;
    /** The outer lock under which two of the waits are always done. */
    readonly maskedBy: string | null;
    /** Classes that lockdep does not look at: with one of them it is blind to the cycle. */
    readonly hidden: readonly string[];
  }[];
  /** Classes that were given back by a thread that was not seen to hold them. */
  readonly stray: readonly string[];
}

export interface Trace {
  readonly format: 1;
  readonly model: string;
  readonly title: string;
  readonly kernel: string;
  readonly granularity: 'call' | 'step';
  readonly finding: Finding;
  readonly initial: MachineView;
  readonly steps: readonly TraceStep[];
  /**
   * Index of the step after which the violation could no longer be avoided; null when not computed.
   */
  readonly inevitableAt: number | null;
  /**
   * Where the behaviour goes on for ever: the steps after this state (0: the initial one) are
   * repeated, and the last state is this one again; the number of steps when nothing moves after
   * the last one. Absent for a violation that is shown by its end.
   */
  readonly loopFrom?: number;
}

/** Why an exploration ended before its end. */
export interface Stopped {
  /** In words: `states`, `memory`. */
  readonly limit: string;
  /** The option that raises it. */
  readonly option: string;
  /** A limit of memory: who set it, and the option, file or bound that says so. */
  readonly memory?: {
    readonly setBy: 'user' | 'machine' | 'engine';
    readonly source: string;
    readonly bytes: number;
  };
  /** What would help, the best first. */
  readonly helps?: readonly string[];
}

/** How often something was done. */
export interface ActionCount {
  readonly name: string;
  readonly count: number;
}

/** What `--stats` tells; of a search that keeps no states in memory, times and levels alone. */
export interface Stats {
  /**
   * Of the search, `growing` is the time in which tables grew, and `waiting` that at barriers, of
   * all workers added up.
   */
  readonly seconds: Phases & { readonly growing: number; readonly waiting: number };
  /** By depth. */
  readonly levels: readonly { readonly states: number; readonly seconds: number }[];
  /** Steps by command, and by program point; each adds up to all steps. */
  readonly commands?: readonly ActionCount[];
  readonly points?: readonly ActionCount[];
  /** What the memory is used for, and how far lookups go. */
  readonly kept?: MemoryStats;
}

export interface Measured {
  readonly seconds: number;
  readonly statesPerSecond: number;
  readonly memoryBytes: number;
  readonly workers: number;
  /** All states found, where the search ended within a level. */
  readonly statesFound?: number;
  /** Where they were asked for. */
  readonly stats?: Stats;
}

/** How a search went that was not breadth first, or within a bound. */
export type StrategyView =
  | { readonly name: 'dfs' }
  | BoundView
  | {
      readonly name: 'random' | 'swarm';
      /** What all chance was drawn from. */
      readonly seed: number;
      /** Runs done to their end, numbered from 0. */
      readonly runs: number;
      /** Most steps of a run. */
      readonly depth: number;
      /** Most states of a search, where runs are searches. */
      readonly states?: number;
      /** About how many distinct states were seen; null when that cannot be told. */
      readonly statesAbout: number | null;
      /** Properties that were asked for and that it cannot answer. */
      readonly unchecked: readonly string[];
    };

/** A search breadth first of the behaviours with so many context switches. */
export interface BoundView {
  readonly name: 'bfs';
  readonly maxSwitches: number;
  /** A step leads out of what was found: true; null when the search ended early. */
  readonly isCut: boolean | null;
  readonly unchecked: readonly string[];
}

/**
 * The whole answer to `explore`. Everything but `measured` is the same for any number of workers.
 */
export interface Verdict {
  readonly model: string;
  readonly title: string;
  readonly kernel: string;
  readonly granularity: 'call' | 'step';
  /** Absent for a search breadth first. */
  readonly strategy?: StrategyView;
  /** Which reductions were made, and which not, and why; absent where none was asked for. */
  readonly reductions?: ReductionPlan;
  /**
   * 'violated': a kernel defect, an asked-for policy, or a property of the user's own.
   * 'findings': script findings only.
   */
  readonly verdict: 'holds' | 'violated' | 'findings' | 'incomplete' | 'vacuous';
  readonly exitStatus: number;
  readonly distinctStates: number;
  readonly transitions: number;
  readonly depth: number;
  /** States found at each depth; absent where that is not known. */
  readonly levels?: readonly number[];
  /** Which limit ended the search, and the option that raises it; null when it ran to its end. */
  readonly stoppedBy: Stopped | null;
  readonly violations: readonly Trace[];
  /** For each `reachable` that holds, a behaviour to the nearest such state; absent when none. */
  readonly witnesses?: readonly Trace[];
  /**
   * After a search that keeps less than whole states: what it keeps, the expected number of missed
   * states, the probability of at least one, and the greatest one with which a verdict holds.
   */
  readonly omission?: {
    readonly storage: string;
    readonly expected: number;
    readonly probability: number;
    readonly max: number;
  };
  /** What was asked and needs all states in memory; absent when nothing does. */
  readonly unanswered?: readonly string[];
  /** Properties that were checked and held. */
  readonly held: readonly string[];
  /** Devices, blocks, actors, faults and what is not modelled: printed beside every 'holds'. */
  readonly scope: string;
  /** Of a cut machine: whether what holds of it is proved for the whole one. */
  readonly cut?: 'proved' | 'not-proved';
  /** Menu commands and script lines that were never done, properties whose premise never held. */
  readonly vacuous: readonly string[];
  /** null unless it was asked for. */
  readonly lockOrder: LockOrder | null;
  /**
   * null without a declaration; otherwise whether it was met, and each difference in words and by
   * kind.
   */
  readonly expectation: {
    readonly met: boolean;
    readonly differences: readonly string[];
    /** The same; absent in a verdict that no search has made. */
    readonly details?: readonly Difference[];
  } | null;
  readonly measured: Measured;
}

/** One line of `daxcheck run --json`. */
export interface RunRecord {
  readonly thread: string;
  readonly command: string;
  readonly place: Place | null;
  /** 'ok' or an errno name. */
  readonly result: string;
  readonly value: string | null;
  readonly iomem: readonly (readonly [string, string, string, number])[];
  readonly devices: readonly {
    readonly name: string;
    readonly driver: string | null;
    readonly size: string;
    readonly ranges: readonly (readonly [string, string])[];
  }[];
  readonly blocks: readonly {
    readonly name: string;
    readonly state: string;
    readonly zones: string;
  }[];
  readonly autoOnlineBlocks: string;
  readonly messages: readonly string[];
  /** What tools of userland printed. */
  readonly output?: readonly string[];
}
