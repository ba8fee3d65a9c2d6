/** The order of locks over all states: its cycles, what masks them, and what lockdep would see. */
import { describe, expect, it } from 'vitest';
import { Lock } from '../../assembly/layout.js';
import { explore } from '../../src/explore.js';
import { type ClassEdge, chordlessCycles, judge } from '../../src/verdict/lockCycles.js';
import type { LockOrder } from '../../src/verdict/trace.js';
import { checkAll, MODEL_FILES, modelNamed } from './models.ts';

async function orderOf(name: string, workers = 1): Promise<LockOrder> {
  const verdict = await explore(modelNamed(name), { lockOrder: true, workers });
  if (verdict.lockOrder === null) throw new Error('the order of locks was asked for');
  return verdict.lockOrder;
}

const BLOCK_FILES = 's_active(memoryN/*)';
const MASKED = { verdict: 'masked', maskedBy: 'device_hotplug_lock' };
const FOUND = { verdict: 'deadlock', maskedBy: null };

/**
 * dax.md 8 (DL1, DL2, DL3, DL6), mm.md 2.1 and 5 (R4), bugs.md 38 (214291cbaace); read from the
 * kernel's source.
 */
const CYCLES = [
  {
    model: 'bugs/remove-memory-kernfs-cycle.yaml',
    classes: [BLOCK_FILES, 'mem_hotplug_lock'],
    hidden: [],
    ...MASKED,
  },
  {
    model: 'bugs/remove-memory-kernfs-cycle.yaml',
    classes: [BLOCK_FILES, 'cpu_hotplug_lock'],
    hidden: [],
    ...MASKED,
  },
  {
    model: 'bugs/remove-memory-kernfs-cycle-planted.yaml',
    classes: [BLOCK_FILES, 'device_hotplug_lock'],
    hidden: [],
    ...FOUND,
  },
  {
    model: 'lifecycle/any-one-admin-step.yaml',
    classes: ['device_lock(memoryN)', 'mem_hotplug_lock'],
    hidden: ['device_lock(memoryN)'],
    ...MASKED,
  },
  {
    model: 'bugs/dl1-size-against-unbind.yaml',
    classes: ['s_active(daxX.Y/*)', 'dax_region_rwsem'],
    hidden: [],
    ...FOUND,
  },
  {
    model: 'bugs/dl2-mapping-show-against-shrink.yaml',
    classes: ['s_active(daxX.Y/mappingN/*)', 'dax_region_rwsem'],
    hidden: [],
    ...FOUND,
  },
  {
    model: 'bugs/dl6-delete-against-unbind.yaml',
    classes: ['s_active(dax_region/*)', 'device_lock(region)'],
    hidden: ['device_lock(region)'],
    ...FOUND,
  },
  {
    model: 'bugs/hmat-notifier-deadlock.yaml',
    classes: ['device_hotplug_lock', 'hmem_resource_lock'],
    hidden: [],
    ...FOUND,
  },
];

describe(`cycles among classes of locks, ${CYCLES.length} from the papers`, () => {
  it.each(CYCLES)('$model: $classes is $verdict', async ({ model, ...cycle }) => {
    expect((await orderOf(model)).cycles).toContainEqual(expect.objectContaining(cycle));
  });

  it('shows both paths of a cycle', async () => {
    const { cycles } = await orderOf('bugs/remove-memory-kernfs-cycle.yaml');

    expect(cycles.map(({ paths }) => paths)).toContainEqual([
      ['state_store'],
      ['unbind_store', 'dev_dax_kmem_remove', 'remove_memory'],
    ]);
  });

  it('does not take a lock that is only tried for one that is waited for', async () => {
    const { edges } = await orderOf('bugs/remove-memory-kernfs-cycle.yaml');
    const tried = edges.filter(({ held, taken }) => held === BLOCK_FILES && /hotplug/.test(taken));

    expect(tried.map(({ taken, waits }) => [taken, waits])).toEqual([
      ['device_hotplug_lock', false],
      ['cpu_hotplug_lock', true],
      ['mem_hotplug_lock', true],
    ]);
  });

  it('is the same for one worker and for two', async () => {
    const name = 'lifecycle/any-one-admin-step.yaml';

    expect(await orderOf(name, 2)).toEqual(await orderOf(name, 1));
  });
});

const SMALL = MODEL_FILES.filter((name) => (modelNamed(name).expect?.states ?? 0) < 5000);

/** Semaphores of which a reader queues behind a writer that waits. */
const FAIR = ['dax_region_rwsem', 'dax_dev_rwsem'];

describe(`locks in all states of ${SMALL.length} models`, () => {
  it.each(SMALL)('%s: paired, never taken twice, and readers wait for nothing', async (name) => {
    const { lockOrder, violations } = await explore(checkAll(modelNamed(name)), {
      lockOrder: true,
    });
    if (lockOrder === null) throw new Error('the order of locks was asked for');
    const broken = violations.map(({ finding }) => finding.property);
    expect(lockOrder.stray.length > 0).toBe(broken.includes('lock-pairing'));

    // dax.md 8, DL5: no path comes to device_hotplug_lock that holds it already.
    const waits = lockOrder.edges.filter((edge) => edge.waits);
    const nested = waits.some(({ held, taken }) => held === taken);
    expect(nested && !broken.includes('no-deadlock')).toBe(false);
    expect(waits.filter(({ held, taken }) => held === taken && /hotplug/.test(held))).toEqual([]);

    // So whoever reads goes on, and a reader that queues behind a writer closes no cycle.
    expect(waits.filter(({ held, shared }) => shared && FAIR.includes(held))).toEqual([]);
  });
});

const { DaxBus, DeviceHotplug, MemHotplug, DeviceLock, RegionLock } = Lock;
const edge = (held: Lock, taken: Lock, more: Partial<ClassEdge> = {}): ClassEdge => ({
  held,
  taken,
  waits: true,
  tries: false,
  deadlocks: false,
  owned: true,
  shared: false,
  wanted: true,
  common: 0,
  ...more,
});

describe('cycles of a graph', () => {
  it('are told without those that have a shorter way round', () => {
    const edges = [
      edge(DaxBus, DeviceLock),
      edge(DeviceLock, RegionLock),
      edge(RegionLock, DaxBus),
      edge(RegionLock, DeviceLock),
    ];

    const cycles = chordlessCycles(edges).map((cycle) => cycle.map(({ held }) => held));
    expect(cycles).toEqual([[DeviceLock, RegionLock]]);
  });

  it('are told of a class that is taken inside itself, and of others through it', () => {
    const edges = [edge(DaxBus, DaxBus), edge(DaxBus, DeviceLock), edge(DeviceLock, DaxBus)];

    const cycles = chordlessCycles(edges).map((cycle) => cycle.map(({ held }) => held));
    expect(cycles).toEqual([[DaxBus], [DaxBus, DeviceLock]]);
  });

  it('are none where a lock is only tried', () => {
    const edges = [edge(DaxBus, DeviceLock), edge(DeviceLock, DaxBus, { waits: false })];

    expect(chordlessCycles(edges)).toEqual([]);
  });
});

const under = (...locks: readonly Lock[]): Partial<ClassEdge> => ({
  common: locks.reduce((set, lock) => set | (1 << lock), 0),
});

describe('a cycle of two', () => {
  const twoOf = (first: Partial<ClassEdge>, second: Partial<ClassEdge>): readonly ClassEdge[] => [
    edge(DaxBus, MemHotplug, first),
    edge(MemHotplug, DaxBus, second),
  ];
  const CASES = [
    {
      claim: 'masked by a lock over both',
      cycle: twoOf(under(DeviceHotplug), under(DeviceHotplug)),
      verdict: 'masked',
    },
    {
      claim: 'open when one wait is done without it',
      cycle: twoOf(under(DeviceHotplug), {}),
      verdict: 'not reached',
    },
    {
      claim: 'open under locks of which there are many',
      cycle: twoOf(under(DeviceLock), under(DeviceLock)),
      verdict: 'not reached',
    },
    {
      claim: 'found when both waits are in a deadlock',
      cycle: twoOf({ deadlocks: true }, { deadlocks: true }),
      verdict: 'deadlock',
    },
    {
      claim: 'of readers where one lock is only read',
      cycle: twoOf({ wanted: false }, { owned: false }),
      verdict: 'readers',
    },
    {
      claim: 'open where a reader meets a writer',
      cycle: twoOf({ wanted: false }, {}),
      verdict: 'not reached',
    },
  ];

  it.each(CASES)('is $claim', ({ cycle, verdict }) => {
    expect(judge(cycle).verdict).toBe(verdict);
  });
});
