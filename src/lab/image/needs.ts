/**
 * All programs of the host that a run of the lab takes, so that what is missing is told at once.
 */
import { AGENT_NEED } from './agent.js';
import { type KernelRequest, kernelNeeds } from './findKernel.js';
import type { Need } from './programs.js';

/** The programs for a guest with such a kernel; `requirePrograms` tells which are missing. */
export function labNeeds(request: KernelRequest, cache: string): readonly Need[] {
  return ['qemu-system-x86_64', 'qemu-img', AGENT_NEED, ...kernelNeeds(request, cache)];
}
