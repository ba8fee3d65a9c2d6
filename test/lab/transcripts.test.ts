/** What two stock kernels of Debian did in QEMU, step by step: the model says the same. */
import { describe, expect, it } from 'vitest';
import { expectedOf, KERNELS, predictedOf } from './transcript.ts';
import { TRANSCRIPTS } from './transcripts.ts';
import { SHAPES } from './transcriptsShapes.ts';

const CELLS = [...TRANSCRIPTS, ...SHAPES].flatMap((transcript) =>
  KERNELS.map((kernel) => ({ kernel, transcript, name: transcript.name })),
);

describe('the model predicts what a real kernel did', () => {
  it.each(CELLS)('$name, on $kernel', ({ kernel, transcript }) => {
    expect(predictedOf(transcript, kernel)).toEqual(expectedOf(transcript, kernel));
  });
});
