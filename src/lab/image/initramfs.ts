/**
 * The first file system of a guest: the agent as /init, modules in /modules with the order in which
 * the agent inserts them, and further files.
 */

import { LabError } from '../labError.js';
import type { Agent } from './agent.js';
import { type CpioEntry, fileEntry, writeCpio } from './cpio.js';
import type { KernelImage } from './kernelImage.js';
import { type ModuleWish, type PlannedModule, planModules } from './modules.js';

export interface InitramfsPlan {
  readonly agent: Agent;
  /** Inserted when the guest boots, with all that they need, once the agent can be reached. */
  readonly insert: readonly ModuleWish[];
  /** There to be inserted later. */
  readonly carry?: readonly ModuleWish[];
  readonly files?: readonly CpioEntry[];
}

export interface Initramfs {
  readonly bytes: Uint8Array;
  /** How the agent is reached: a virtio port where the kernel has one, else a serial port. */
  readonly line: 'virtio' | 'serial';
  /** What is inserted at boot, in this order. */
  readonly inserted: readonly string[];
  /** What can be inserted by the agent, each after what it needs: the inserted ones, and others. */
  readonly modules: readonly string[];
  /** What was wanted and is compiled into the kernel. */
  readonly builtin: readonly string[];
  /** Optional modules that the kernel does not have. */
  readonly absent: readonly string[];
}

/** What the agent inserts before all else, to be reached over a virtio port. */
const LINE_MODULES: readonly ModuleWish[] = ['virtio_pci', 'virtio_console'].map((name) => ({
  name,
  isOptional: true,
}));

const orderText = (modules: readonly PlannedModule[]): string =>
  modules.map(({ name, parameters }) => `${`${name} ${parameters}`.trim()}\n`).join('');

/** The kernel would refuse modules of another one, and the guest come up without them. */
function requireRelease(modules: readonly PlannedModule[], kernel: KernelImage): void {
  const strange = modules.find(({ release }) => release !== null && release !== kernel.release);
  if (strange === undefined) return;
  const { folder } = kernel.modules;
  throw new LabError(
    `${folder}: module ${strange.name} was built for ${strange.release ?? ''}, and the kernel is` +
      ` ${kernel.release}: build both again`,
  );
}

/** Builds the archive; a LabError names modules that the kernel lacks. */
export async function buildInitramfs(
  kernel: KernelImage,
  { agent, insert, carry = [], files = [] }: InitramfsPlan,
): Promise<Initramfs> {
  const first = await planModules(kernel.modules, LINE_MODULES);
  const all = await planModules(kernel.modules, [...LINE_MODULES, ...insert, ...carry]);
  requireRelease(all.modules, kernel);
  const atBoot = await planModules(kernel.modules, insert);
  const names = new Set(first.modules.map(({ name }) => name));
  const then = atBoot.modules.filter(({ name }) => !names.has(name));
  const bytes = writeCpio([
    ...agent.entries,
    fileEntry('modules/first', orderText(first.modules)),
    fileEntry('modules/order', orderText(then)),
    ...all.modules.map(({ name, bytes: module }) => fileEntry(`modules/${name}.ko`, module)),
    ...files,
  ]);
  return {
    bytes,
    line: first.absent.length === 0 ? 'virtio' : 'serial',
    inserted: [...first.modules, ...then].map(({ name }) => name),
    modules: all.modules.map(({ name }) => name),
    builtin: all.builtin,
    absent: all.absent.filter((name) => !first.absent.includes(name)),
  };
}
