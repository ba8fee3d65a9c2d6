/**
 * What a report for a mailing list says of each kind of finding: a subject, what is wrong, and the
 * rule that a fix must satisfy, in the words of the kernel.
 */
import { sourceOf } from '../kernel/functions.js';
import type { DeadlockView, Finding, Trace } from '../verdict/trace.js';

/** Subject and rule of a property; `f` is the function in which it comes about, as `f()`. */
interface Words {
  readonly subject: (f: string) => string;
  readonly rule: (f: string) => string;
}

const WORDS: { readonly [property: string]: Words } = {
  'no-crash': {
    subject: (f) => `invalid memory access in ${f}`,
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
    rule: () => 'a walk answers for every byte of its range, however deep in the tree it lies.',
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
  rule: () => 'the result is what was asked for, whatever else runs at the same time.',
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
const areaOf = (source: string): string | null =>
  AREAS.find(([prefix]) => source.startsWith(prefix))?.[1] ?? null;

/** Names an active reference of kernfs as lockdep does, by the last two parts of its path. */
export const lockWords = (lock: string): string =>
  lock.replace(/^s_active\((?:.*\/)?([^/]+\/[^/]+)\)$/, 'kn->active($1)');

/** Names a thread of the kernel as `ps` would, or as what it does. */
export function taskWords(thread: string): string {
  const known: { readonly [name: string]: string } = {
    kernel: 'boot, or a kernel thread',
    async: 'asynchronous probe',
    environment: 'kernel worker',
    udev: 'udev worker',
    process: 'a process',
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

/** Properties that a driver answers for, whatever it calls fails. */
const OF_THE_DRIVER = new Set([
  ...['no-leak', 'rollback', 'recoverable', 'accounting', 'report-truth', 'no-silent-loss'],
  ...['no-overlap', 'zone', 'matching'],
]);

/**
 * Where the finding comes about: of the functions of the last step inside the kernel the innermost,
 * or the innermost one of a driver that answers for what it calls.
 */
function culprit({ steps, finding }: Trace): string | null {
  const isDriver = (name: string): boolean => /^drivers\/(?!base\/)/.test(sourceOf(name) ?? '');
  const chains = steps.map(({ functions }) => functions).filter(({ length }) => length > 0);
  const driver = chains.findLast((functions) => functions.some(isDriver))?.findLast(isDriver);
  const isDrivers = OF_THE_DRIVER.has(finding.property);
  return (isDrivers ? driver : undefined) ?? chains.at(-1)?.at(-1) ?? null;
}

/** The function; of a call whose functions are not told, the command. */
function culpritOf(trace: Trace): string {
  const name = culprit(trace);
  if (name !== null) return `${name}()`;
  const command = trace.steps.at(-1)?.command?.text;
  return command === undefined ? 'the boot code' : `\`${command}\``;
}

/** File of the function that the subject names; null where it names several, or none. */
export function subjectFile(trace: Trace): string | null {
  return trace.finding.deadlock === null ? sourceOf(culprit(trace) ?? '') : null;
}

/** Subsystem that a report is for. */
export function subsystemOf(trace: Trace): string {
  const { deadlock } = trace.finding;
  const stacks = deadlock?.threads.map(({ stack }) => stack.toReversed()) ?? [];
  const names = deadlock === null ? [culprit(trace)] : stacks.flat();
  const areas = names.flatMap((name) => areaOf(sourceOf(name ?? '') ?? '') ?? []);
  const known = trace.steps.flatMap(({ source }) => areaOf(source ?? '') ?? []);
  return areas[0] ?? known.at(-1) ?? 'dax';
}

export function subjectOf(trace: Trace): string {
  const { property, deadlock } = trace.finding;
  if (deadlock !== null) return deadlockSubject(deadlock);
  const bug = property === 'no-crash' ? bugOf(trace) : null;
  return bug ?? (WORDS[property] ?? OTHERS).subject(culpritOf(trace));
}

/** What the kernel itself would say of a crash; null where it says nothing. */
function bugOf({ steps }: Trace): string | null {
  for (const { events } of steps.toReversed()) {
    for (const event of events) {
      const said = event.kind === 'message' ? /^BUG: (?:KASAN: )?(.*)$/.exec(event.text) : null;
      if (said?.[1] !== undefined) return said[1].replace(/^kernel NULL/, 'NULL');
    }
  }
  return null;
}

/** What is wrong, as sentences. */
export function symptomOf(trace: Trace): string {
  const { finding } = trace;
  const { deadlock } = finding;
  if (deadlock === null) return `${sentence(trace)}${documentedNote(finding)}`;
  const tasks =
    deadlock.threads.length === 1
      ? 'A task waits for itself'
      : `${countWord(deadlock.threads.length)} tasks wait for one another`;
  const places = deadlock.threads.map(entryOf).join(' and ');
  return `${tasks} for ever in ${places}. ${ENDS[deadlock.kind]}`;
}

const countWord = (count: number): string => ['No', 'One', 'Two', 'Three'][count] ?? String(count);

/** What is wrong as a sentence; of an author's own rule, an expression, what it is about. */
function sentence({ finding, title }: Trace): string {
  const text = finding.class === 'own' ? title : finding.summary;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

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

/** What is a lock, and not work, probes or pages that are waited for. */
const isLock = (name: string): boolean =>
  /^(s_active|device_lock)\(|_(lock|mutex|rwsem)$|^data->lock/.test(name);

const isFile = (name: string): boolean => name.startsWith('s_active(');

/** Joins waits as a sentence has them. */
const waitText = (waiter: Waiter, threads: readonly Waiter[]): string => {
  const held = heldInCycle(waiter, threads).map(lockWords);
  const holding = held.length === 0 ? '' : ` (holding ${held.join(', ')})`;
  return `${entryOf(waiter)} for ${lockWords(waiter.waitsFor)}${holding}`;
};

function deadlockRule({ threads }: DeadlockView): string {
  const waits = threads.map(({ waitsFor }) => waitsFor);
  if (!waits.every(isLock) || threads.length < 2) {
    const all = threads.map((one) => waitText(one, threads)).join(', or ');
    return `one of these waits has to go, or to be done without what is held: ${all}.`;
  }
  const files = threads.find(({ waitsFor }) => isFile(waitsFor));
  if (files !== undefined) {
    const held = heldInCycle(files, threads).map(lockWords).join(', ') || 'what they wait for';
    return (
      'nobody may remove a sysfs file, and so wait until it is left, while holding a lock that ' +
      `the file's functions wait for, here ${held}; or these must only try it, and restart.`
    );
  }
  const locks = [...new Set(threads.flatMap((one) => heldInCycle(one, threads)))].map(lockWords);
  return `one order for ${locks.join(' and ')}, on every path.`;
}

/** Locks of which there is one, under which both sides could be put. */
const OUTER = new Set([
  ...['device_hotplug_lock', 'mem_hotplug_lock', 'dax_region_rwsem', 'dax_dev_rwsem'],
  ...['dax_bus_lock', 'hmem_resource_lock'],
]);

/** Locks that a thread took, and still has, before the first one of the cycle. */
function outerLocks(trace: Trace, waiter: Waiter, cycle: readonly string[]): readonly string[] {
  const taken = trace.steps
    .filter(({ thread }) => thread === waiter.thread)
    .flatMap(({ events }) =>
      events.flatMap((event) => (event.kind === 'lock' ? [event.lock] : [])),
    );
  const first = taken.findIndex((lock) => cycle.includes(lock));
  const before = first < 0 ? taken : taken.slice(0, first);
  return [...OUTER].filter((lock) => before.includes(lock) && waiter.holds.includes(lock));
}

/** The outer lock that would mask the cycle; '' where it is none of locks alone. */
export function maskOf(trace: Trace): string {
  const threads = trace.finding.deadlock?.threads ?? [];
  const waits = threads.map(({ waitsFor }) => waitsFor);
  if (threads.length < 2 || !waits.every(isLock)) return '';
  const cycle = [...threads.flatMap((one) => heldInCycle(one, threads)), ...waits];
  const holder = threads.find((one) => outerLocks(trace, one, cycle).length > 0);
  const lock = holder === undefined ? undefined : outerLocks(trace, holder, cycle)[0];
  const others = threads.filter((one) => one !== holder).map(entryOf);
  const who = others.join(' and ');
  const hasFiles = waits.some(isFile);
  const known =
    lock === undefined
      ? 'no lock is held on both sides'
      : `only ${entryOf(holder as Waiter)} runs under ${lock}`;
  const inside = lock === undefined ? "the file's functions" : who;
  const how = hasFiles
    ? `An outer lock masks the cycle only if ${inside} ` +
      'merely try it and restart, as lock_device_hotplug_sysfs() does.'
    : `A lock taken on both sides before ${uniqueLocks(cycle)} masks the cycle.`;
  const isBlind = cycle.some((name) => name.startsWith('device_lock('));
  return `${known}. ${how}${isBlind ? ' lockdep is blind to it: device_lock() is exempt.' : ''}`;
}

const uniqueLocks = (locks: readonly string[]): string =>
  [...new Set(locks.map(lockWords))].join(' and ');
