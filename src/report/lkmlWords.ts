/**
 * What a report for a mailing list says of each kind of finding: a subject, what is wrong, and the
 * rule that a fix must satisfy, in the words of the kernel.
 */
import type { DeadlockView, Finding, Trace } from '../verdict/trace.js';

/** Subject and rule of a property; `f` is the function in which it comes about, as `f()`. */
interface Words {
  readonly subject: (f: string) => string;
  readonly rule: (f: string) => string;
}

const WORDS: { readonly [property: string]: Words } = {
  'no-crash': {
    subject: (f) => `use after free or NULL dereference in ${f}`,
    rule: (f) =>
      `what ${f} reaches must be held, by a reference or a lock, until it is done with it; who ` +
      'frees it must first make it unreachable.',
  },
  'lock-pairing': {
    subject: (f) => `unlock without lock in ${f}`,
    rule: (f) => `every way out of ${f} releases what it took, and nothing else.`,
  },
  'no-overlap': {
    subject: (f) => `two owners of one physical range after ${f}`,
    rule: () => 'a range has one owner at a time: the second claim must fail.',
  },
  accounting: {
    subject: (f) => `wrong accounting after ${f}`,
    rule: () => 'what is given out and what is counted as given out agree, also after a failure.',
  },
  'resource-tree': {
    subject: (f) => `/proc/iomem shows freed memory after ${f}`,
    rule: () =>
      'a struct resource is released before its name, its parent, or the memory that it lies in.',
  },
  covered: {
    subject: (f) => `memory block without System RAM after ${f}`,
    rule: () => 'memory blocks are removed before the System RAM resource that covers them.',
  },
  aligned: {
    subject: (f) => `partial memory block added by ${f}`,
    rule: () => 'only whole memory blocks inside the device are added.',
  },
  node: {
    subject: (f) => `memory on the wrong NUMA node after ${f}`,
    rule: () => 'memory joins the node that the firmware names, and stays on it while it is there.',
  },
  'query-sound': {
    subject: (f) => `wrong answer of a resource walk in ${f}`,
    rule: () =>
      'a walk answers for every byte of its range, at whatever depth of the tree it lies.',
  },
  matching: {
    subject: () => 'the driver of a dax device depends on load order',
    rule: () => 'which driver gets a device does not depend on the order of registration.',
  },
  rollback: {
    subject: (f) => `failed ${f} is not undone`,
    rule: () => 'an operation that fails leaves everything as it was before it began.',
  },
  'no-leak': {
    subject: (f) => `resource leaked by ${f}`,
    rule: () => 'what a driver claimed is released once the device is no longer its own.',
  },
  'report-truth': {
    subject: (f) => `${f} returns success and does nothing`,
    rule: () => 'a write that did not do what was asked returns an error.',
  },
  'no-silent-loss': {
    subject: (f) => `memory without an owner after ${f}, and no message`,
    rule: () => 'each range gets an owner, or a message says why it has none.',
  },
  'explicit-kmem': {
    subject: (f) => `${f} takes a device that nobody gave to kmem`,
    rule: () => 'kmem takes a device only where an administrator or the firmware said so.',
  },
  'no-data-loss': {
    subject: (f) => `${f} overwrites persistent memory`,
    rule: () => 'persistent memory becomes System RAM only where somebody asked for it.',
  },
  'no-rebind-after-kmem': {
    subject: (f) => `${f} binds a device whose memory is still in use`,
    rule: () => 'while memory of a device is System RAM, no driver can be bound to it.',
  },
  'owner-removal': {
    subject: (f) => `${f} removes memory of somebody else`,
    rule: () => 'a driver removes only the memory that it has added itself.',
  },
  recoverable: {
    subject: (f) => `dax device lost until reboot after ${f}`,
    rule: () =>
      'a device that was unbound can be bound again; where it cannot, the unbind says so or fails.',
  },
  zone: {
    subject: (f) => `memory block in another zone than asked for after ${f}`,
    rule: () => 'the zone that somebody asked for is the one that the block goes online in.',
  },
};

/** Findings of a model's own rules: what is wrong is what their author wrote. */
const OTHERS: Words = {
  subject: (f) => `unexpected result of ${f}`,
  rule: () => 'the condition above holds whatever else runs at the same time.',
};

/** Subsystems as subjects begin, by source file; the longest prefix counts. */
const AREAS: readonly (readonly [prefix: string, area: string])[] = [
  ['drivers/dax/kmem.c', 'dax/kmem'],
  ['drivers/dax/hmem/', 'dax/hmem'],
  ['drivers/dax/device.c', 'device-dax'],
  ['drivers/dax/cxl.c', 'dax/cxl'],
  ['drivers/dax/', 'dax'],
  ['drivers/cxl/', 'cxl'],
  ['drivers/nvdimm/', 'libnvdimm'],
  ['drivers/acpi/numa/hmat.c', 'acpi/hmat'],
  ['drivers/base/memory.c', 'mm/memory_hotplug'],
  ['mm/memory_hotplug.c', 'mm/memory_hotplug'],
  ['kernel/resource.c', 'resource'],
];

/** Subsystem of a source file; null for what all share, such as the driver core. */
export const areaOf = (source: string): string | null =>
  AREAS.find(([prefix]) => source.startsWith(prefix))?.[1] ?? null;

/** Names an active reference of kernfs as lockdep does. */
export const lockWords = (lock: string): string => lock.replace(/^s_active\(/, 'kn->active(');

/** Names a thread of the kernel as `ps` would, or as what it does. */
export function taskWords(thread: string): string {
  const known: { readonly [name: string]: string } = {
    kernel: 'boot, or a kernel thread',
    async: 'asynchronous probe',
    environment: 'kernel worker',
    udev: 'udev worker',
  };
  return known[thread] ?? (/^(nd_async|dax_hmem_wq)$/.test(thread) ? `${thread} (worker)` : 'task');
}

/** What ends a deadlock, by its kind. */
const ENDS: { readonly [K in DeadlockView['kind']]: string } = {
  permanent: 'Nothing but a reboot ends it: no signal is heard.',
  'unbounded wait': 'It lasts until a process in userspace lets go, which need not happen.',
  'freed by a fatal signal': 'kill -9 ends it.',
  livelock: 'The system call restarts again and again until a signal comes.',
};

const entryOf = (thread: DeadlockView['threads'][number]): string =>
  thread.stack[0] === undefined ? taskWords(thread.thread) : `${thread.stack[0]}()`;

/** Tasks that wait for each other, as a subject: `a() and b()`. */
function deadlockSubject({ threads }: DeadlockView): string {
  const names = [...new Set(threads.map(entryOf))];
  if (threads.length === 1) return `${names[0] ?? 'a task'} waits for itself`;
  return names.length === 1
    ? `deadlock of two ${names[0] ?? 'tasks'}`
    : `deadlock between ${names.join(' and ')}`;
}

/** Where the finding comes about: the innermost function of the last step that is in the kernel. */
export function culpritOf({ steps }: Trace): string {
  const last = steps.findLast(({ functions }) => functions.length > 0);
  const name = last?.functions.at(-1);
  return name === undefined ? 'boot' : `${name}()`;
}

export function subjectOf(trace: Trace): string {
  const { property, deadlock } = trace.finding;
  if (deadlock !== null) return deadlockSubject(deadlock);
  return (WORDS[property] ?? OTHERS).subject(culpritOf(trace));
}

/** What is wrong, as sentences. */
export function symptomOf(trace: Trace): string {
  const { finding } = trace;
  const { deadlock } = finding;
  if (deadlock === null) return `${sentence(finding)}${documentedNote(finding)}`;
  const tasks =
    deadlock.threads.length === 1
      ? 'A task waits for itself'
      : `${deadlock.threads.length} tasks wait for one another`;
  return `${tasks} for ever in ${deadlock.threads.map(entryOf).join(' and ')}. ${ENDS[deadlock.kind]}`;
}

/** The summary as a sentence of its own. */
const sentence = ({ summary }: Finding): string =>
  `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;

const documentedNote = (finding: Finding): string =>
  finding.class === 'script'
    ? ' The kernel does what is documented; it is the procedure that does not take it into account.'
    : '';

/** The rule that a fix must satisfy. */
export function ruleOf(trace: Trace): string {
  const { property, deadlock } = trace.finding;
  if (deadlock !== null) return deadlockRule(deadlock);
  return (WORDS[property] ?? OTHERS).rule(culpritOf(trace));
}

type Waiter = DeadlockView['threads'][number];

/** A wait of the cycle: who waits, holding what others wait for. */
function heldInCycle(waiter: Waiter, threads: readonly Waiter[]): readonly string[] {
  const wanted = threads.map(({ waitsFor }) => waitsFor);
  return waiter.holds.filter((lock) => wanted.includes(lock));
}

function deadlockRule({ threads }: DeadlockView): string {
  const files = threads.find(({ waitsFor }) => waitsFor.startsWith('s_active('));
  if (files !== undefined) {
    const held = heldInCycle(files, threads).map(lockWords).join(', ') || 'what they wait for';
    return (
      `nobody may remove a sysfs file (and so wait until it is left) while holding a lock that the ` +
      `file's functions wait for, here ${held}; or these must only try that lock, and restart.`
    );
  }
  const locks = [...new Set(threads.flatMap((one) => heldInCycle(one, threads)))].map(lockWords);
  if (locks.length >= 2) return `one order for ${locks.join(' and ')}, on every path.`;
  const waits = threads.map(({ waitsFor }) => lockWords(waitsFor)).join(' and ');
  return `nobody may wait for ${waits} in a context that these need to make progress.`;
}

/** Locks of which there is one, under which both sides could be put. */
const OUTER = [
  'device_hotplug_lock',
  'mem_hotplug_lock',
  'dax_region_rwsem',
  'dax_dev_rwsem',
  'dax_bus_lock',
];

/** The outer lock that masks the cycle, or would; '' where there is no cycle of locks. */
export function maskOf({ finding }: Trace): string {
  const threads = finding.deadlock?.threads ?? [];
  if (threads.length < 2) return '';
  const inCycle = threads.flatMap((one) => [...heldInCycle(one, threads), one.waitsFor]);
  for (const lock of OUTER) {
    if (inCycle.includes(lock)) continue;
    const holder = threads.find(({ holds }) => holds.includes(lock));
    if (holder === undefined) continue;
    const others = threads.filter((one) => one !== holder).map(entryOf);
    return (
      `${entryOf(holder)} waits under ${lock}; were ${others.join(' and ')} under it too, that ` +
      'would mask the cycle.'
    );
  }
  const isLockdepBlind = inCycle.some((lock) => lock.startsWith('device_lock('));
  const blind = isLockdepBlind ? ' lockdep does not see it: device_lock() is exempt.' : '';
  return (
    'no lock is held on both sides. Where both run under device_hotplug_lock (or another ' +
    `outer lock), the cycle is masked.${blind}`
  );
}
