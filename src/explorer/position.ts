/**
 * What the explorer shows of a place in a model: how one gets there, what holds there, and what can
 * be done next.
 */
import type { PropertyClass } from '../kernel/properties.js';
import type { DeadlockView, MachineView, TraceStep } from '../verdict/trace.js';
import type { Way } from './way.js';

/**
 * A property at one state. `unjudged`: it is not looked at here, or only whole behaviours have it;
 * the note says why.
 */
export interface Badge {
  readonly property: string;
  readonly class: PropertyClass | 'own';
  readonly state: 'holds' | 'violated' | 'unjudged';
  readonly note: string;
  /** The model asks for it; others are shown beside those. */
  readonly isAsked: boolean;
}

/** A step that can be taken. */
export interface Action {
  readonly step: TraceStep;
  /** Who does what, in a few words. */
  readonly label: string;
  /** What comes of it, in words; empty where nothing is seen from outside. */
  readonly outcomes: readonly string[];
  /** Properties that are violated after it and not before. */
  readonly violates: readonly string[];
  /** The state stays as it was. */
  readonly isStutter: boolean;
}

/** A command of the way as a shell does it. */
export interface WayCommand {
  readonly thread: string;
  /** One line of shell; null for what no model can say in one. */
  readonly line: string | null;
  /** Why no shell can do it, where that is so. */
  readonly why: string | null;
  /** It opens, maps or closes a device: what comes of it belongs to its thread. */
  readonly isOfProcess: boolean;
  /** Its first and its last step, counted from 0. */
  readonly first: number;
  readonly last: number;
  /** 'ok' or an errno name; null when it has not returned. */
  readonly result: string | null;
}

export interface Position {
  /** As far as its steps exist. */
  readonly way: Way;
  /** Steps that were asked for and do not exist: the model is another than the way's. */
  readonly isCut: boolean;
  readonly initial: MachineView;
  readonly steps: readonly TraceStep[];
  /** The machine here. */
  readonly machine: MachineView;
  readonly badges: readonly Badge[];
  readonly deadlock: DeadlockView | null;
  /** In the engine's order. */
  readonly actions: readonly Action[];
  /** How many more there are than are told. */
  readonly actionsLeft: number;
  readonly commands: readonly WayCommand[];
}

/** Goes through a model step by step. */
export interface Explorer {
  /**
   * Goes to the end of a way.
   *
   * @param most actions to tell.
   */
  visit(way: Way, most?: number): Promise<Position>;
}
