/**
 * Cuts a model to what can be explored: to as many blocks of each device as are proved to be
 * enough, where these are few, and else to three.
 */
import { BLOCK_MAX } from '../../assembly/layout.js';
import type { Model } from '../model/model.js';
import { blockCount, type Scoped, STRETCHES_MAX, scopeModel } from './cut.js';
import { type DeviceProof, proofsOf } from './proof.js';

/** Blocks kept of each device where nothing is proved: the first, one between, the last. */
export const SCOPE_DEFAULT = 3;

/** What is enough is never less. */
const LEAST = 2;

/** Most blocks that are kept of each device where nobody asks for a number, of all stretches. */
export const SCOPE_MOST = 5;

/** Doubts that are told at most. */
const DOUBTS_MAX = 3;

/** The number of blocks that is proved to be enough for all of these devices; null: none is. */
function enoughFor(proofs: readonly DeviceProof[]): number | null {
  const numbers = proofs.map(({ enough, doubts }) => (doubts.length > 0 ? null : enough));
  return numbers.some((number) => number === null)
    ? null
    : Math.max(...numbers.map((number) => number ?? 0));
}

/** What follows from the cut machine for the whole one, in words. */
function soundness(proofs: readonly DeviceProof[], kept: number): string {
  const doubts = [...new Set(proofs.flatMap((proof) => proof.doubts))];
  if (doubts.length > 0) {
    const told = doubts.slice(0, DOUBTS_MAX).join(', ');
    const more = doubts.length > DOUBTS_MAX ? `, and ${doubts.length - DOUBTS_MAX} more` : '';
    return `not proved: ${told}${more}`;
  }
  const enough = enoughFor(proofs) ?? 0;
  return kept >= enough
    ? `sound: whatever breaks with all of them breaks with ${enough}`
    : `not proved: with --scope ${enough} it would be`;
}

/** Cuts a model, and says in the verdict's scope what was cut and what follows. */
export function cutModel(model: Model, wanted: number | null): Scoped {
  const narrow = scopeModel(model, wanted ?? LEAST);
  if (narrow.cuts.length === 0) return narrow;
  const proofs = proofsOf(
    model,
    narrow.cuts.map(({ device }) => device),
  );
  const enough = enoughFor(proofs);
  const stretches = Math.max(...narrow.cuts.map((cut) => Math.min(cut.stretches, STRETCHES_MAX)));
  const isFew = enough !== null && enough * stretches <= SCOPE_MOST;
  const usual = Math.max(1, Math.min(SCOPE_DEFAULT, Math.floor(SCOPE_MOST / stretches)));
  const kept = wanted ?? (isFew ? enough : usual);
  const scoped = scopeModel(model, kept);
  if (scoped.cuts.length === 0) return scoped;
  const words = scoped.cuts.map((cut) => {
    const parts = cut.stretches > 1 ? ` in ${cut.stretches} stretches` : '';
    return `${cut.device} to ${cut.kept} of ${cut.blocks}${parts}`;
  });
  const isProved = enough !== null && kept >= enough;
  const text = `blocks cut (--scope widens): ${words.join(', ')}: ${soundness(proofs, kept)}`;
  const cut = { kept, wanted, isProved, text, machine: model.machine };
  return { ...scoped, model: { ...scoped.model, cut } };
}

/** The model with its machine as it was. */
export function wholeOf({ cut, ...model }: Model): Model {
  return cut === undefined ? model : { ...model, machine: cut.machine };
}

/** Cuts a model that has been cut once more, after something else of it was changed. */
export const cutAgain = (model: Model): Model =>
  model.cut === undefined ? model : cutModel(wholeOf(model), model.cut.wanted).model;

/**
 * Cuts a model to the number of blocks that somebody asks for, or where it is too large. What a
 * model declares of its verdict does not hold for a cut that somebody asks for.
 */
export function fitModel(model: Model, wanted: number | null): Scoped {
  const isLarge = blockCount(model) > BLOCK_MAX;
  if (wanted === null && !isLarge) return { model, cuts: [], whole: [] };
  const scoped = cutModel(model, wanted);
  const isAsked = wanted !== null && scoped.cuts.length > 0;
  return isAsked ? { ...scoped, model: { ...scoped.model, expect: null } } : scoped;
}
