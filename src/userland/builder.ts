/**
 * Collects instructions while their jump targets are still unknown.
 *
 * A label is a number handed out before its place is known; `finish` turns labels into indices.
 */
import type { Place } from '../model/model.js';
import type { Instruction } from './program.js';

/** Number of a jump target inside one builder. */
export type Label = number;

/** Where an instruction comes from: its place and the shell line shown for it. */
export interface Origin {
  readonly place: Place;
  readonly text: string;
  /** The command line whose tool does this. */
  readonly tool?: string;
}

type Operation<T> = T extends unknown ? Omit<T, 'place' | 'text' | 'tool'> : never;
/** An instruction without its origin; `to` of a jump is a label. */
export type Draft = Operation<Instruction>;

export interface Builder {
  /** Appends one instruction. */
  readonly emit: (origin: Origin, draft: Draft) => void;
  /** Makes a label without a place. */
  readonly label: () => Label;
  /** Puts the label before the next instruction. */
  readonly mark: (label: Label) => void;
  /** Remembers the present end; the function that it returns takes away what came after it. */
  readonly checkpoint: () => () => void;
  /** Returns the instructions with `to` as indices; a label never marked is the end. */
  readonly finish: () => Instruction[];
}

/** Makes an empty builder. */
export function newBuilder(): Builder {
  const instructions: Instruction[] = [];
  const marks: (number | null)[] = [];
  return {
    emit: (origin, draft) => {
      instructions.push({ ...draft, ...origin });
    },
    label: () => marks.push(null) - 1,
    mark: (label) => {
      marks[label] = instructions.length;
    },
    checkpoint: () => {
      const count = instructions.length;
      return () => {
        instructions.length = count;
      };
    },
    finish: () =>
      instructions.map((instruction) =>
        isJump(instruction)
          ? { ...instruction, to: marks[instruction.to] ?? instructions.length }
          : instruction,
      ),
  };
}

export type Jump = Extract<Instruction, { readonly to: number }>;

/** Tells whether the instruction may continue elsewhere than at the next one. */
export function isJump(instruction: Instruction): instruction is Jump {
  return 'to' in instruction;
}
