/**
 * Faults of a model in a guest: what arms one before a command and disarms it behind, or why no
 * kernel that is packaged can be made to fail there.
 *
 * What the kernels ship is memory-notifier-error-inject (lib/memory-notifier-error-inject.c): a
 * memory notifier that refuses two actions. An armed one refuses each time, not once.
 */
import { constants } from 'node:os';

/** A fault as a step of a trace tells it: 'MEM_GOING_ONLINE fails with -ENOMEM'. */
export type FaultText = string;

export type Injection =
  | {
      /** Requests to the agent that arm the fault, and that disarm it. */
      readonly arm: string;
      readonly disarm: string;
      readonly reason?: undefined;
    }
  | { readonly arm?: undefined; readonly disarm?: undefined; readonly reason: string };

/** Modules that a guest needs for it, in the order in which they are inserted. */
export const INJECTION_MODULES: readonly string[] = [
  'notifier_error_inject',
  'memory_notifier_error_inject',
];

const ACTIONS = '/sys/kernel/debug/notifier-error-inject/memory/actions';
const INJECTABLE: ReadonlySet<string> = new Set(['MEM_GOING_ONLINE', 'MEM_GOING_OFFLINE']);

/** Why the others cannot be had, by the name of the point. */
const REASONS: { readonly [point: string]: string } = {
  MEM_PREPARE_ONLINE: 'memory-notifier-error-inject knows MEM_GOING_ONLINE and _OFFLINE alone',
  signal: 'a signal would have to come while the command waits, which takes a second task',
  poison: 'no memory of a guest has media errors',
  late_release: 'the kernels are built without CONFIG_DEBUG_KOBJECT_RELEASE',
};
const UNBUILT = 'the kernels are built without CONFIG_FAULT_INJECTION';

/** Splits 'POINT fails with -ERRNO on DEVICE', or 'POINT -ERRNO' as a model writes it. */
const TEXT = /^(\S+)(?: (?:fails with )?-(\w+))?(?: on \S+)?$/;

/** How a fault is injected; `reason` says why it cannot be. */
export function injectionOf(fault: FaultText): Injection {
  const [, point = fault, errno = ''] = TEXT.exec(fault) ?? [];
  if (!INJECTABLE.has(point)) return { reason: `${point}: ${REASONS[point] ?? UNBUILT}` };
  const number = (constants.errno as { readonly [name: string]: number })[errno];
  if (number === undefined) return { reason: `${point}: -${errno} is no errno` };
  const file = `${ACTIONS}/${point}/error`;
  return { arm: `write ${file} -${number}`, disarm: `write ${file} 0` };
}
