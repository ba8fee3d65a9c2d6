/**
 * `daxcheck lab`: a model's commands on a real kernel in a guest.
 */
import { EXIT } from '../errors.js';
import { openKernelEngine } from '../kernelEngine.js';
import { cacheFolder } from '../lab/image/cache.js';
import type { KernelRequest } from '../lab/image/findKernel.js';
import { sightingOf } from '../lab/outcome.js';
import { renderPlayed } from '../lab/playedText.js';
import { commandsOf, playCommands } from '../lab/playTrace.js';
import { type Bench, type LabOptions, prepare, tidyUp, up } from '../lab/up.js';
import type { Model } from '../model/model.js';
import { toLines } from '../report/json.js';
import { loadModels, reject } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import { asTraced, modelPath, readTrace } from './replay.js';
import type { Terminal } from './terminal.js';

/** Options that every command of the lab has. */
export interface LabCommandOptions extends LookOptions {
  readonly kernel?: string;
  readonly vmlinuz?: string;
  readonly modules?: string;
  readonly config?: string;
  readonly cache?: string;
  readonly accel?: 'auto' | 'kvm' | 'tcg';
}

function requestOf({ kernel, vmlinuz, modules, config }: LabCommandOptions): KernelRequest | null {
  if (vmlinuz !== undefined && modules !== undefined) {
    return { kind: 'own', vmlinuz, modules, config: config ?? null };
  }
  return kernel === undefined ? null : { kind: 'debian', version: kernel.replace(/^v/, '') };
}

function labOptions(options: LabCommandOptions, terminal: Terminal): LabOptions | null {
  const kernel = requestOf(options);
  if (kernel === null) return null;
  const isTold = options.quiet !== true && options.json !== true;
  return {
    kernel,
    cache: options.cache ?? cacheFolder(),
    accelerator: options.accel ?? 'auto',
    ...(isTold && { tell: (line: string) => terminal.writeError(`daxcheck: ${line}\n`) }),
  };
}

const NO_KERNEL = 'daxcheck: name a kernel: --kernel 6.12, or --vmlinuz FILE --modules DIR\n';

async function replayOn(
  model: Model,
  reading: Extract<ReturnType<typeof readTrace>, { ok: true }>,
  options: LabCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const lab = labOptions(options, terminal);
  if (lab === null) {
    terminal.writeError(NO_KERNEL);
    return EXIT.usage;
  }
  const traced = asTraced(model, reading.header);
  const bench: Bench = await prepare(traced, lab);
  try {
    const engine = openKernelEngine(bench.scenario);
    const commands = commandsOf(engine, bench.scenario, reading.header, bench.rig.spans);
    const guest = await up(bench, traced);
    const played = await playCommands(guest, commands);
    const console = guest.console();
    await guest.close();
    const reproduced = played.every(
      ({ differences, real }) => real !== null && differences.length === 0,
    );
    const report = {
      kind: 'lab-replay' as const,
      reproduced,
      kernel: bench.kernel.release,
      predictedFor: reading.trace.kernel,
      commands: played,
      console,
    };
    terminal.writeOut(
      options.json === true
        ? toLines([report])
        : renderPlayed(
            report,
            sightingOf(bench.initial, bench.rig.spans),
            styleFor(options, terminal),
          ),
    );
    return reproduced ? EXIT.holds : EXIT.kernelDisagrees;
  } finally {
    tidyUp(bench);
  }
}

/** Plays a trace on a real kernel; status 23 when it does otherwise than predicted. */
export async function labReplayCommand(
  path: string,
  options: LabCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const loaded = loadModels([modelPath(path, reading.header.model)], terminal);
  if (!loaded.ok) return reject(loaded.diagnostics, options, terminal);
  const [model] = loaded.models;
  return model === undefined ? EXIT.bug : replayOn(model, reading, options, terminal);
}
