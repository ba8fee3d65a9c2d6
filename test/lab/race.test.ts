/** Races: what of a trace overlaps, what counts as seen, what a signal frees, how it is told. */
import { describe, expect, it } from 'vitest';
import { compileModel, type Scenario } from '../../src/compile/scenario.js';
import { explore } from '../../src/explore.js';
import { renderRaceJson } from '../../src/lab/race/json.js';
import { planRace } from '../../src/lab/race/plan.js';
import { delaysOf, type RaceOptions, race } from '../../src/lab/race/race.js';
import { isBusy, missingFrom, parseStack } from '../../src/lab/race/stacks.js';
import { renderRace } from '../../src/lab/race/text.js';
import { type Rig, rigOf } from '../../src/lab/rig.js';
import { loadModel } from '../../src/loadModel.js';
import { PLAIN } from '../../src/report/style.js';
import { isRace } from '../../src/verdict/commandRuns.js';
import type { Trace } from '../../src/verdict/trace.js';
import { FakeRacer, type Hang } from './fakeRacer.js';

interface Raced {
  readonly trace: Trace;
  readonly scenario: Scenario;
  readonly rig: Rig;
}

/** The first violation of a model of models/bugs, and the rig for it. */
async function racedOf(name: string): Promise<Raced> {
  const loaded = loadModel(`models/bugs/${name}.yaml`);
  if (!loaded.ok) throw new Error(`${name} does not load`);
  const [trace] = (await explore(loaded.model)).violations;
  const { rig, reasons } = rigOf(loaded.model);
  if (trace === undefined || rig === undefined) throw new Error(`${name}: ${reasons?.join()}`);
  return { trace, scenario: compileModel(loaded.model), rig };
}

/** Commands of a plan: those before, of each side, and after. */
async function planOf(name: string): Promise<unknown> {
  const { trace, ...where } = await racedOf(name);
  const { plan, reasons } = planRace(trace, where);
  if (plan === undefined) return reasons;
  return {
    before: plan.before.map(({ command }) => command.text),
    sides: plan.sides.map(({ thread, commands }) => [
      thread,
      ...commands.map(({ command, predicted }) => `${command.text} => ${predicted}`),
    ]),
    after: plan.after.map(({ command }) => command.text),
  };
}

describe('what of a trace is raced', () => {
  it('is the two calls that hang', async () => {
    expect(await planOf('dl6-delete-against-unbind')).toEqual({
      before: [],
      sides: [
        ['deleter', 'echo dax0.0 > /sys/devices/platform/hmem.0/dax_region/delete => null'],
        ['unbinder', 'echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind => null'],
      ],
      after: [],
    });
  });

  it('is each command of a side that another one overlaps, with what it returned', async () => {
    expect(await planOf('dl1-size-against-delete')).toEqual({
      before: [],
      sides: [
        [
          'deleter',
          'echo 1 > /sys/devices/platform/hmem.0/dax_region/create => ok',
          'echo dax0.1 > /sys/devices/platform/hmem.0/dax_region/delete => null',
        ],
        ['resizer', 'echo 0 > /sys/bus/dax/devices/dax0.1/size => null'],
      ],
      after: [],
    });
  });

  it('is nothing where one command ends before the next one begins', async () => {
    const { trace } = await racedOf('mapping-under-kmem');

    expect(isRace(trace)).toBe(false);
  });

  it('is nothing where a fault is part of it: no guest has faults in a race', async () => {
    expect(await planOf('l6-size-killed')).toEqual([
      expect.stringMatching(/^a race cannot have the fault signal/),
    ]);
  });
});

describe('a stack', () => {
  it('is told by names alone, innermost first', () => {
    const text =
      '[<0>] kernfs_drain+0x103/0x190;[<0>] unregister_dev_dax+0x3c/0xc0 [device_dax];' +
      '[<0>] release_nodes.isra.0+0x40/0xb0;';

    expect(parseStack(text)).toEqual(['kernfs_drain', 'unregister_dev_dax', 'release_nodes']);
  });

  it('of a task that waits for its next request is not one inside a request', () => {
    expect(isBusy(parseStack('[<0>] pipe_read+0x1/0x2\n[<0>] vfs_read+0x3/0x4'))).toBe(false);
    expect(isBusy([])).toBe(false);
    expect(isBusy(['size_store'])).toBe(true);
  });

  it('agrees where each function has its frame, or what stands for it, in this order', () => {
    const real = ['kernfs_drain', 'device_unregister', 'devm_release_action', 'size_store'];

    expect(missingFrom(['size_store', 'dev_dax_shrink', 'unregister_dax_mapping'], real)).toEqual(
      [],
    );
    expect(missingFrom(['size_store', 'delete_store'], real)).toEqual(['delete_store']);
    expect(missingFrom(['kernfs_drain', 'size_store'], real)).toEqual(['size_store']);
  });
});

const FOUND: ReadonlyMap<number, Hang> = new Map([
  [
    1,
    {
      stack: ['kernfs_drain', 'device_unregister', 'devm_release_action', 'size_store'],
      freedBy: 2,
    },
  ],
  [2, { stack: ['start_show', 'seq_read_iter'], freedBy: 2 }],
]);

/** Races the deadlock between mapping0/start and a shrink on a guest that is none. */
async function raceOn(guest: FakeRacer, options: Partial<RaceOptions> = {}) {
  const { trace, scenario, rig } = await racedOf('dl2-mapping-show-against-shrink');
  const fixed = { times: 2, seconds: 0.01, seed: 1, rig, pauseMs: 0 };
  return race(trace, scenario, guest, { ...fixed, ...options });
}

describe('a race', () => {
  it('is seen where all threads of the deadlock hang in its calls', async () => {
    const result = await raceOn(new FakeRacer({ hangs: FOUND }));

    expect(result).toMatchObject({ seen: 2, times: 2 });
    expect(result.rounds[0]?.freed).toEqual({ killed: ['reader'], isFree: true });
  });

  it('is not seen where one of them only takes its time', async () => {
    const slow = new Map(FOUND).set(2, { stack: ['start_show'], moves: true });

    const { seen, rounds } = await raceOn(new FakeRacer({ hangs: slow }));

    expect(seen).toBe(0);
    expect(rounds[0]?.sides.map(({ state }) => state)).toEqual(['hung', 'slow']);
  });

  it('is not seen where they hang in other calls', async () => {
    const other = new Map(FOUND).set(2, { stack: ['down_read', 'size_show'] });

    const { seen, rounds } = await raceOn(new FakeRacer({ hangs: other }));

    expect([seen, rounds[0]?.outcome]).toEqual([0, 'hang']);
  });

  it('begins every side at one barrier, and repeats what they do', async () => {
    const guest = new FakeRacer({ hangs: new Map() });

    await raceOn(guest, { times: 1, passes: 7 });

    expect(guest.asked[0]).toBe('a barrier');
    expect(guest.asked.slice(1).map((line) => line.replace(/delay \d+/, 'delay N'))).toEqual([
      '1 barrier 2 delay N again 2 7 write /sys/bus/dax/devices/dax0.0/size 0',
      '2 barrier 2 delay N again 2 7 read /sys/bus/dax/devices/dax0.0/mapping0/start',
    ]);
  });

  it('says that kernel and model differ where a signal does not free what it should', async () => {
    const stuck = new Map([...FOUND].map(([task, { stack }]) => [task, { stack }] as const));

    const result = await raceOn(new FakeRacer({ hangs: stuck }));

    expect(renderRace(result, PLAIN)).toContain(
      'kill -9    of reader freed 0 of 2 hangs; the model says: freed by a fatal signal',
    );
  });

  it('goes on with a fresh guest after one that is lost', async () => {
    const lost = new FakeRacer({ hangs: FOUND, lostIn: 1, console: 'last words\n' });

    const result = await raceOn(lost, {
      renew: () => Promise.resolve(new FakeRacer({ hangs: FOUND })),
    });

    expect(lost.isClosed).toBe(true);
    expect(result.rounds.map(({ outcome }) => outcome)).toEqual(['lost', 'hang']);
    expect(result.rounds[0]?.messages).toContain('QEMU has ended');
  });

  it('ends with what was said where no fresh guest can be had', async () => {
    const lost = new FakeRacer({ hangs: FOUND, lostIn: 1 });

    await expect(raceOn(lost)).rejects.toThrow('QEMU has ended');
  });

  it('is seen by an alarm of the kernel where the finding is a crash', async () => {
    const { trace, scenario, rig } = await racedOf('shrink-in-region-unbind');
    const console = '[    7.1] WARNING: CPU: 0 PID: 9 at drivers/base/devres.c:766\n';
    const options = { times: 1, seconds: 0.01, seed: 1, rig, pauseMs: 0 };

    const alarmed = await race(
      trace,
      scenario,
      new FakeRacer({ hangs: new Map(), console }),
      options,
    );
    const quiet = await race(trace, scenario, new FakeRacer({ hangs: new Map() }), options);

    expect([alarmed.seen, quiet.seen]).toEqual([1, 0]);
    expect(alarmed.rounds[0]?.messages).toEqual([
      'WARNING: CPU: 0 PID: 9 at drivers/base/devres.c:766',
    ]);
  });
});

describe('the delays', () => {
  it('are the same for the same seed, and let one side of each round begin at once', () => {
    const delays = delaysOf(5, 3, 40);

    expect(delaysOf(5, 3, 40)).toEqual(delays);
    expect(delaysOf(6, 3, 40)).not.toEqual(delays);
    expect(delays.every((round) => round.includes(0) && round.length === 3)).toBe(true);
    expect(new Set(delays.map((round) => round.indexOf(0))).size).toBe(3);
  });
});

const withoutTimes = (text: string): string => text.replace(/after \d+\.\d s/, 'after N s');

describe('a race is told', () => {
  it('with how often it was seen, and both stacks of the first time', async () => {
    const result = await raceOn(new FakeRacer({ hangs: FOUND, console: '[ 1.5] one line\n' }));

    expect(withoutTimes(renderRace(result, PLAIN))).toMatchInlineSnapshot(`
      "a read of mapping0/start against a shrink that drops the range
        model      models/bugs/dl2-mapping-show-against-shrink.yaml
        kernel     6.12.0-test, predicted for v6.12
        finding    no-deadlock
        rounds     hang 2; seed 1
        kill -9    of reader freed 2 of 2 hangs; the model says: freed by a fatal signal

      First seen in round 1, after N s
        resizer hung
          kernel   kernfs_drain < device_unregister < devm_release_action < size_store
          model    unregister_dax_mapping < dev_dax_shrink < size_store
        reader hung
          kernel   start_show < seq_read_iter
          model    start_show
          dmesg    one line

      Seen 2 of 2.
      "
    `);
  });

  it('without a claim where it was not seen', async () => {
    const result = await raceOn(new FakeRacer({ hangs: new Map() }));

    expect(renderRace(result, PLAIN)).toMatch(
      /\nNOT SEEN: 0 of 2; that does not prove that it cannot be\.\n$/,
    );
  });

  it('as one line of JSON, with stacks of the first time alone', async () => {
    const text = renderRaceJson(await raceOn(new FakeRacer({ hangs: FOUND })), {});
    const told = JSON.parse(text) as Record<string, unknown>;

    expect(text.trimEnd()).not.toContain('\n');
    expect(told).toMatchObject({
      kind: 'lab-race',
      seen: 2,
      times: 2,
      first: {
        round: 1,
        sides: [
          { stack: ['kernfs_drain', 'device_unregister', 'devm_release_action', 'size_store'] },
          {},
        ],
      },
      rounds: [{ seen: true, outcome: 'hang' }, { seen: true }],
    });
    expect(text.match(/kernfs_drain/g)).toHaveLength(1);
  });
});
