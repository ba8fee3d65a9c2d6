/**
 * What the command line has to do with checkpoints: its options, and the end of a search that needs
 * them no longer.
 */
import type { ExploreOptions } from '../explore.js';
import type { Verdict } from '../verdict/trace.js';
import { endingOf } from './status.js';
import type { Terminal } from './terminal.js';

/** Options of `explore` about checkpoints. */
export interface CheckpointWishes {
  readonly checkpoint?: string;
  readonly checkpointEvery?: number;
  readonly resume?: string;
}

/** Says why the options do not fit together; null when they do. */
export function refuseCheckpoints(
  paths: readonly string[],
  { checkpoint, checkpointEvery, resume }: CheckpointWishes,
): string | null {
  const option = resume === undefined ? '--checkpoint' : '--resume';
  const isAsked = checkpoint !== undefined || resume !== undefined;
  if (isAsked && paths.length > 1) return `${option} goes with one model; name each by itself`;
  if (!isAsked && checkpointEvery !== undefined) {
    return '--checkpoint-every goes with --checkpoint DIR or --resume DIR';
  }
  return null;
}

/** Makes the part of the options of a search that is about checkpoints. */
export function checkpointOf(
  { checkpoint, checkpointEvery, resume }: CheckpointWishes,
  terminal: Terminal,
): Pick<ExploreOptions, 'checkpoint'> {
  const directory = resume ?? checkpoint;
  if (directory === undefined) return {};
  const onNotice = (text: string): void => terminal.writeError(`daxcheck: ${text}\n`);
  const isResumed = resume !== undefined;
  return {
    checkpoint: {
      directory,
      resume: isResumed,
      onNotice,
      ...(checkpointEvery !== undefined && { everySeconds: checkpointEvery }),
    },
  };
}

/**
 * Notes that a search has ended for good, once its verdict is written: whoever is killed before
 * goes on from the last checkpoint, and says it then.
 */
export async function endCheckpointOf(
  { checkpoint, resume }: CheckpointWishes,
  { verdict, stoppedBy }: Verdict,
  terminal: Terminal,
): Promise<void> {
  const directory = resume ?? checkpoint;
  if (directory === undefined) return;
  if (stoppedBy !== null && stoppedBy.limit !== 'first violation') return;
  const { endCheckpoints } = await import('../engine/checkpoint.js');
  try {
    await endCheckpoints(directory, verdict);
  } catch (error) {
    // The verdict stands; only a later --resume will say it once more.
    terminal.writeError(`daxcheck: ${endingOf(error).message}\n`);
  }
}
