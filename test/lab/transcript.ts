/**
 * Transcripts of real kernels: what a command came to, and a model's prediction in the same words.
 */
import { compileModel } from '../../src/compile/scenario.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';
import { describeStep, takeStep, viewReplay } from '../../src/verdict/steps.js';
import type { MachineView, StepEvent } from '../../src/verdict/trace.js';
import { modelOf } from '../support/run.ts';

export const KERNELS = ['v6.1.192', 'v6.12.117'] as const;
export type KernelName = (typeof KERNELS)[number];

/** One text for both kernels, or one for each. */
type OfKernel<T> = T | readonly [v61: T, v612: T];

/** What a real kernel did at a command. */
export interface Seen {
  /** Such as 'kmem/bind dax0.0', 'memory36/state online', 'dax0.1/size 0x8000000'. */
  readonly line: string;
  /** 'ok' or an errno. */
  readonly result: OfKernel<string>;
  /** Messages of the kernel, in their order. None where it is not there. */
  readonly says?: OfKernel<string | readonly string[]>;
  /**
   * All lines of /proc/iomem inside the region afterwards, such as '100000000-10fffffff dax0.0'; a
   * '+' behind the name is the System RAM (kmem) of the same range inside it. As before where it
   * is not there.
   */
  readonly iomem?: OfKernel<string>;
  /** All memory blocks of the region afterwards, such as '32-33 offline, 36 online Movable'. */
  readonly blocks?: OfKernel<string>;
  /** Drivers of the devices afterwards, such as 'dax0.0 kmem'; devices without one are left out. */
  readonly drivers?: OfKernel<string>;
  /** A notifier of the guest that was told to refuse, such as 'MEM_GOING_ONLINE -ENOMEM'. */
  readonly injected?: string;
}

export interface Transcript {
  readonly name: string;
  /** YAML of the machine. */
  readonly machine: (kernel: KernelName) => string;
  readonly seen: readonly Seen[];
}

/** What stays from line to line, in the words of the transcript. */
interface Told {
  readonly result: string;
  readonly says: readonly string[];
  readonly iomem: string;
  readonly blocks: string;
  readonly drivers: string;
}

const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^(kmem|device_dax)\//, '/sys/bus/dax/drivers/'],
  [/^dax\d/, '/sys/bus/dax/devices/'],
  [/^memory\d|^auto_online_blocks/, '/sys/devices/system/memory/'],
  [/^(create|delete)$/, '/sys/devices/platform/hmem.0/dax_region/'],
  [/^hmem\//, '/sys/bus/platform/drivers/'],
];

/** The command in full: 'kmem/bind dax0.0' is a write of the name to that driver's file. */
export function commandOf(line: string): string {
  const [file = '', text = ''] = line.split(' ');
  const place = PLACES.find(([pattern]) => pattern.test(file));
  if (place === undefined) throw new Error(`no place for ${line}`);
  return `echo ${text} > ${place[1]}${file}`;
}

/** The value for a kernel; a list of messages is no pair when it is of one kind. */
function ofKernel<T>(value: OfKernel<T>, kernel: KernelName): T {
  if (!Array.isArray(value)) return value as T;
  return (value as readonly T[])[kernel === 'v6.1.192' ? 0 : 1] as T;
}

/** What is expected of each line: what it says, and of the rest what was there before. */
export function expectedOf({ seen }: Transcript, kernel: KernelName): readonly Told[] {
  let before = { iomem: '', blocks: '', drivers: '' };
  return seen.map((line) => {
    before = {
      iomem: ofKernel(line.iomem ?? before.iomem, kernel),
      blocks: ofKernel(line.blocks ?? before.blocks, kernel),
      drivers: ofKernel(line.drivers ?? before.drivers, kernel),
    };
    const says = ofKernel(line.says ?? '', kernel);
    return {
      ...before,
      result: ofKernel(line.result, kernel),
      says: (typeof says === 'string' ? [says] : says).filter((text) => text !== ''),
    };
  });
}

const hex = (value: bigint): string => value.toString(16);

/** Lines inside the region's own, each with the System RAM inside it as a '+'. */
function iomemText({ iomem }: MachineView): string {
  const lines = iomem.filter(({ start }) => start >= 1n << 32n);
  const outer = lines.findIndex(({ name }) => !/^(hmem|Soft Reserved|Persistent)/.test(name));
  if (outer < 0) return '';
  const told: string[] = [];
  for (const { start, end, name } of lines.slice(outer)) {
    const range = `${hex(start)}-${hex(end)}`;
    const last = told[told.length - 1];
    if (name === 'System RAM (kmem)' && last !== undefined && last.startsWith(range)) {
      told[told.length - 1] = `${last}+`;
    } else told.push(`${range} ${name}`);
  }
  return told.join(', ');
}

/** Blocks of like state as spans. */
function blocksText({ blocks }: MachineView): string {
  const spans: { first: number; last: number; state: string }[] = [];
  for (const { index, state, zones } of blocks) {
    const told = state === 'online' ? `online ${zones}` : state;
    const span = spans[spans.length - 1];
    if (span?.state === told && span.last + 1 === index) span.last = index;
    else spans.push({ first: index, last: index, state: told });
  }
  return spans
    .map(({ first, last, state }) => `${first === last ? first : `${first}-${last}`} ${state}`)
    .join(', ');
}

const driversText = ({ devices }: MachineView): string =>
  devices.flatMap(({ name, driver }) => (driver === null ? [] : [`${name} ${driver}`])).join(', ');

function toldOf(events: readonly StepEvent[], machine: MachineView): Told {
  const answer = events.find((event) => event.kind === 'return');
  return {
    result: answer?.kind === 'return' ? answer.result : 'none',
    says: events.flatMap((event) => (event.kind === 'message' ? [event.text] : [])),
    iomem: iomemText(machine),
    blocks: blocksText(machine),
    drivers: driversText(machine),
  };
}

function modelText(transcript: Transcript, kernel: KernelName): string {
  const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');
  const faults = [...new Set(transcript.seen.flatMap(({ injected }) => injected ?? []))];
  return [
    'format: 1',
    'title: a transcript',
    `kernel: ${kernel}`,
    'machine:',
    indent(transcript.machine(kernel)),
    'actors:',
    '  admin: |',
    ...transcript.seen.map(({ line }) => `    ${commandOf(line)}`),
    ...(faults.length === 0 ? [] : ['faults:']),
    ...faults.map((fault) => `  - { fault: '${fault}', times: 4 }`),
    '',
  ].join('\n');
}

/** A transcript as a model, and the way through it. */
export interface Followed {
  readonly model: Model;
  /** Which outcome of each command. */
  readonly ordinals: readonly number[];
  readonly told: readonly Told[];
}

/**
 * Plays a transcript's commands on the model, one system call each. Where a notifier was told to
 * refuse, the outcome with that fault is taken, and without it elsewhere.
 */
export function followed(transcript: Transcript, kernel: KernelName): Followed {
  const model = modelOf(modelText(transcript, kernel));
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario, { debug: true });
  const ordinals: number[] = [];
  const rewind = (): void => {
    engine.replay.initial(0);
    for (const ordinal of ordinals) engine.replay.take(ordinal);
  };
  const told = transcript.seen.map(({ line, injected }) => {
    for (let ordinal = 0; ; ordinal++) {
      rewind();
      const step = takeStep(engine, ordinal);
      if (step === null) throw new Error(`the model has no such outcome of ${line}`);
      const machine = viewReplay(engine, scenario);
      const { events } = describeStep(step, machine, scenario);
      const isRefused = events.some(({ kind }) => kind === 'fault');
      if (isRefused !== (injected !== undefined)) continue;
      ordinals.push(ordinal);
      return toldOf(events, machine);
    }
  });
  return { model, ordinals, told };
}

/** What the model says of each line. */
export const predictedOf = (transcript: Transcript, kernel: KernelName): readonly Told[] =>
  followed(transcript, kernel).told;
