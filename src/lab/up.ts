/**
 * From a model and a kernel to a guest in the model's initial state.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileModel, type Scenario } from '../compile/scenario.js';
import { openKernelEngine } from '../kernelEngine.js';
import type { Model } from '../model/model.js';
import { viewReplay } from '../verdict/steps.js';
import type { MachineView } from '../verdict/trace.js';
import { chooseAccelerator } from './accelerator.js';
import { bring } from './bring.js';
import { makeGround, restOf } from './conform/walk.js';
import { INJECTION_MODULES } from './faults.js';
import { Guest, type GuestOptions } from './guest/guest.js';
import { makeAgent } from './image/agent.js';
import { findKernel, type KernelRequest } from './image/findKernel.js';
import { buildInitramfs } from './image/initramfs.js';
import type { KernelImage } from './image/kernelImage.js';
import { kernelOf, type ModelledKernel } from './image/kernelOf.js';
import { labNeeds } from './image/needs.js';
import { requirePrograms } from './image/programs.js';
import { inGuest } from './inGuest.js';
import { LabError } from './labError.js';
import { type Rig, rigOf } from './rig.js';

export interface LabOptions {
  readonly kernel: KernelRequest;
  /** Where kernels and agents are kept. */
  readonly cache: string;
  /** 'auto': KVM where a guest comes up under it. */
  readonly accelerator: 'auto' | 'kvm' | 'tcg';
  readonly processors?: number;
  /** The kernel's source tree, to have its features probed; else they follow from its version. */
  readonly source?: string;
  /** Whether the scenario is of the model's own kernel or of the one that boots. */
  readonly predicts: 'model' | 'booted';
  /** Told what takes time, a line each. */
  readonly tell?: (line: string) => void;
}

/** A kernel with what a guest boots from; for one model, any number of guests. */
export interface Bench {
  readonly kernel: KernelImage;
  /** What the kernel that boots is for the model. */
  readonly modelled: ModelledKernel;
  readonly scenario: Scenario;
  /** The machine that a guest is brought to. */
  readonly initial: MachineView;
  readonly rig: Rig;
  /** Whether the agent can do several tasks at once. */
  readonly hasTasks: boolean;
  readonly accelerator: 'kvm' | 'tcg';
  readonly initramfs: string;
  readonly directory: string;
  readonly line: 'virtio' | 'serial';
  readonly processors: number;
}

/** A guest that runs on the processor is up long before. */
const KVM_SECONDS = 20;

async function comesUp(options: GuestOptions): Promise<boolean> {
  try {
    const guest = await Guest.boot(options);
    await guest.close();
    return true;
  } catch (error) {
    if (error instanceof LabError) return false;
    throw error;
  }
}

function rigFor(model: Model): Rig {
  const { rig, reasons } = rigOf(model);
  if (rig !== undefined) return rig;
  throw new LabError(...reasons.map((reason) => `${model.file}: ${reason}`));
}

/** The machine at its start; where the model has initcalls, after them. */
function initialOf(scenario: Scenario): MachineView {
  const engine = openKernelEngine(scenario);
  engine.replay.initial(0);
  const [rest] = restOf(makeGround(engine, scenario), engine.replay.state(), null);
  // What is checked becomes the present state of the replay.
  if (rest !== undefined) engine.successors.check(rest);
  return viewReplay(engine, scenario);
}

/**
 * Gets everything ready that guests for a model are booted from.
 *
 * Throws LabError when programs are missing, when no kernel is found, or when no guest can be such
 * a machine; each reason is a line.
 */
export async function prepare(model: Model, options: LabOptions): Promise<Bench> {
  const rig = rigFor(model);
  requirePrograms(labNeeds(options.kernel, options.cache));
  const kernel = await findKernel(options.kernel, options);
  const modelled = kernelOf(kernel, options.source ?? null);
  const { release, ...changes } = modelled.choice;
  const asBooted = { ...model, kernel: { ...model.kernel, release, ...changes } };
  const scenario = compileModel({
    ...(options.predicts === 'booted' ? asBooted : model),
    machine: inGuest(asBooted, rig).machine,
    granularity: 'call',
  });
  const agent = await makeAgent(options.cache);
  if (agent.reason !== null) options.tell?.(`using the shell agent: ${agent.reason}`);
  const built = await buildInitramfs(kernel, {
    agent,
    insert: rig.insert.map((name) => ({ name, isOptional: INJECTION_MODULES.includes(name) })),
    carry: rig.carry.map((name) => ({ name, isOptional: true })),
  });
  const directory = mkdtempSync(join(tmpdir(), 'daxcheck-lab-'));
  const initramfs = join(directory, 'initramfs');
  writeFileSync(initramfs, built.bytes);
  const starts = (): Promise<boolean> =>
    comesUp({
      ...{ model, rig, release: kernel.release, vmlinux: kernel.kernel, initramfs },
      ...{ directory: join(directory, 'kvm'), accelerator: 'kvm', line: built.line },
      bootSeconds: KVM_SECONDS,
    });
  const accelerator = await chooseAccelerator(options.accelerator, options.cache, starts);
  return {
    kernel,
    modelled,
    scenario,
    initial: initialOf(scenario),
    rig,
    hasTasks: agent.kind === 'compiled',
    accelerator,
    initramfs,
    directory,
    line: built.line,
    processors: options.processors ?? 1,
  };
}

/** Boots guest number `index` and brings it to the initial state, which is its snapshot. */
export async function up(bench: Bench, model: Model, index = 0): Promise<Guest> {
  const guest = await Guest.boot({
    ...bench,
    model,
    release: bench.kernel.release,
    vmlinux: bench.kernel.kernel,
    directory: join(bench.directory, `guest${index}`),
  });
  try {
    await bring(guest, bench.scenario, bench.initial, bench.rig.spans);
  } catch (error) {
    await guest.close();
    throw error;
  }
  return guest;
}

/** Removes what `prepare` wrote, but for the cache. */
export function tidyUp({ directory }: Bench): void {
  rmSync(directory, { recursive: true, force: true });
}
