/**
 * What single releases do that no table has: names that kmem frees, a bind before a device is
 * ready, and a removal whose ranges go while it runs. Read in the sources that each test names.
 */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import { describeStep, takeStep, viewReplay } from '../../src/verdict/steps.js';
import { modelOf, runScript } from '../support/run.ts';
import { last, listing } from './machines.ts';

const ON_KMEM = `
block_size: 128M
iomem: |
  00000000-3fffffff : System RAM
  100000000-107ffffff : Soft Reserved
regions:
  hmem.0: { range: 100000000-107ffffff, kind: dynamic, target_node: 1 }
dax:
  dax0.0: { region: hmem.0, range: 100000000-107ffffff, driver: kmem, blocks: offline }
`;

const UNBIND = 'echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind';

/** Beneath the region after its driver has gone and kmem has been unloaded, by release. */
const LEFT: readonly (readonly [kernel: string, names: readonly string[]])[] = [
  // drivers/dax/bus.c unregister_dev_dax() v5.10.89: ranges first; kmem.c dax_kmem_exit().
  ['v5.10', ['<freed name, was dax0.0>', '<freed name, was System RAM (kmem)>']],
  ['v5.15', ['<freed name, was dax0.0>', '<freed name, was System RAM (kmem)>']],
  // v5.15.135, v6.1.192, v6.8.1: device_del() first.
  ['v5.15.135', []],
  ['v6.1.192', []],
  ['v6.8', []],
];

describe('the region of a device that kmem has goes, and kmem is unloaded', () => {
  it.each(LEFT)('on %s leaves %j in /proc/iomem', async (kernel, names) => {
    const record = last(
      await runScript({ kernel, machine: ON_KMEM, lines: [UNBIND, 'rmmod kmem'] }),
    );

    const left = listing(record)
      .split('\n')
      .filter((line) => /^ {2,}/.test(line))
      .map((line) => line.replace(/^.* : /, ''));
    expect(left).toEqual(names);
  });

  it('keeps the name of System RAM once a removal has failed', async () => {
    const lines = [
      'echo online_movable > /sys/devices/system/memory/memory32/state',
      'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind',
      'rmmod kmem',
    ];

    const record = last(await runScript({ kernel: 'v5.10', machine: ON_KMEM, lines }));

    expect(listing(record)).toContain(': System RAM (kmem)');
  });
});

/** A namespace comes back while somebody else binds its device. */
const RACE = (kernel: string): string => `
format: 1
title: a bind of a new device
kernel: ${kernel}
granularity: step
machine:
  block_size: 128M
  iomem: |
    00000000-3fffffff : System RAM
    100000000-107ffffff : Soft Reserved
  regions:
    hmem.0: { range: 100000000-107ffffff, kind: dynamic, target_node: 1 }
  dax:
    dax0.0: { region: hmem.0, range: 100000000-107ffffff }
actors:
  first: |
    echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind
    echo hmem.0 > /sys/bus/platform/drivers/hmem/bind
  second: |
    echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind
`;

const LIMIT = 60;

/** What the second actor's bind answers when it comes after so many steps of the first. */
function answerAfter(kernel: string, steps: number): string | null {
  const scenario = compileModel(modelOf(RACE(kernel)));
  const engine = openKernelEngine(scenario, { debug: true });
  const path: number[] = Array.from({ length: steps }, () => 0);
  const go = (): void => {
    engine.replay.initial(0);
    for (const ordinal of path) engine.replay.take(ordinal);
  };
  for (let round = 0; round < LIMIT; round++) {
    go();
    const count = engine.replay.successorCount();
    let mine: number | null = null;
    for (let ordinal = 0; ordinal < count && mine === null; ordinal++) {
      go();
      const step = takeStep(engine, ordinal);
      const told = step && describeStep(step, viewReplay(engine, scenario), scenario);
      if (told?.thread !== 'second') continue;
      mine = ordinal;
      const returned = told.events.find(({ kind }) => kind === 'return');
      if (returned?.kind === 'return') return returned.result;
    }
    if (mine === null) return null;
    path.push(mine);
  }
  throw new Error('the bind does not end');
}

/** Read in drivers/base/dd.c __driver_probe_device(): dev_ready_to_probe() or not. */
const READY: readonly (readonly [kernel: string, answersAgain: boolean])[] = [
  ['v6.1', false],
  ['v6.1.192', true],
  ['v6.12', false],
  ['v6.12.117', true],
];

describe('a bind at every moment of the making of a device', () => {
  it.each(READY)('on %s is told to try again: %j', (kernel, answersAgain) => {
    const answers = Array.from({ length: 40 }, (_, steps) => answerAfter(kernel, steps));

    expect(answers.includes('ok')).toBe(true);
    expect(answers.includes('EAGAIN')).toBe(answersAgain);
  });
});
