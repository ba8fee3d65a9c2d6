/**
 * `daxcheck lab`: a model's commands on a real kernel in a guest.
 */
import { EXIT } from '../errors.js';
import { shippedFile } from '../lab/asset.js';
import { commandsInGuest } from '../lab/commandsInGuest.js';
import { conform, type SoFar } from '../lab/conform/conform.js';
import { type ConformReport, type Extent, renderConform } from '../lab/conform/report.js';
import { factLines, kernelFacts } from '../lab/facts.js';
import type { Guest } from '../lab/guest/guest.js';
import { cacheFolder } from '../lab/image/cache.js';
import type { KernelRequest } from '../lab/image/findKernel.js';
import { LabError } from '../lab/labError.js';
import { sightingOf } from '../lab/outcome.js';
import { renderPlayed } from '../lab/playedText.js';
import { type PlayedCommand, playCommands, type TracedCommand } from '../lab/playTrace.js';
import { renderRaceJson } from '../lab/race/json.js';
import { race } from '../lab/race/race.js';
import { renderRace } from '../lab/race/text.js';
import { type Bench, type LabOptions, prepare, tidyUp, up } from '../lab/up.js';
import { renderUp } from '../lab/upText.js';
import type { Model } from '../model/model.js';
import { toLines } from '../report/json.js';
import { formatCount } from '../report/layout.js';
import { isRace } from '../verdict/commandRuns.js';
import { withModel } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import { type Reading, withTrace } from './replay.js';
import type { Terminal } from './terminal.js';
import { asTraced } from './tracedModel.js';

/** Options that every command of the lab has. */
export interface LabCommandOptions extends LookOptions {
  readonly kernel?: string;
  readonly vmlinuz?: string;
  readonly modules?: string;
  readonly config?: string;
  readonly source?: string;
  readonly cache?: string;
  readonly accel?: LabOptions['accelerator'];
}

export interface LabReplayOptions extends LabCommandOptions {
  readonly times?: number;
}

export interface ConformOptions extends LabCommandOptions {
  readonly depth?: number;
  readonly traces?: number;
  readonly length?: number;
  readonly seed?: number;
  readonly guests?: number;
  readonly out: string;
}

const SECONDS_HUNG = 10;

/** The command line lets no command begin that names no kernel. */
function requestOf({ kernel, vmlinuz, modules, config }: LabCommandOptions): KernelRequest {
  if (vmlinuz !== undefined && modules !== undefined) {
    return { kind: 'own', vmlinuz, modules, config: config ?? null };
  }
  return { kind: 'debian', version: (kernel ?? '').replace(/^v/, '') };
}

function labOptions(
  options: LabCommandOptions,
  predicts: LabOptions['predicts'],
  terminal: Terminal,
): LabOptions {
  const isTold = options.quiet !== true;
  return {
    kernel: requestOf(options),
    cache: options.cache ?? cacheFolder(),
    accelerator: options.accel ?? 'auto',
    predicts,
    ...(options.source !== undefined && { source: options.source }),
    ...(isTold && { tell: (line: string) => terminal.writeError(`daxcheck: ${line}\n`) }),
  };
}

async function playOn(
  guest: Guest,
  commands: readonly TracedCommand[],
): Promise<{ readonly played: readonly PlayedCommand[]; readonly console: readonly string[] }> {
  return { played: await playCommands(guest, commands), console: guest.console() };
}

async function playPlain(
  bench: Bench,
  model: Model,
  reading: Reading,
  { options, terminal }: Asked<LabReplayOptions>,
): Promise<number> {
  const { machine } = bench.scenario.model;
  const commands = commandsInGuest({ ...model, machine }, model, bench.rig, reading.header);
  const guest = await up(bench, model);
  const { played, console } = await playOn(guest, commands).finally(() => guest.close());
  const report = {
    kind: 'lab-replay' as const,
    reproduced: played.every(({ differences, real }) => real !== null && differences.length === 0),
    property: reading.header.finding.property,
    kernel: bench.kernel.release,
    predictedFor: reading.trace.kernel,
    facts: kernelFacts(bench),
    commands: played,
    console,
  };
  const initial = sightingOf(bench.initial, bench.rig.spans);
  terminal.writeOut(
    options.json === true
      ? toLines([report])
      : renderPlayed(report, initial, styleFor(options, terminal)),
  );
  return report.reproduced ? EXIT.holds : EXIT.kernelDisagrees;
}

async function playRace(
  bench: Bench,
  model: Model,
  reading: Reading,
  { options, terminal }: Asked<LabReplayOptions>,
): Promise<number> {
  if (!bench.hasTasks) throw new LabError('a race takes the compiled agent: apt-get install gcc');
  let guest = await up(bench, model);
  const renew = async (): Promise<Guest> => {
    guest = await up(bench, model, 1);
    return guest;
  };
  const result = await race(reading.trace, bench.scenario, guest, {
    times: options.times ?? 10,
    seconds: SECONDS_HUNG,
    seed: 1,
    rig: bench.rig,
    renew,
  }).finally(() => guest.close());
  const facts = kernelFacts(bench);
  const style = styleFor(options, terminal);
  terminal.writeOut(
    options.json === true
      ? renderRaceJson(result, facts)
      : `${factLines(facts).join('\n')}\n\n${renderRace(result, style)}`,
  );
  return result.seen > 0 ? EXIT.holds : EXIT.kernelDisagrees;
}

interface Asked<Options> {
  readonly options: Options;
  readonly terminal: Terminal;
}

/** Plays a trace on a real kernel; status 23 when it does otherwise than predicted. */
export function labReplayCommand(
  path: string,
  options: LabReplayOptions,
  terminal: Terminal,
): Promise<number> {
  return withTrace(path, options, terminal, async (reading, model) => {
    const traced = asTraced(model, reading.header);
    const how = isRace(reading.trace) ? playRace : playPlain;
    return onBench(traced, labOptions(options, 'model', terminal), (bench) =>
      how(bench, traced, reading, { options, terminal }),
    );
  });
}

/** Does a job with what guests of a model are booted from. */
async function onBench(
  model: Model,
  options: LabOptions,
  job: (bench: Bench) => Promise<number>,
): Promise<number> {
  const bench = await prepare(model, options);
  try {
    return await job(bench);
  } finally {
    tidyUp(bench);
  }
}

/** The same for a model that is named, or the lab's own. */
function onOwnBench(
  path: string | undefined,
  { options, terminal }: Asked<LabCommandOptions>,
  job: (bench: Bench, model: Model) => Promise<number>,
): Promise<number> {
  return withModel(
    path ?? ownModel(options),
    (model) =>
      onBench(model, labOptions(options, 'booted', terminal), (bench) => job(bench, model)),
    options,
    terminal,
  );
}

/** Brings a guest up, and tells what it is; nothing is played. */
export function labUpCommand(
  path: string | undefined,
  options: LabCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const start = terminal.now();
  return onOwnBench(path, { options, terminal }, async (bench, model) => {
    const guest = await up(bench, model);
    const booted = terminal.now();
    await guest.reset();
    const report = {
      kind: 'lab-up' as const,
      model: model.file,
      facts: kernelFacts(bench),
      machine: await guest.look(),
      measured: {
        secondsToSnapshot: (booted - start) / 1000,
        secondsToReset: (terminal.now() - booted) / 1000,
      },
    };
    await guest.close();
    const isJson = options.json === true;
    terminal.writeOut(isJson ? toLines([report]) : renderUp(report, styleFor(options, terminal)));
    return EXIT.holds;
  });
}

/** The model of the lab's own layout for a kernel series. */
function ownModel({ kernel = '6.12' }: LabCommandOptions): string {
  const isOld = /^v?6\.1(\.|$)/.test(kernel);
  const file = `lab-v${isOld ? '6.1' : '6.12'}.yaml`;
  return shippedFile(`models/lab/${file}`);
}

function extentOf({ depth, traces, length = 12, seed = 1 }: ConformOptions): Extent {
  if (depth !== undefined) return { kind: 'tours', depth };
  return { kind: 'random', traces: traces ?? 200, length, seed };
}

function statusOf({ verdict }: ConformReport): number {
  if (verdict === 'agrees') return EXIT.holds;
  return verdict === 'incomplete' ? EXIT.incomplete : EXIT.kernelDisagrees;
}

async function conformOn(
  bench: Bench,
  model: Model,
  { options, terminal }: Asked<ConformOptions>,
): Promise<number> {
  const count = options.guests ?? 1;
  const guests: Guest[] = [];
  try {
    for (let index = 0; index < count; index++) guests.push(await up(bench, model, index));
    const isTold = options.quiet !== true;
    const answer = await conform({
      scenario: bench.scenario,
      subjects: guests,
      extent: extentOf(options),
      out: options.out,
      about: { features: [...bench.scenario.kernel.features], configuration: kernelFacts(bench) },
      signal: terminal.interrupt,
      onEstimate: ({ steps, resets }) => {
        const text = `about ${formatCount(steps)} steps and ${formatCount(resets)} resets to play`;
        if (isTold) terminal.writeError(`daxcheck: ${text}\n`);
      },
      ...(isTold && terminal.errorIsTerminal && { onProgress: progressLine(terminal) }),
    });
    if (!answer.ok) throw new LabError(...answer.reasons);
    terminal.writeOut(
      options.json === true
        ? toLines([{ kind: 'lab-conform', ...answer.report }])
        : renderConform(answer.report),
    );
    return statusOf(answer.report);
  } finally {
    await Promise.all(guests.map((guest) => guest.close()));
  }
}

const progressLine =
  (terminal: Terminal) =>
  ({ steps, stepsPerSecond, findings }: SoFar): void => {
    const rate = stepsPerSecond.toFixed(0);
    const found = findings === 0 ? '' : `, ${findings} findings`;
    terminal.writeError(`\r${formatCount(steps)} steps, ${rate} a second${found} `);
  };

/** Plays tours or random traces of a model on a real kernel; status 23 when they differ. */
export function labConformCommand(
  path: string | undefined,
  options: ConformOptions,
  terminal: Terminal,
): Promise<number> {
  return onOwnBench(path, { options, terminal }, (bench, model) =>
    conformOn(bench, model, { options, terminal }),
  );
}
