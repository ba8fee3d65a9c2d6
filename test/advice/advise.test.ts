/** Remedies: the ones that hold are told with a patch, and one that does not help is rejected. */
import { parsePatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { edited, patchOf } from '../../src/advice/patch.ts';
import { REMEDIES, type Remedy } from '../../src/advice/remedies.ts';
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
    ((await check([RETIRE], asked(remedies, kernel))).advice ?? []).map((one) => [one.id, one]),
  );

describe('advice', () => {
  it('rejects a remedy that does not help', async () => {
    const { advice } = await check([RETIRE], asked([NAP]));

    expect(advice?.length).toBeGreaterThan(0);
    expect(new Set(advice?.map(({ outcome, why }) => `${outcome}: ${why}`))).toEqual(
      new Set(['rejected: it changes nothing']),
    );
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
    const { advice } = await check(['true\n'], { advice: true });

    expect(advice).toEqual([]);
  });

  it('tries the state file only where the kernel has it', async () => {
    const old = await outcomes(REMEDIES, 'v6.12');
    const young = await outcomes(REMEDIES, 'v7.3');

    expect(old.has('state-file')).toBe(false);
    expect(young.has('state-file')).toBe(true);
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

  it('leaves a file alone that it does not speak of', () => {
    const other = file('b.sh', 'one\n');

    expect(edited(other, edits)).toBe(other);
    expect(patchOf(other, edits)).toBe('');
  });
});
