/**
 * `daxcheck lab replay` on real kernels: a trace that comes out as predicted, one that another
 * kernel does otherwise, a race, and one of which the kernel dies. Needs QEMU, a C compiler, and a
 * network or what was downloaded before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labReplayCommand } from '../../src/cli/lab.js';
import { writeTraces } from '../../src/cli/traceFiles.js';
import { compileModel } from '../../src/compile/scenario.js';
import { EXIT } from '../../src/errors.js';
import { explore } from '../../src/explore.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import { isAlarm } from '../../src/lab/noise.js';
import { sightingOf } from '../../src/lab/outcome.js';
import type { PlayedReport } from '../../src/lab/playedText.js';
import { commandsOf, playCommands } from '../../src/lab/playTrace.js';
import { tidyUp, up } from '../../src/lab/up.js';
import { collect } from '../cli/terminal.js';
import { benchFor, guestsLeft, LAB_CACHE, lacksGuest, type Series } from '../support/lab.js';
import { modelAt } from './scriptFixtures.js';

/** Rounds until the kernel dies of what it may survive. */
const TRIES = 12;

const isSkipped = await lacksGuest('replay', '6.12');
const isOldSkipped = await lacksGuest('replay', '6.1');

describe.skipIf(isSkipped)('lab replay', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'daxcheck-replay-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Explores a model, writes the trace of its first violation, and plays it. */
  async function replayed(
    file: string,
    kernel: Series,
    more: { readonly json?: boolean; readonly times?: number } = {},
  ): Promise<{ readonly status: number; readonly out: string; readonly error: string }> {
    const model = modelAt(file);
    const [path = ''] = writeTraces(await explore(model), model, { directory, used: new Set() });
    const terminal = collect();
    const options = { kernel, cache: LAB_CACHE, accel: 'tcg' as const, quiet: true, ...more };
    const status = await labReplayCommand(path, options, terminal);
    return { status, out: terminal.out(), error: terminal.error() };
  }

  it('reproduces a leak on the kernel that it is of', async () => {
    const { status, out, error } = await replayed(
      'models/lab/range-left-behind-v6.12.yaml',
      '6.12',
    );

    expect(error).toBe('');
    expect(out).toMatch(
      /\nReproduced: the model of v6\.12\.117 on the real 6\.12\.\S+, 3 commands\.\n$/,
    );
    expect(out).toContain('cannot be hotremoved until');
    expect(status).toBe(EXIT.holds);
    expect(guestsLeft()).toEqual([]);
  });

  it.skipIf(isOldSkipped)(
    'tells the first difference on another kernel, with status 23',
    async () => {
      const file = 'models/lab/range-left-behind-v6.12.yaml';
      const { status, out } = await replayed(file, '6.1', { json: true });
      const { kernel, predictedFor, reproduced, commands } = JSON.parse(out) as PlayedReport;
      const [first] = commands;

      // Before hmem's devices match kmem by their type, bind takes an id.
      expect(first?.differences[0]).toEqual({ what: 'result', predicted: 'ok', real: 'ENODEV' });
      expect(first?.differences[2]?.what).toBe('driver of dax0.0');
      // What the other kernel has in its listing before any command is no difference.
      const listing = '100000000-17fffffff : hmem.0\n  100000000-17fffffff : Soft Reserved';
      expect(first?.differences[1]).toMatchObject({ what: 'iomem', real: listing });
      expect(first?.differences[1]?.predicted.startsWith(listing)).toBe(true);
      expect([kernel.slice(0, 4), predictedFor, reproduced]).toEqual(['6.1.', 'v6.12.117', false]);
      expect(status).toBe(EXIT.kernelDisagrees);
    },
  );

  it('races what overlaps, and leaves no guest behind', async () => {
    const file = 'models/bugs/dl1-size-against-unbind.yaml';
    const { status, out } = await replayed(file, '6.12', { times: 1 });

    const seen = /seen (\d) of 1/i.exec(out)?.[1];
    expect(['0', '1']).toContain(seen);
    expect(status).toBe(seen === '1' ? EXIT.holds : EXIT.kernelDisagrees);
    expect(guestsLeft()).toEqual([]);
  });

  it('finds the oops that the model predicts, and the guest is usable after a reset', async () => {
    const model = modelAt('models/lab/range-added-while-bound-v6.12.yaml');
    const [trace] = (await explore(model)).violations;
    const bench = await benchFor(model, '6.12');
    const scenario = compileModel({ ...model, machine: bench.scenario.model.machine });
    const way = { initial: 0, ordinals: (trace?.steps ?? []).map(({ ordinal }) => ordinal) };
    const commands = commandsOf(openKernelEngine(scenario), scenario, way, bench.rig.spans);
    const guest = await up(bench, model);
    try {
      // What lies behind the table is another thing each time; by no rule it is harmless.
      let played = await playCommands(guest, commands);
      for (let tries = 1; tries < TRIES && played.at(-1)?.real?.result === 'ok'; tries++) {
        expect(played.flatMap(({ differences }) => differences)).toEqual([]);
        await guest.reset();
        played = await playCommands(guest, commands);
      }
      const console = guest.console();
      await guest.reset();
      const after = await guest.look();
      const again = await playCommands(guest, commands.slice(0, -1));

      expect(played.map(({ misuses }) => misuses).lastIndexOf(false)).toBe(commands.length - 2);
      expect(played.at(-1)?.real).toMatchObject({ result: 'died', after: null });
      expect(played.flatMap(({ differences }) => differences)).toEqual([]);
      expect(console.join('\n')).toMatch(/general protection fault|BUG: /);
      expect(console.join('\n')).toMatch(/RIP: \S+/);
      expect(after).toEqual(sightingOf(bench.initial, bench.rig.spans));
      expect(again.flatMap(({ differences }) => differences)).toEqual([]);
      expect(guest.console().filter(isAlarm)).toEqual([]);
    } finally {
      await guest.close();
      tidyUp(bench);
    }
  });
});
