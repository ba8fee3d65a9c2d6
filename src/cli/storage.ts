/**
 * The options about what is kept of each state, and which of them go together.
 */
import type { Storage } from '../engine/engine.js';
import type { ExploreOptions } from '../explore.js';
import type { CheckpointWishes } from './checkpoint.js';

/** Options of `explore` about storage. */
export interface StorageWishes {
  readonly storage?: Storage;
  readonly disk?: string;
  readonly maxOmission?: number;
}

/** Says why the options do not fit together; null when they do. */
export function refuseStorage(options: StorageWishes & CheckpointWishes): string | null {
  const { storage = 'exact', disk, maxOmission, checkpoint, resume } = options;
  if (storage === 'exact') {
    if (disk !== undefined) return '--disk goes with another --storage than exact';
    if (maxOmission !== undefined) return '--max-omission goes with another --storage than exact';
    return null;
  }
  const isSaved = checkpoint !== undefined || resume !== undefined;
  return isSaved ? `checkpoints go with --storage exact, and not with ${storage}` : null;
}

/** Makes the part of the options of a search that is about storage. */
export function storageOf({
  storage,
  disk,
  maxOmission,
}: StorageWishes): Pick<ExploreOptions, 'storage' | 'omissionMax'> {
  if (storage === undefined || storage === 'exact') return {};
  return {
    storage: { storage, ...(disk !== undefined && { disk }) },
    ...(maxOmission !== undefined && { omissionMax: maxOmission }),
  };
}
