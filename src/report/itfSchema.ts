/**
 * The shape of a trace file, checked with zod, and its values turned back into those of a trace.
 */
import * as z from 'zod';
import { DEADLOCK_KINDS } from '../verdict/deadlockKinds.js';
import { NO_DRIVER, NO_NODE } from './itf.js';

/** A 64-bit value with a sign has at most 20 digits; more would only cost time. */
const bigint = z
  .object({ '#bigint': z.string().regex(/^-?\d{1,20}$/, 'expected decimal digits') })
  .transform((value) => BigInt(value['#bigint']));
const integer = bigint.transform(Number);
const count = z.int().min(0);

const place = z.object({ file: z.string(), line: z.int(), column: z.int() });
const command = z.object({ text: z.string(), place });
const lockMode = z.enum(['write', 'read', 'active']);
const range = z.object({ start: bigint, end: bigint });

const event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lock'), lock: z.string(), mode: lockMode }),
  z.object({ kind: z.literal('unlock'), lock: z.string(), mode: lockMode }),
  z.object({
    kind: z.literal('wait'),
    lock: z.string(),
    killable: z.boolean(),
    restarts: z.boolean().default(false),
    holders: z.array(z.string()),
  }),
  z.object({ kind: z.literal('message'), text: z.string() }),
  z.object({ kind: z.literal('output'), text: z.string() }),
  z.object({ kind: z.literal('uevent'), text: z.string() }),
  z.object({ kind: z.literal('fault'), text: z.string() }),
  z.object({ kind: z.literal('return'), result: z.string(), value: z.string().nullable() }),
]);

const deadlockKind = z.enum(DEADLOCK_KINDS);
const deadlock = z.object({
  kind: deadlockKind,
  // Files written before cycles were told apart have none, and no `restarts`.
  cycles: z
    .array(
      z.object({ kind: deadlockKind, threads: z.array(z.string()), kill: z.array(z.string()) }),
    )
    .default([]),
  threads: z.array(
    z.object({
      thread: z.string(),
      command: z.string(),
      stack: z.array(z.string()),
      holds: z.array(z.string()),
      waitsFor: z.string(),
      heldBy: z.array(z.string()),
      killable: z.boolean(),
      restarts: z.boolean().default(false),
    }),
  ),
});

const finding = z.object({
  property: z.string(),
  class: z.enum(['kernel-defect', 'script', 'policy', 'own']),
  summary: z.string(),
  deadlock: deadlock.nullable(),
  device: z.string().nullable(),
});

const composition = z.object({
  scripts: z.array(z.string()),
  rules: z.array(z.string()),
  coldplug: z.boolean(),
  workers: z.int().min(1).nullable(),
  virt: z.string(),
  havoc: z.object({ files: z.array(z.string()).nullable() }).nullable(),
});

const header = z.object({
  format: z.literal(1),
  model: z.string(),
  modelHash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits'),
  title: z.string(),
  kernel: z.string(),
  granularity: z.enum(['call', 'step']),
  initial: count,
  ordinals: z.array(count),
  finding,
  inevitableAt: z.int().min(-1).nullable(),
  loopFrom: count.optional(),
  composition: composition.optional(),
  folder: z.string().optional(),
  scope: count.optional(),
});

const step = z.object({
  thread: z.string(),
  command: command.nullable(),
  starts: z.boolean(),
  functions: z.array(z.string()),
  source: z.string().nullable(),
  events: z.array(event),
  ordinal: count,
});

const device = z.object({
  name: z.string(),
  driver: z.string().transform((name) => (name === NO_DRIVER ? null : name)),
  present: z.boolean(),
  size: bigint,
  ranges: z.array(range),
  targetNode: integer.transform((node) => (node === NO_NODE ? null : node)),
  opens: integer,
  mappings: integer,
  pins: integer,
  poison: z.boolean(),
});

const machine = {
  iomem: z.array(z.object({ start: bigint, end: bigint, name: z.string(), depth: integer })),
  devices: z.array(device),
  blocks: z.array(
    z.object({
      index: integer,
      state: z.enum(['offline', 'online', 'going-offline']),
      zones: z.string(),
      device: z.string(),
    }),
  ),
  drivers: z.array(
    z.object({ name: z.string(), registered: z.boolean(), ids: z.array(z.string()) }),
  ),
  autoOnlineBlocks: z.string(),
  locks: z.array(z.object({ lock: z.string(), mode: lockMode, holder: z.string() })),
};

const initialState = z.object({ '#meta': z.object({ index: count }), ...machine });
const laterState = z.object({
  '#meta': z.object({ index: count, daxcheck: step }),
  ...machine,
});

/** Tells a trace of daxcheck, of whatever version, from any other JSON. */
export const itfMarkSchema = z.object({
  '#meta': z.object({ daxcheck: z.object({ format: z.number() }) }),
});

/** A whole trace file of format 1. */
export const itfSchema = z.object({
  '#meta': z.object({ daxcheck: header }),
  states: z.tuple([initialState], laterState),
});

export type ItfDocument = z.output<typeof itfSchema>;
