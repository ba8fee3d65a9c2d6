/** Remedies: the ones that hold are told with a patch, and one that does not help is rejected. */
import { parsePatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { renderAlone } from '../../src/advice/alone.ts';
import { edited, overlap, patchOf } from '../../src/advice/patch.ts';
import { REMEDIES, type Remedy } from '../../src/advice/remedies.ts';
import { PLAIN } from '../../src/report/style.ts';
import { check, file, machine, ONLINE_RULE } from './support.ts';

const RETIRE = `#!/bin/sh
dev=dax0.0
echo offline > /sys/devices/system/memory/memory32/state
echo offline > /sys/devices/system/memory/memory33/state
echo "$dev" > /sys/bus/dax/drivers/kmem/unbind
echo "$dev" > /sys/bus/dax/drivers/device_dax/new_id
`;

/** Does nothing about the race. */
const NAP: Remedy = {
  id: 'nap',
  title: 'wait a second before the unbind',
  setsPolicy: false,
  edits: ({ story }) => {
    const { decisive } = story;
    if (decisive === null) return [];
    const { file: name, line } = decisive.place;
    return [{ file: name, line, removed: 0, added: ['sleep 1'] }];
  },
};

const asked = (remedies: readonly Remedy[], kernel = 'v6.12') => ({
  on: machine({ blocks: 'online_movable', kernel }),
  rules: [ONLINE_RULE],
  coldplug: true,
  advice: true,
  remedies,
});

const outcomes = async (remedies: readonly Remedy[], kernel?: string) =>
  new Map(
    ((await check([RETIRE], asked(remedies, kernel))).advised?.advice ?? []).map((one) => [
      one.remedies.join(' and '),
      one,
    ]),
  );

describe('advice', () => {
  it('rejects a remedy that does not help', async () => {
    const { advised } = await check([RETIRE], asked([NAP]));
    const told = advised?.advice.map(({ outcome, why }) => `${outcome}: ${why}`);

    expect(told?.length).toBeGreaterThan(0);
    expect(new Set(told)).toEqual(new Set(['rejected: the findings stay']));
  });

  it('tells of the rule that has to go, with the counts of its own run and a patch', async () => {
    const rule = (await outcomes(REMEDIES)).get('remove-rule');

    expect(rule).toMatchObject({ outcome: 'holds', left: [], why: null });
    expect(rule?.run?.distinctStates).toBeGreaterThan(1);
    expect(rule?.patches).toHaveLength(1);
    expect(rule?.patches[0]).toContain('+# SUBSYSTEM=="memory", ACTION=="add"');
  });

  it('does not take waiting for udev for a cure while somebody may trigger it again', async () => {
    const settle = (await outcomes(REMEDIES)).get('settle-first');

    expect(settle?.outcome).toBe('rejected');
  });

  it('gives no advice where nothing is found', async () => {
    const { advised } = await check(['true\n'], { advice: true });

    expect(advised).toEqual({ advice: [], pairs: null, untried: 'nothing to remedy' });
  });

  it('is not looked for where the search of the files themselves did not end', async () => {
    const { on, ...others } = asked([NAP]);
    const small = { ...on, limits: { ...on.limits, states: 50 } };
    const { advised } = await check([RETIRE], { ...others, on: small });

    expect(advised?.advice).toEqual([]);
    expect(advised?.untried).toMatch(/did not end/);
  });

  it('says which remedy is explored', async () => {
    const told: string[] = [];
    await check([RETIRE], { ...asked([NAP]), onRemedy: (text) => told.push(text) });

    expect(told[0]).toBe('nap, 1 of 1');
  });

  it('tries the state file only where the kernel has it', async () => {
    const old = await outcomes(REMEDIES, 'v6.12');
    const young = await outcomes(REMEDIES, 'v7.3');

    expect(old.has('state-file')).toBe(false);
    expect(young.has('state-file')).toBe(true);
  });
});

const UNBIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind\n';
/** To kmem and back again, by force. */
const THERE_AND_BACK = [
  'set -e',
  'daxctl reconfigure-device -f -m system-ram dax0.0',
  'daxctl reconfigure-device -f -m devdax dax0.0',
  '',
].join('\n');

const adviceOf = async (script: string, options: Parameters<typeof check>[1]) => {
  const { advised } = await check([script], { ...options, advice: true });
  const all = advised?.advice ?? [];
  return {
    pairs: advised?.pairs,
    holds: all.filter(({ outcome }) => outcome === 'holds').map(({ remedies }) => remedies),
    whyNot: new Map(all.map(({ remedies, why }) => [remedies.join(), why])),
    all,
  };
};

describe('each remedy', () => {
  it('of the policy holds where the kernel brings memory online that is to come back', async () => {
    const on = machine({ driver: 'device_dax', policy: 'online' });
    const { holds } = await adviceOf(THERE_AND_BACK, { on });

    expect(holds).toEqual([['policy-offline'], ['online-movable-first']]);
  });

  it('that takes memory offline first holds where the unbind alone loses the device', async () => {
    const on = machine({ blocks: 'online_movable' });
    const { holds } = await adviceOf(UNBIND, { on });

    expect(holds).toContainEqual(['offline-and-check']);
  });

  it('of the state file holds where the kernel has it', async () => {
    const on = machine({ blocks: 'online_movable', kernel: 'v7.3' });
    const { holds } = await adviceOf(UNBIND, { on });

    expect(holds).toContainEqual(['state-file']);
  });

  it('that takes one of two rules away is no help, and both are', async () => {
    const other = file('90-again.rules', ONLINE_RULE.text);
    const { holds, whyNot } = await adviceOf(RETIRE, {
      on: machine({ blocks: 'online_movable' }),
      rules: [ONLINE_RULE, other],
      coldplug: true,
    });

    expect(holds).toEqual([['remove-rules']]);
    expect(whyNot.get('remove-rule')).toBe('the findings stay');
  });

  it('is rejected where the changed script fails alone', async () => {
    const script =
      'daxctl reconfigure-device -N -m system-ram dax0.0\ndaxctl online-memory dax0.0\n';
    const { whyNot } = await adviceOf(script, {
      on: machine({ driver: 'device_dax' }),
      rules: [ONLINE_RULE],
    });

    expect(whyNot.get('online-movable-first')).toMatch(
      /^alone the script fails with it: .*kernel policy will auto-online memory, aborting$/,
    );
  });

  it('is rejected where a tool refuses with it in an order in which none did', async () => {
    const memory =
      'daxctl reconfigure-device -m system-ram -N dax0.0\ndaxctl online-memory dax0.0\n';
    const policy = 'echo online > /sys/devices/system/memory/auto_online_blocks\n';
    const on = machine({ driver: 'device_dax' });
    const { advised } = await check([memory, policy], { on, advice: true });
    const tried = new Map(advised?.advice.map((one) => [one.remedies.join(), one.why]));

    expect(tried.get('online-movable-first')).toMatch(/kernel policy will auto-online memory/);
  });

  it('is tried where a tool refuses even when nobody else does anything', async () => {
    const on = machine({ driver: 'device_dax', policy: 'online' });
    const script = 'daxctl reconfigure-device -m system-ram dax0.0\n';
    const answer = await check([script], { on });
    const { holds } = await adviceOf(script, { on });

    expect(answer.verdict.verdict).toBe('holds');
    expect(answer.alone[0]?.complaints.map(({ said }) => said)).toEqual([
      'daxctl: dax0.0: error: kernel policy will auto-online memory, aborting',
    ]);
    expect(holds).toEqual([['policy-offline']]);
  });
});

describe('a remedy of the policy', () => {
  it("stands behind the script's own policy, and a refusal is a headline", async () => {
    const on = machine({ driver: 'device_dax' });
    const script = [
      'echo online_movable > /sys/devices/system/memory/auto_online_blocks',
      'daxctl reconfigure-device -m system-ram dax0.0',
      '',
    ].join('\n');
    const { all, holds } = await adviceOf(script, { on });
    const { alone } = await check([script], { on });

    expect(holds).toEqual([['policy-offline']]);
    expect(all.find(({ outcome }) => outcome === 'holds')?.at).toEqual(['a.sh:2']);
    expect(renderAlone(alone, 'machine.yaml', PLAIN)).toMatch(
      /^Refused alone: a\.sh:2 daxctl: dax0\.0: error: kernel policy will auto-online/,
    );
  });
});

describe('pairs of remedies', () => {
  const asRaced = {
    on: machine({ driver: 'device_dax', policy: 'online' }),
    rules: [ONLINE_RULE],
    advice: true,
  };
  const halves = REMEDIES.filter(({ id }) => id === 'policy-offline' || id === 'remove-rule');

  it('hold where both halves are needed', async () => {
    const { advised } = await check([THERE_AND_BACK], { ...asRaced, remedies: [...halves, NAP] });
    const [pair, ...others] = advised?.advice ?? [];

    expect(pair).toMatchObject({ outcome: 'holds', remedies: ['policy-offline', 'remove-rule'] });
    expect(pair?.run?.distinctStates).toBeGreaterThan(1);
    expect(pair?.patches).toHaveLength(2);
    expect(others.some(({ outcome }) => outcome === 'holds')).toBe(false);
    expect(advised?.pairs).toBe(5);
  });

  it('that do not hold are counted, and not told one by one', async () => {
    const twice: Remedy = { ...NAP, id: 'nap-again' };
    const { advised } = await check([THERE_AND_BACK], { ...asRaced, remedies: [NAP, twice] });

    expect(advised?.pairs).toBe(4);
    expect(advised?.advice.some(({ remedies }) => remedies.length > 1)).toBe(false);
  });
});

describe('a patch', () => {
  const script = file('dir/a.sh', 'one\ntwo\nthree\n');
  const edits = [
    { file: 'dir/a.sh', line: 2, removed: 1, added: ['2a', '2b'] },
    { file: 'dir/a.sh', line: 1, removed: 0, added: ['zero'] },
    { file: 'other.sh', line: 1, removed: 1, added: [] },
  ];

  it('is a unified diff that names the file', () => {
    expect(patchOf(script, edits)).toBe(
      [
        '--- a/dir/a.sh',
        '+++ b/dir/a.sh',
        '@@ -1,3 +1,5 @@',
        '+zero',
        ' one',
        '-two',
        '+2a',
        '+2b',
        ' three',
        '',
      ].join('\n'),
    );
    expect(parsePatch(patchOf(script, edits))).toHaveLength(1);
  });

  it('puts in above a line what is put in, and then replaces the line', () => {
    const replaced = { file: 'dir/a.sh', line: 2, removed: 1, added: ['TWO'] };
    const above = { file: 'dir/a.sh', line: 2, removed: 0, added: ['first'] };
    const again = { file: 'dir/a.sh', line: 2, removed: 0, added: ['second'] };
    const wanted = 'one\nfirst\nsecond\nTWO\nthree\n';

    expect(edited(script, [replaced, above, again]).text).toBe(wanted);
    expect(edited(script, [above, again, replaced]).text).toBe(wanted);
    expect(overlap(replaced, above)).toBe(false);
    expect(overlap(replaced, { ...replaced, line: 1, removed: 2 })).toBe(true);
  });

  it('leaves a file alone that it does not speak of', () => {
    const other = file('b.sh', 'one\n');

    expect(edited(other, edits)).toBe(other);
    expect(patchOf(other, edits)).toBe('');
  });
});
