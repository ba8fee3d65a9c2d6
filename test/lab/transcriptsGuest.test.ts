/**
 * The transcripts of real kernels, played again on these kernels beside the model: faults, leaks,
 * refusals and NVDIMMs. Needs QEMU, a C compiler, and a network or what was downloaded before.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Guest } from '../../src/lab/guest/guest.js';
import { commandsOf, playCommands } from '../../src/lab/playTrace.js';
import { type Bench, tidyUp, up } from '../../src/lab/up.js';
import { benchFor, lacksGuest, SETUP_MILLISECONDS, type Series } from '../support/lab.js';
import { followed, type KernelName, type Transcript } from './transcript.ts';
import { TRANSCRIPTS } from './transcripts.ts';
import { SHAPES } from './transcriptsShapes.ts';

const SERIES: { readonly [kernel in KernelName]: Series } = {
  'v6.1.192': '6.1',
  'v6.12.117': '6.12',
};

interface Machine {
  readonly kernel: KernelName;
  /** They begin in one machine, so one guest plays them all. */
  readonly transcripts: readonly Transcript[];
  readonly names: string;
}

/** Transcripts of the lab's layout and of the NVDIMM on both kernels, of the others on one. */
function machinesOf(kernel: KernelName, isWhole: boolean): readonly Machine[] {
  const groups = new Map<string, Transcript[]>();
  for (const transcript of [...TRANSCRIPTS, ...SHAPES]) {
    const text = transcript.machine(kernel);
    groups.set(text, [...(groups.get(text) ?? []), transcript]);
  }
  return [...groups.values()]
    .filter((transcripts) => isWhole || transcripts.length > 1)
    .map((transcripts) => ({
      kernel,
      transcripts,
      names: transcripts.map(({ name }) => name).join('; '),
    }));
}

const MACHINES = [...machinesOf('v6.12.117', true), ...machinesOf('v6.1.192', false)];

const skipped = new Set<Series>();
for (const version of ['6.1', '6.12'] as const) {
  if (await lacksGuest('transcripts of guests', version)) skipped.add(version);
}

describe.each(MACHINES)('on a real $kernel, as the model predicts', ({ kernel, transcripts }) => {
  describe.skipIf(skipped.has(SERIES[kernel]))('', () => {
    let bench: Bench | null = null;
    let guest: Guest | null = null;

    beforeAll(async () => {
      const [first] = transcripts;
      if (first === undefined) throw new Error('no transcript');
      const { model } = followed(first, kernel);
      bench = await benchFor(model, SERIES[kernel]);
      guest = await up(bench, model);
    }, SETUP_MILLISECONDS);

    afterAll(async () => {
      await guest?.close();
      if (bench !== null) tidyUp(bench);
    });

    it.each(transcripts)('$name', async (transcript) => {
      if (bench === null || guest === null) throw new Error('no guest');
      const { model, ordinals } = followed(transcript, kernel);
      const scenario = compileModel({ ...model, machine: bench.scenario.model.machine });
      const engine = openKernelEngine(scenario);
      const commands = commandsOf(engine, scenario, { initial: 0, ordinals }, bench.rig.spans);

      await guest.reset();
      const played = await playCommands(guest, commands);

      expect(played).toHaveLength(transcript.seen.length);
      const differing = played.map(({ instruction, differences }) => [
        instruction.text,
        differences,
      ]);
      expect(differing).toEqual(played.map(({ instruction }) => [instruction.text, []]));
    });
  });
});
