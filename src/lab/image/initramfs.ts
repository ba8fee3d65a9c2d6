/**
 * The first file system of a guest: the agent as /init, modules in /modules with the order in which
 * the agent inserts them, and further files.
 */
import type { Agent } from './agent.js';
import { type CpioEntry, fileEntry, writeCpio } from './cpio.js';
import type { KernelImage } from './kernelImage.js';
import { type ModuleWish, planModules } from './modules.js';

export interface InitramfsPlan {
  readonly agent: Agent;
  /** Inserted before anything else: what the agent's line to the host needs. */
  readonly first?: readonly ModuleWish[];
  /** Inserted when the guest boots, with all that they need. */
  readonly insert: readonly ModuleWish[];
  /** There to be inserted later. */
  readonly carry?: readonly ModuleWish[];
  readonly files?: readonly CpioEntry[];
}

export interface Initramfs {
  readonly bytes: Uint8Array;
  /** What is inserted at boot, in this order. */
  readonly inserted: readonly string[];
  /** What can be inserted by the agent, each after what it needs: the inserted ones, and others. */
  readonly modules: readonly string[];
  /** What was wanted and is compiled into the kernel. */
  readonly builtin: readonly string[];
  /** Optional modules that the kernel does not have. */
  readonly absent: readonly string[];
}

/** Builds the archive; a LabError names modules that the kernel lacks. */
export async function buildInitramfs(
  kernel: KernelImage,
  { agent, first = [], insert, carry = [], files = [] }: InitramfsPlan,
): Promise<Initramfs> {
  const before = await planModules(kernel.modules, first);
  const atBoot = await planModules(kernel.modules, insert);
  const all = await planModules(kernel.modules, [...first, ...insert, ...carry]);
  const order = atBoot.modules.map(({ name, parameters }) => `${name} ${parameters}`.trim());
  const bytes = writeCpio([
    ...agent.entries,
    fileEntry('modules/first', before.modules.map(({ name }) => `${name}\n`).join('')),
    fileEntry('modules/order', order.map((line) => `${line}\n`).join('')),
    ...all.modules.map(({ name, bytes: module }) => fileEntry(`modules/${name}.ko`, module)),
    ...files,
  ]);
  return {
    bytes,
    inserted: atBoot.modules.map(({ name }) => name),
    modules: all.modules.map(({ name }) => name),
    builtin: all.builtin,
    absent: all.absent,
  };
}
