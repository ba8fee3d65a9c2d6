/**
 * Which changes of the files are tried: each remedy that fits a finding, and pairs of them.
 */
import { resolveKernel } from '../kernel/features.js';
import type { Model } from '../model/model.js';
import { propertyName } from '../report/findingText.js';
import type { Story } from '../report/story.js';
import { type Edit, overlap } from './patch.js';
import { REMEDIES, type Remedy } from './remedies.js';

/** A remedy, or two of them, with the changes made here. */
export interface Candidate {
  readonly remedies: readonly Remedy[];
  readonly edits: readonly Edit[];
  /** Names of the findings that it may be for. */
  readonly wanted: readonly string[];
}

/** Pairs beyond which no more are tried. */
export const PAIRS_MAX = 30;

/** Each remedy that fits one of the stories, at each place where it fits. */
export function candidatesOf(
  model: Model,
  stories: readonly Story[],
  remedies: readonly Remedy[] = REMEDIES,
): readonly Candidate[] {
  const { features } = resolveKernel(model.kernel);
  const byKey = new Map<string, Candidate>();
  for (const remedy of remedies) {
    for (const story of stories) {
      const edits = remedy.edits({ model, story, features });
      if (edits.length === 0) continue;
      const key = JSON.stringify([remedy.id, edits]);
      const wanted = [...(byKey.get(key)?.wanted ?? []), propertyName(story)];
      byKey.set(key, { remedies: [remedy], edits, wanted });
    }
  }
  return [...byKey.values()];
}

/** Two remedies together; one twice, and those in each other's way, are left out. */
export function pairsOf(candidates: readonly Candidate[]): readonly Candidate[] {
  const pairs = candidates.flatMap((one, index) =>
    candidates.slice(index + 1).flatMap((other): Candidate[] => {
      const clash = one.edits.some((edit) => other.edits.some((next) => overlap(edit, next)));
      // Of two policies only the later one would count.
      const [first, second] = [one.remedies[0], other.remedies[0]];
      const isPolicy = first?.setsPolicy === true && second?.setsPolicy === true;
      const isSame = first?.id === second?.id && first?.id !== 'remove-rule';
      if (isSame || isPolicy || clash) return [];
      return [
        {
          remedies: [...one.remedies, ...other.remedies],
          edits: [...one.edits, ...other.edits],
          wanted: [...new Set([...one.wanted, ...other.wanted])],
        },
      ];
    }),
  );
  return pairs.slice(0, PAIRS_MAX);
}
