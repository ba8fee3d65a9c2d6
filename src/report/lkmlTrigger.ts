/** Who can bring a finding about: root by a write, any user by a read, the kernel by itself. */
import type { Trace, TraceStep } from '../verdict/trace.js';
import { commandText, faultNeed } from './lkmlTable.js';

/**
 * Files that every user may read (0444, 0644); mappingN/start is 0400. Source: DEVICE_ATTR_*() and
 * __ATTR() in drivers/dax/bus.c and drivers/base/memory.c, v6.12.
 */
const WORLD_READABLE = new Set([
  ...['available_size_show', 'seed_show', 'create_show', 'size_show', 'target_node_show'],
  ...['modalias_show', 'memmap_on_memory_show', 'dax_state_show', 'state_show'],
  ...['valid_zones_show', 'removable_show', 'online_show', 'auto_online_blocks_show'],
]);

type By = 'write' | 'secret' | 'read' | 'device' | 'command' | 'kernel' | 'nothing';

/** What a process does with a device's own file. */
export const isDeviceUse = (command: string): boolean =>
  /^(open|mmap|touch|pin|unpin|munmap|close) \/dev\//.test(command);

/** Who may do what a command's first step does. */
function byWhom({ command, functions }: TraceStep): By {
  const entry = functions[0] ?? '';
  if (command === null) return entry === '' ? 'nothing' : 'kernel';
  if (WORLD_READABLE.has(entry)) return 'read';
  if (isDeviceUse(command.text)) return 'device';
  if (entry.endsWith('_store')) return 'write';
  if (entry.endsWith('_show')) return 'secret';
  return /^(\[|test|sleep|udevadm|\w+=)/.test(command.text) ? 'nothing' : 'command';
}

const named = (functions: ReadonlySet<string>): string =>
  [...functions].map((name) => `${name}()`).join(', ');

/** Who does what, of some threads. */
function deeds(steps: readonly TraceStep[]): ReadonlyMap<By, ReadonlySet<string>> {
  const by = new Map<By, Set<string>>();
  for (const step of steps) {
    if (!step.starts && step.command !== null) continue;
    const who = byWhom(step);
    const entries = by.get(who) ?? new Set<string>();
    const isNamed = who === 'device' || who === 'command';
    const entry = isNamed ? commandText(step.command?.text ?? '') : step.functions[0];
    if (entry !== undefined) entries.add(entry);
    by.set(who, entries);
  }
  return by;
}

/** Says who can trigger it, in a sentence. */
export function triggerOf(trace: Trace): string {
  const { steps, finding } = trace;
  const stuck = finding.deadlock?.threads.map(({ thread }) => thread);
  const own = steps.filter(({ thread }) => stuck?.includes(thread) ?? true);
  // Where only the kernel's own threads hang, somebody has set them to work.
  const isKernels = own.every(({ command }) => command === null);
  const by = deeds(isKernels ? steps : own);
  const none: ReadonlySet<string> = new Set();
  const [writes, commands] = [by.get('write') ?? none, by.get('command') ?? none];
  const secrets = by.get('secret') ?? none;
  const rootDoes = [
    ...(writes.size > 0 ? [`writes to sysfs: ${named(writes)}`] : []),
    ...(secrets.size > 0 ? [`reads what root alone may: ${named(secrets)}`] : []),
    ...(commands.size > 0 ? [`runs ${[...commands].join(', ')}`] : []),
  ];
  const parts = rootDoes.length === 0 ? [] : [`root, who ${rootDoes.join('; and ')}`];
  if (by.has('device')) parts.push('a process that may open the device');
  // Reads that nothing depends on are no part of it.
  const reads = by.get('read') ?? none;
  if (reads.size > 0 && (stuck !== undefined || parts.length === 0)) {
    parts.push(`any user, who reads sysfs: ${named(reads)}`);
  }
  const who = parts.length === 0 ? 'nobody: the kernel comes to it by itself' : parts.join('; ');
  const rules = steps.some(({ thread }) => thread === 'udev') ? '; udev rules take part' : '';
  const faults = new Set(
    steps.flatMap(({ events }) =>
      events.flatMap((event) => (event.kind === 'fault' ? [faultNeed(event.text)] : [])),
    ),
  );
  const provided = faults.size === 0 ? '' : `; and ${[...faults].join(' and ')}`;
  return `${who}${rules}${provided}.`;
}
