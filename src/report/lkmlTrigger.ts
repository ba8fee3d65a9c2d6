/** Who can bring a finding about: root by a write, any user by a read, the kernel by itself. */
import type { Trace, TraceStep } from '../verdict/trace.js';
import { faultWords } from './lkmlTable.js';

/**
 * Files that every user may read (0444 or 0644); mappingN/start is 0400. Source: DEVICE_ATTR_*() and
 * __ATTR() in drivers/dax/bus.c and drivers/base/memory.c, v6.12.
 */
const WORLD_READABLE = new Set([
  ...['available_size_show', 'seed_show', 'create_show', 'size_show', 'target_node_show'],
  ...['modalias_show', 'memmap_on_memory_show', 'dax_state_show', 'state_show'],
  ...['valid_zones_show', 'removable_show', 'online_show', 'auto_online_blocks_show'],
]);

type By = 'write' | 'read' | 'device' | 'module' | 'root' | 'kernel' | 'nothing';

/** Who may do what a command's first step inside the kernel does. */
function byWhom({ command, functions }: TraceStep): By {
  const entry = functions[0] ?? '';
  if (command === null) return entry === '' ? 'nothing' : 'kernel';
  if (WORLD_READABLE.has(entry)) return 'read';
  if (/^(open|mmap|touch|pin|unpin|munmap|close) \/dev\//.test(command.text)) return 'device';
  if (/^(modprobe|insmod|rmmod)\b/.test(command.text)) return 'module';
  if (entry.endsWith('_store')) return 'write';
  return entry === '' ? 'nothing' : 'root';
}

const named = (functions: ReadonlySet<string>): string =>
  [...functions].map((name) => `${name}()`).join(', ');

/** Says who can trigger it, in a sentence. */
export function triggerOf(trace: Trace): string {
  const { steps, finding } = trace;
  const stuck = finding.deadlock?.threads.map(({ thread }) => thread);
  const by = new Map<By, Set<string>>();
  for (const step of steps) {
    if (!step.starts && step.command !== null) continue;
    if (stuck !== undefined && !stuck.includes(step.thread)) continue;
    const who = byWhom(step);
    const entries = by.get(who) ?? new Set<string>();
    const entry = who === 'device' || who === 'module' ? step.command?.text : step.functions[0];
    if (entry !== undefined) entries.add(entry);
    by.set(who, entries);
  }
  const parts: string[] = [];
  const add = (who: By, text: (entries: ReadonlySet<string>) => string): void => {
    const entries = by.get(who);
    if (entries !== undefined && entries.size > 0) parts.push(text(entries));
  };
  add('write', (entries) => `root, who writes to sysfs (${named(entries)})`);
  add('root', (entries) => `root (${named(entries)})`);
  add('module', (entries) => `root, who loads or unloads modules (${[...entries].join(', ')})`);
  add('device', () => 'a process that may open the device');
  // Reads that nothing depends on are no part of it.
  if (stuck !== undefined || parts.length === 0) {
    add('read', (entries) => `any user, who reads sysfs (${named(entries)})`);
  }
  if (parts.length === 0) add('kernel', () => 'nobody: the kernel comes to it by itself');
  const who = parts.length === 0 ? 'a process in userspace' : parts.join('; and ');
  const rules = steps.some(({ thread }) => thread === 'udev') ? '; udev rules take part' : '';
  const faults = new Set(
    steps.flatMap(({ events }) =>
      events.flatMap((event) => (event.kind === 'fault' ? [faultWords(event.text)] : [])),
    ),
  );
  const provided = faults.size === 0 ? '' : `; it takes: ${[...faults].join(', ')}`;
  return `${who}${rules}${provided}.`;
}
