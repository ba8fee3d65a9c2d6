/** Random machines, traces and verdict parts for the properties of the reports. */
import fc from 'fast-check';
import { DEADLOCK_KINDS } from '../../src/verdict/deadlockKinds.js';
import type {
  DeviceView,
  Finding,
  IomemLine,
  MachineView,
  StepEvent,
  Trace,
  TraceStep,
} from '../../src/verdict/trace.js';

const address = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const word = fc.stringMatching(/^[a-z][a-z0-9_.()/ -]{0,20}$/);
const thread = fc.constantFrom('admin', 'operator', 'udev', 'environment');
const names = fc.array(word, { maxLength: 3 });
const count = fc.nat({ max: 9 });
const mode = fc.constantFrom('write' as const, 'read' as const, 'active' as const);
const place = fc.record({ file: word, line: fc.integer({ min: 1, max: 99 }), column: count });
const command = fc.option(fc.record({ text: fc.string(), place }));

/** Few distinct lines, so that two listings share some. */
const iomemLine: fc.Arbitrary<IomemLine> = fc.record({
  start: fc.bigInt({ min: 0n, max: 3n }),
  end: fc.bigInt({ min: 3n, max: 4n }),
  name: fc.constantFrom('System RAM', 'dax0.0'),
  depth: fc.nat({ max: 1 }),
});

export const listing: fc.Arbitrary<IomemLine[]> = fc.array(iomemLine, { maxLength: 12 });

const device: fc.Arbitrary<DeviceView> = fc.record({
  name: fc.constantFrom('dax0.0', 'dax0.1', 'dax1.0'),
  driver: fc.constantFrom('kmem', 'device_dax', null),
  present: fc.boolean(),
  size: address,
  ranges: fc.array(fc.record({ start: address, end: address }), { maxLength: 2 }),
  targetNode: fc.option(count),
  opens: count,
  mappings: count,
  pins: count,
  poison: fc.boolean(),
});

const block = fc.record({
  index: fc.nat({ max: 40 }),
  state: fc.constantFrom('offline' as const, 'online' as const, 'going-offline' as const),
  zones: fc.constantFrom('Normal', 'Movable', 'Normal Movable'),
  device: word,
});

export const machineView: fc.Arbitrary<MachineView> = fc.record({
  iomem: listing,
  devices: fc.uniqueArray(device, { maxLength: 3, selector: (entry) => entry.name }),
  blocks: fc.uniqueArray(block, { maxLength: 6, selector: (entry) => entry.index }),
  drivers: fc.uniqueArray(fc.record({ name: word, registered: fc.boolean(), ids: names }), {
    maxLength: 2,
    selector: (entry) => entry.name,
  }),
  autoOnlineBlocks: fc.constantFrom('offline', 'online'),
  locks: fc.array(fc.record({ lock: word, mode, holder: thread }), { maxLength: 3 }),
});

const event: fc.Arbitrary<StepEvent> = fc.oneof(
  fc.record({ kind: fc.constant('lock' as const), lock: word, mode }),
  fc.record({ kind: fc.constant('unlock' as const), lock: word, mode }),
  fc.record({
    kind: fc.constant('wait' as const),
    lock: word,
    killable: fc.boolean(),
    restarts: fc.boolean(),
    holders: fc.array(thread, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constantFrom('message' as const, 'uevent' as const, 'fault' as const),
    text: fc.string(),
  }),
  fc.record({
    kind: fc.constant('return' as const),
    result: fc.constantFrom('ok', 'EBUSY'),
    value: fc.option(fc.string()),
  }),
);

const step: fc.Arbitrary<TraceStep> = fc.record({
  thread,
  command,
  starts: fc.boolean(),
  functions: names,
  source: fc.option(word),
  events: fc.array(event, { maxLength: 4 }),
  ordinal: count,
  after: machineView,
});

const stuck = fc.record({
  thread,
  command: fc.string(),
  stack: names,
  holds: names,
  waitsFor: word,
  heldBy: fc.array(thread, { maxLength: 2 }),
  killable: fc.boolean(),
  restarts: fc.boolean(),
});

const deadlock = fc.record({
  kind: fc.constantFrom(...DEADLOCK_KINDS),
  cycles: fc.array(
    fc.record({ kind: fc.constantFrom(...DEADLOCK_KINDS), threads: names, kill: names }),
    { maxLength: 2 },
  ),
  threads: fc.uniqueArray(stuck, { maxLength: 3, selector: (entry) => entry.thread }),
});

const finding: fc.Arbitrary<Finding> = fc.record({
  property: word,
  class: fc.constantFrom('kernel-defect' as const, 'script' as const, 'policy' as const),
  summary: fc.string(),
  deadlock: fc.option(deadlock),
  device: fc.option(word),
});

export const anyTrace: fc.Arbitrary<Trace> = fc
  .record({
    format: fc.constant(1 as const),
    model: word,
    title: fc.string(),
    kernel: word,
    granularity: fc.constantFrom('call' as const, 'step' as const),
    finding,
    initial: machineView,
    steps: fc.array(step, { maxLength: 5 }),
    isInevitable: fc.boolean(),
  })
  .map(({ isInevitable, ...trace }) => ({
    ...trace,
    inevitableAt: isInevitable ? trace.steps.length - 1 : null,
  }));
