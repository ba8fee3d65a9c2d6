/**
 * What the lab saw of a finding on real kernels, read from the JSON lines that `daxcheck lab replay
 * --json` writes, and as a report for a mailing list tells it.
 */
import * as z from 'zod';
import type { Trace } from '../verdict/trace.js';

const facts = z.record(z.string(), z.string());

const raceSchema = z.object({
  kind: z.literal('lab-race'),
  model: z.string(),
  property: z.string(),
  predictedFor: z.string(),
  kernel: z.string(),
  facts,
  seen: z.int().min(0),
  times: z.int().min(1),
  killed: z.object({ freed: z.int(), hung: z.int() }).nullable(),
  first: z
    .object({
      sides: z.array(
        z.object({ thread: z.string(), state: z.string(), stack: z.array(z.string()) }),
      ),
      messages: z.array(z.string()),
    })
    .nullable(),
});

const replaySchema = z.object({
  kind: z.literal('lab-replay'),
  reproduced: z.boolean(),
  property: z.string(),
  predictedFor: z.string(),
  kernel: z.string(),
  facts,
  commands: z.array(
    z.object({
      thread: z.string(),
      real: z.object({ result: z.string(), messages: z.array(z.string()) }).nullable(),
    }),
  ),
  console: z.array(z.string()),
});

const runSchema = z.discriminatedUnion('kind', [raceSchema, replaySchema]);

/** One run of a trace on a real kernel. */
export type LabRun = z.output<typeof runSchema>;

/** Lines of a file of the lab; a reason where one is no run of a trace. */
export type LabReading =
  | { readonly ok: true; readonly runs: readonly LabRun[] }
  | { readonly ok: false; readonly line: number; readonly found: string };

/** Reads the JSON lines of `daxcheck lab replay --json`. */
export function parseLabRuns(text: string): LabReading {
  const runs: LabRun[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (typeof read === 'string') return { ok: false, line: index + 1, found: read };
    runs.push(read);
  }
  if (runs.length === 0) return { ok: false, line: 1, found: 'the file is empty' };
  return { ok: true, runs };
}

function readLine(line: string): LabRun | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  const parsed = runSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `no run of a trace: ${issue?.path.join('.') || 'kind'}: ${issue?.message ?? '?'}`;
}

/** Why a run is none of this trace; null when it is one. */
export function otherThan(run: LabRun, trace: Trace): string | null {
  const { finding, kernel, model } = trace;
  if (run.property !== finding.property) return `it is of ${run.property}, not ${finding.property}`;
  if (run.predictedFor !== kernel) return `it predicts ${run.predictedFor}, the trace ${kernel}`;
  if (run.kind === 'lab-race' && run.model !== model) return `it is of ${run.model}, not ${model}`;
  return null;
}

/** What the kernel itself says is broken, among its messages. */
const ALARM =
  /\b(BUG:|WARNING:|Oops|Kernel panic|general protection|refcount_t:|list_(add|del) corruption)/;

const alarmsOf = (run: LabRun): readonly string[] =>
  run.kind === 'lab-race' ? (run.first?.messages ?? []) : run.console;

const hasAlarm = (run: LabRun): boolean =>
  alarmsOf(run).some((line) => ALARM.test(line)) ||
  (run.kind === 'lab-replay' && run.commands.some(({ real }) => real?.result === 'died'));

/**
 * Whether what is reported was there. Misused memory that gave no alarm was not seen: that the
 * commands answered as predicted says nothing of it.
 */
export function isSeen(run: LabRun): boolean {
  if (run.kind === 'lab-race') return run.seen > 0;
  return run.reproduced && (run.property !== 'no-crash' || hasAlarm(run));
}

/** How a run went, in a sentence. */
export function runSentence(run: LabRun): string {
  const { facts: about, kernel } = run;
  const version = (about.package ?? '').split(' ')[1];
  const named = version === undefined ? kernel : `${kernel} (Debian ${version})`;
  return `${named}, QEMU/${about.accelerator ?? '?'}: ${outcomeOf(run)}`;
}

function outcomeOf(run: LabRun): string {
  if (run.kind === 'lab-race') {
    const { seen, times, killed } = run;
    const free = killed === null ? '' : `; kill -9 freed ${killed.freed} of ${killed.hung}`;
    return `${seen === 0 ? 'not seen in' : `seen in ${seen} of`} ${times} tries${free}.`;
  }
  if (!run.reproduced) return 'not reproduced.';
  if (isSeen(run)) return 'reproduced.';
  return 'every command answers as told below, but the kernel gave no alarm (no KASAN).';
}

/** Functions below every system call, which say nothing. */
const COMMON = new Set([
  ...['kernfs_fop_write_iter', 'kernfs_fop_read_iter', 'new_sync_write', 'vfs_write', 'vfs_read'],
  ...['ksys_write', 'ksys_read', 'do_syscall_64', 'entry_SYSCALL_64_after_hwframe'],
  ...['seq_read_iter', 'seq_read', 'ret_from_fork', 'ret_from_fork_asm', 'kthread'],
]);

/** The stacks of what hung, innermost function first, by thread. */
export function stacksOf(runs: readonly LabRun[]): {
  readonly kernel: string;
  readonly stacks: readonly { readonly thread: string; readonly frames: readonly string[] }[];
} | null {
  for (const run of runs) {
    if (run.kind !== 'lab-race' || run.first === null) continue;
    const stacks = run.first.sides.flatMap(({ thread, stack }) =>
      stack.length === 0 ? [] : [{ thread, frames: stack.filter((name) => !COMMON.has(name)) }],
    );
    if (stacks.length > 0) return { kernel: run.kernel, stacks };
  }
  return null;
}

/** Lines of a splat that say where it is. */
const SPLAT = /\b(BUG:|WARNING:|Oops|RIP:|Call Trace:)|^\s+\S+\+0x/;

/** The kernel's own words, where a run has them. */
export function splatOf(
  runs: readonly LabRun[],
  linesMax: number,
): { readonly kernel: string; readonly lines: readonly string[] } | null {
  for (const run of runs) {
    const lines = alarmsOf(run);
    const from = lines.findIndex((line) => ALARM.test(line));
    if (from < 0) continue;
    const told = lines.slice(from).filter((line) => SPLAT.test(line) || ALARM.test(line));
    return { kernel: run.kernel, lines: told.slice(0, linesMax) };
  }
  return null;
}
