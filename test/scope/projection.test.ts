/**
 * The proof of docs/scopes.md, looked up in states: what a larger machine shows of the kept blocks,
 * the cut one shows as well, and both find the same. Models that break a condition show that the
 * comparison can fail.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkScripts } from '../../src/advice/checkScripts.ts';
import type { Model } from '../../src/model/model.ts';
import { scopeModel } from '../../src/scope/cut.ts';
import { proofsOf } from '../../src/scope/proof.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { ruleOf, type Setup, UNBIND, unseen, wide } from './support.ts';

const OFFLINE = 'daxctl offline-memory dax0.0';
const MOVABLE = { rule: ruleOf('online_movable'), coldplug: true } as const;

const PROVED: readonly [string, Setup][] = [
  ['unbind against a rule', { ...MOVABLE, scripts: [UNBIND], blocks: 'offline' }],
  ['two workers of udev', { ...MOVABLE, scripts: [UNBIND], blocks: 'offline', workers: 2 }],
  ['up to v5.2', { ...MOVABLE, scripts: [UNBIND], blocks: 'offline', kernel: 'v5.1' }],
  ['v5.6, whose removal unlocks twice', { ...MOVABLE, scripts: [UNBIND], kernel: 'v5.6' }],
  ['offline-memory, kernel zone', { scripts: [`${OFFLINE}\n${UNBIND}`], blocks: 'online_kernel' }],
  [
    'offline-memory against a rule',
    { ...MOVABLE, scripts: [`${OFFLINE}\n${UNBIND}`], blocks: 'online_movable' },
  ],
  [
    'devdax by daxctl, and somebody else',
    {
      scripts: ['daxctl reconfigure-device -m devdax dax0.0', 'udevadm trigger\nudevadm settle'],
      ...{ rule: ruleOf('online_kernel'), blocks: 'offline' },
    },
  ],
  [
    'given to kmem by policy',
    {
      scripts: ['daxctl reconfigure-device -m system-ram -N -f dax0.0', UNBIND],
      ...{ driver: 'device_dax', policy: 'online_movable' },
    },
  ],
];

function enoughFor(model: Model): number {
  const [proof] = proofsOf(model, ['dax0.0']);
  expect(proof?.doubts).toEqual([]);
  return proof?.enough ?? 0;
}

async function findingsAt(model: Model, blocks: number): Promise<readonly string[]> {
  const limits = { states: 300_000, depth: null };
  const cut = { ...scopeModel(model, blocks).model, limits };
  const { verdict } = await checkScripts(cut, { workers: 1 });
  if (verdict.stoppedBy !== null) throw new Error('not ended');
  return verdict.violations
    .map(({ finding }) => `${finding.property}(${finding.device ?? ''})`)
    .sort();
}

describe('what is proved', () => {
  it.each(PROVED)('holds state by state: %s', async (_, setup) => {
    const model = wide(setup);
    const enough = enoughFor(model);
    const { states, missing } = await unseen(model, enough, enough + 1);

    expect(states).toBeGreaterThan(0);
    expect(missing).toBe(0);
  });

  it.each(PROVED)('and all find the same: %s', async (_, setup) => {
    const model = wide(setup);
    const enough = enoughFor(model);
    const found = await findingsAt(model, enough);

    expect(await findingsAt(model, enough + 1)).toEqual(found);
    expect(await findingsAt(model, enough + 2)).toEqual(found);
  });
});

describe('blocks that begin in different states', () => {
  it.each([
    ['{ 32-34: offline, 35-39: online_movable }', UNBIND],
    ['{ 32-35: online_movable, 36-39: offline }', `${OFFLINE} && ${UNBIND}`],
  ])('%s find the same with more of each stretch', async (blocks, script) => {
    const model = wide({ scripts: [script], rule: ruleOf('online_movable'), blocks });
    const enough = enoughFor(model);
    const least = Math.min(enough, 2);
    const found = await findingsAt(model, least);

    expect(await findingsAt(model, least + 1)).toEqual(found);
  });
});

describe('what is not proved can fail', () => {
  it('with one block: nobody else is online when the unbind fails', async () => {
    const model = wide({ ...MOVABLE, scripts: [UNBIND], blocks: 'offline' });
    const { missing } = await unseen(model, 1, 2);

    expect(missing).toBeGreaterThan(0);
  });

  it('where neighbours pick the zone', async () => {
    const again = 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="online"';
    const rule = `${ruleOf('online')}\n${again}, ATTR{state}="offline", ATTR{state}="online"`;
    const model = wide({ scripts: [UNBIND], rule, coldplug: true, blocks: 'online_movable' });
    const [proof] = proofsOf(model, ['dax0.0']);
    const { missing } = await unseen(model, 2, 3);
    const three = await unseen(model, 3, 5);

    expect(proof?.doubts.join()).toContain('picks the zone by the neighbours');
    expect(missing).toBeGreaterThan(0);
    // An edge and what lies between are there with three.
    expect(three.missing).toBe(0);
  });

  it('where a finding needs more blocks than are kept', async () => {
    const size = 'x=$(cat /sys/bus/dax/devices/dax0.0/size)\n[ "$x" -gt 300000000 ] || exit 0';
    const model = wide({ ...MOVABLE, scripts: [`${size}\n${UNBIND}`], blocks: 'offline' });
    const [proof] = proofsOf(model, ['dax0.0']);

    expect(proof?.doubts.join()).toContain('reads a size');
    expect(await findingsAt(model, 2)).not.toContain('recoverable(dax0.0)');
    expect(await findingsAt(model, 3)).toContain('recoverable(dax0.0)');
  });
});

const COMMAND = fc.constantFrom(
  OFFLINE,
  UNBIND,
  'daxctl reconfigure-device -m devdax dax0.0',
  'daxctl reconfigure-device -m system-ram -N dax0.0',
  'echo dax0.0 > /sys/bus/dax/drivers/kmem/bind || true',
  'echo dax0.0 > /sys/bus/dax/drivers/device_dax/new_id || true',
  'echo dax0.0 > /sys/bus/dax/drivers/kmem/remove_id || true',
  'echo online_movable > /sys/devices/system/memory/auto_online_blocks',
  'echo offline > /sys/devices/system/memory/auto_online_blocks',
  'udevadm trigger',
  'udevadm settle',
  'modprobe -r kmem || true',
);

const SCRIPT = fc
  .tuple(fc.boolean(), fc.array(COMMAND, { minLength: 1, maxLength: 4 }))
  .map(([stops, lines]) => [...(stops ? ['set -e'] : []), ...lines].join('\n'));

const SETUP = fc.record({
  scripts: fc.array(SCRIPT, { minLength: 1, maxLength: 2 }),
  rule: fc.constantFrom(undefined, ruleOf('online_movable'), ruleOf('online_kernel')),
  coldplug: fc.boolean(),
  driver: fc.constantFrom('kmem', 'device_dax'),
  policy: fc.constantFrom('offline', 'online_movable'),
  kernel: fc.constantFrom('v5.1', 'v5.3', 'v5.10', 'v6.1', 'v6.12', 'v7.1'),
});

describe(`scripts of any commands (${SEED_TITLE})`, () => {
  it('find the same with as many blocks as are enough, and with one more', async () => {
    let compared = 0;
    const property = fc.asyncProperty(SETUP, async (setup) => {
      const model = wide(setup);
      const [proof] = proofsOf(model, ['dax0.0']);
      if (proof === undefined || proof.doubts.length > 0 || (proof.enough ?? 9) > 5) return;
      const found = await findingsAt(model, proof.enough ?? 0).catch(() => null);
      const more = await findingsAt(model, (proof.enough ?? 0) + 1).catch(() => null);
      if (found === null || more === null) return;
      compared += 1;
      expect(more).toEqual(found);
    });
    await fc.assert(property, { ...FC, numRuns: runs(60) });

    expect(compared).toBeGreaterThan(runs(60) / 3);
  });
});
