/**
 * What a region's unbinding, a probe of a device that goes, and hmem's deferred work do release by
 * release, asked of every interleaving. Read in drivers/dax/bus.c, drivers/dax/hmem/hmem.c and
 * drivers/base/{bus,dd}.c of v5.3 to v6.12, and of v7.1.
 */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { PROPERTIES } from '../../src/kernel/properties.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import { describeStep, takeStep, viewReplay } from '../../src/verdict/steps.js';
import { openModel } from '../explore/models.ts';
import { modelOf, runScript } from '../support/run.ts';

const REGION = `machine:
  block_size: 128M
  iomem: |
    00000000-3fffffff : System RAM
    100000000-107ffffff : Soft Reserved
  regions:
    hmem.0: { range: 100000000-107ffffff, kind: dynamic, target_node: 1 }
  dax:
    dax0.0: { region: hmem.0, range: 100000000-107ffffff, driver: DRIVER }
`;

const HMEM = '/sys/bus/platform/drivers/hmem';

const model = (kernel: string, body: string): string =>
  `format: 1\ntitle: releases apart\nkernel: ${kernel}\ngranularity: step\n${body}`;

/** Names of the properties that a model breaks. */
async function brokenIn(text: string): Promise<readonly string[]> {
  const { violations } = await openModel(modelOf(`${text}continue: true\n`)).search();
  const found = violations.map(({ property }) => PROPERTIES[property]?.name ?? '?');
  return found.sort();
}

const UNBINDING = (kernel: string, driver: string, check: string): string =>
  model(
    kernel,
    `${REGION.replace('DRIVER', driver)}actors:
  admin: |
    echo hmem.0 > ${HMEM}/unbind
    rmmod kmem
check: [${check}]
`,
  );

/** unregister_dev_dax() of v5.3 and v5.8 frees no list: the device has one range and no array. */
const ONE_RANGE = ['v5.1', 'v5.3', 'v5.7', 'v5.9'] as const;

describe('the driver of a region goes before a device has several ranges', () => {
  it.each(ONE_RANGE)('and leaves nothing allocated on %s', async (kernel) => {
    expect(await brokenIn(UNBINDING(kernel, 'device_dax', 'no-leak'))).toEqual([]);
  });

  it.each(['v5.8', 'v5.9'])('and kmem finds its range to remove on %s', async (kernel) => {
    expect(await brokenIn(UNBINDING(kernel, 'kmem', 'resource-tree'))).toEqual([]);
  });

  it.each([
    ['v5.9', []],
    ['v5.10', ['no-crash']],
  ])('and no mapping is freed late on %s: breaks %j', async (kernel, expected) => {
    const text = UNBINDING(kernel, 'device_dax', 'no-crash');
    expect(await brokenIn(`${text}faults: [late_release]\n`)).toEqual(expected);
  });

  it('but does both in v5.10', async () => {
    expect(await brokenIn(UNBINDING('v5.10', 'device_dax', 'no-leak'))).toEqual(['no-leak']);
    expect(await brokenIn(UNBINDING('v5.10', 'kmem', 'resource-tree'))).toEqual(['resource-tree']);
  });
});

interface Path {
  readonly ordinals: readonly number[];
  readonly counts: boolean;
}

interface Walk {
  /** What a line answers, over every interleaving. */
  answersTo(line: string): readonly string[];
  /** Devices of the states in which nothing happens any more. */
  readonly ends: readonly string[];
}

/**
 * Follows every interleaving of a model. With `after`, answers count once that thread has taken a
 * step.
 */
function walk(text: string, after: string | null = null): Walk {
  const scenario = compileModel(modelOf(text));
  const engine = openKernelEngine(scenario, { debug: true });
  const answers = new Map<string, Set<string>>();
  const ends = new Set<string>();
  const seen = new Set<string>();
  const paths: Path[] = [{ ordinals: [], counts: after === null }];
  const go = ({ ordinals }: Path): void => {
    engine.replay.initial(0);
    for (const ordinal of ordinals) engine.replay.take(ordinal);
  };
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    go(path);
    const count = engine.replay.successorCount();
    if (count === 0) {
      const present = viewReplay(engine, scenario).devices.filter((device) => device.present);
      ends.add(present.map(({ name }) => name).join());
    }
    for (let ordinal = 0; ordinal < count; ordinal++) {
      go(path);
      const step = takeStep(engine, ordinal);
      if (step === null) continue;
      const told = describeStep(step, viewReplay(engine, scenario), scenario);
      const line = told.command?.text ?? '';
      const returned = told.events.find(({ kind }) => kind === 'return');
      if (path.counts && returned?.kind === 'return')
        answers.set(line, (answers.get(line) ?? new Set()).add(returned.result));
      const counts = path.counts || told.thread === after;
      const key = `${counts} ${step.after.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      paths.push({ ordinals: [...path.ordinals, ordinal], counts });
    }
  }
  return { answersTo: (line) => [...(answers.get(line) ?? [])].sort(), ends: [...ends].sort() };
}

const PROBE = 'echo dax0.0 > /sys/bus/dax/drivers_probe';

const PROBING = (kernel: string): string =>
  model(
    kernel,
    `${REGION.replace('DRIVER', 'none')}actors:
  first: |
    echo hmem.0 > ${HMEM}/unbind
  second: |
    ${PROBE}
`,
  );

/**
 * __device_attach() of v5.8.1 leaves the question to driver_probe_device(), which asks only whether
 * the device is registered; that of v5.10.89 and later returns 0 for a dead one.
 */
const DYING: readonly (readonly [kernel: string, answers: readonly string[]])[] = [
  ['v5.8', ['EINVAL', 'ENODEV', 'ok']],
  ['v5.10', ['ENODEV', 'ok']],
  ['v5.15', ['ENODEV', 'ok']],
  ['v6.12', ['ENODEV', 'ok']],
];

describe('drivers_probe at every moment of the end of a device', () => {
  it.each(DYING)('on %s answers %j', (kernel, answers) => {
    expect(walk(PROBING(kernel)).answersTo(PROBE)).toEqual(answers);
  });

  it.each(['v5.10', 'v6.12'])('binds no device that is dead on %s', async (kernel) => {
    expect(await brokenIn(`${PROBING(kernel)}check: [no-crash, no-overlap]\n`)).toEqual([]);
  });
});

const PLATFORM = '/sys/bus/platform/drivers/hmem_platform';
const BIND = `echo hmem_platform.0 > ${PLATFORM}/bind`;

const DEFERRED = (lines: readonly string[]): string =>
  model(
    'v7.1',
    `machine:
  block_size: 128M
  iomem: |
    00000000-3fffffff : System RAM
  soft_reserved: [{ range: 400000000-40fffffff, target_node: 1 }]
  cxl:
    windows: [400000000-40fffffff]
    regions:
      region8: { range: 400000000-40fffffff, target_node: 1, assembles: false }
actors:
  admin: |
${lines.map((line) => `    ${line}\n`).join('')}`,
  );

/** process_defer_work() looks at dev->driver; work_pending() is false once the work has begun. */
describe('hmem_platform goes while work waits for CXL', () => {
  const unbound = ['modprobe dax_hmem', `echo hmem_platform.0 > ${PLATFORM}/unbind`];

  it('and the work takes nothing', () => {
    expect(walk(DEFERRED(unbound)).ends).toEqual(['']);
  });

  it('and comes back unless the work is still queued', () => {
    const { answersTo, ends } = walk(DEFERRED([...unbound, BIND]));

    expect(answersTo(BIND)).toEqual(['EBUSY', 'ok']);
    expect(ends).toEqual(['', 'dax0.0']);
  });

  it('and comes back once the work has begun', () => {
    const { answersTo } = walk(DEFERRED([...unbound, BIND]), 'dax_hmem_wq');

    expect(answersTo(BIND)).toEqual(['ok']);
  });
});

const ON_KMEM = REGION.replace('machine:\n', '')
  .replaceAll(/^ {2}/gm, '')
  .replace('DRIVER', 'kmem');

/** dev_dax_kmem_remove() of v6.12 says so while the device still has its ranges. */
describe('a region that goes with memory online', () => {
  it('names the ranges that stay', async () => {
    const lines = [
      'echo online > /sys/devices/system/memory/memory32/state',
      `echo hmem.0 > ${HMEM}/unbind`,
    ];

    const records = await runScript({ kernel: 'v6.12', machine: ON_KMEM, lines });

    expect(records.at(-1)?.messages).toEqual([
      'removing memory fails, because memory [0x0000000100000000-0x0000000107ffffff] is onlined',
      [
        'kmem dax0.0: mapping0: 0x100000000-0x107ffffff',
        'cannot be hotremoved until the next reboot',
      ].join(' '),
    ]);
  });
});
