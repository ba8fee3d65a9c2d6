/** A user's own scripts on a machine: what is found, and how it is told. */
import { describe, expect, it } from 'vitest';
import { renderAlone } from '../../src/advice/alone.ts';
import { raceSentence, renderStory } from '../../src/report/story.ts';
import { PLAIN } from '../../src/report/style.ts';
import { cutModel } from '../../src/scope/choose.ts';
import { check, file, found, machine, ONLINE_RULE } from './support.ts';

const OFFLINE = [
  'echo offline > /sys/devices/system/memory/memory32/state',
  'echo offline > /sys/devices/system/memory/memory33/state',
];
const UNBIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind';
const RETIRE = [...OFFLINE, UNBIND, ''].join('\n');

describe('a script that takes a device back', () => {
  it('holds when nobody else does anything', async () => {
    const answer = await check([RETIRE], { on: machine({ blocks: 'online_movable' }) });

    expect(answer.verdict.verdict).toBe('holds');
    expect(answer.stories).toEqual([]);
  });

  it('loses it when a rule brings a block online before the unbind', async () => {
    const answer = await check([RETIRE], {
      on: machine({ blocks: 'online_movable' }),
      rules: [ONLINE_RULE],
      coldplug: true,
    });
    const story = answer.stories.find(({ property }) => property === 'recoverable');

    expect(story?.reboot).toBe('needed');
    expect(story && raceSentence(story, 'machine.yaml')).toMatch(
      /^a\.sh:3 races with 80-online\.rules:1, after a\.sh:[12]$/,
    );
    expect(story?.orders).toContainEqual({ text: '80-online.rules:1 after a.sh:3', isSafe: true });
  });

  it('is told of alone where no other file is needed', async () => {
    const answer = await check([`${UNBIND}\n`], { on: machine({ blocks: 'online_movable' }) });
    const story = answer.stories.find(({ property }) => property === 'recoverable');

    expect(story && raceSentence(story, 'machine.yaml')).toBe(
      'a.sh:1 does this alone: no other file is needed',
    );
  });
});

describe('the story of a race', () => {
  const storyOf = async (
    property: string,
    scripts: readonly string[],
    options: Parameters<typeof check>[1],
  ) => (await check(scripts, options)).stories.find((story) => story.property === property);
  const kmem = { on: machine({ blocks: 'online_movable' }) };

  it('moves whole lines, so that its orders are those of what is meant', async () => {
    const story = await storyOf(
      'recoverable',
      ['daxctl online-memory dax0.0\n', 'daxctl reconfigure-device -m devdax -f dax0.0\n'],
      kmem,
    );

    expect(story?.orders).toEqual([
      { text: 'a.sh:1 after b.sh:1', isSafe: true },
      { text: 'a.sh:1 before b.sh:1', isSafe: true },
    ]);
  });

  it('names the line that made the end another one, and not the last look', async () => {
    const memory =
      'daxctl reconfigure-device -m system-ram -N dax0.0\ndaxctl online-memory dax0.0\n';
    const policy = 'echo online > /sys/devices/system/memory/auto_online_blocks\n';
    const on = machine({ driver: 'device_dax' });
    const story = await storyOf('ends-as-meant', [memory, policy], { on });

    expect(story && raceSentence(story, 'machine.yaml')).toBe('a.sh:1 races with b.sh:1');
    expect(story?.decisive?.call).toMatch(/kmem\/new_id/);
  });

  it('says how much of a device is kept where the machine was cut', async () => {
    const on = cutModel(machine({ blocks: 'online_movable' }), 1).model;
    const { stories, alone } = await check([`${UNBIND}\n`], { on });
    const kept = 'dax0.0: 1 of its 2 blocks are kept (--scope)';

    expect(stories.map(({ ends }) => ends.at(-1))).toContain(kept);
    expect(alone[0]?.ends.at(-1)).toBe(kept);
  });

  it('says that somebody runs udevadm trigger', async () => {
    const answer = { ...kmem, rules: [ONLINE_RULE], coldplug: true };
    const triggered = await storyOf('recoverable', [RETIRE], answer);
    const alone = await storyOf('recoverable', [`${UNBIND}\n`], kmem);

    expect(triggered?.triggered).toBeGreaterThan(0);
    expect(triggered && renderStory(triggered, 'machine.yaml', PLAIN)).toMatch(
      /somebody runs udevadm trigger \(step \d+\)/,
    );
    expect(alone?.triggered).toBeNull();
  });
});

describe('what a script is for', () => {
  const PROVISION = [
    'set -e',
    'daxctl reconfigure-device --mode=system-ram --no-online dax0.0',
    'daxctl online-memory dax0.0',
    '',
  ].join('\n');

  it('is what it comes to alone', async () => {
    const { goals } = await check([PROVISION], { on: machine({ driver: 'device_dax' }) });

    expect(goals).toEqual([
      {
        order: ['a.sh'],
        devices: [{ name: 'dax0.0', driver: 'kmem' }],
        blocks: [
          { index: 32, state: 'online', zone: 'Movable' },
          { index: 33, state: 'online', zone: 'Movable' },
        ],
        policy: 'offline',
      },
    ]);
  });

  it('is missed when a rule is faster, and the misses are told', async () => {
    const answer = await check([PROVISION], {
      on: machine({ driver: 'device_dax' }),
      rules: [ONLINE_RULE],
    });
    const trace = answer.verdict.violations.find(
      ({ finding }) => finding.property === 'ends-as-meant',
    );

    expect(trace?.finding.summary).toMatch(
      /not as they are meant to: memory3\d.* online Normal \(meant: online Movable\)$/,
    );
  });

  it('is missed with a reboot or without one', async () => {
    const unbound = await check([RETIRE], {
      on: machine({ blocks: 'online_movable' }),
      rules: [ONLINE_RULE],
      coldplug: true,
    });
    const bound = await check([PROVISION], {
      on: machine({ driver: 'device_dax' }),
      rules: [ONLINE_RULE],
    });
    const told = [unbound, bound].map(({ stories }) =>
      stories.find(({ property }) => property === 'ends-as-meant'),
    );

    expect(told.map((story) => story?.reboot)).toEqual(['needed', 'not needed']);
  });

  it('of two scripts is either order of them', async () => {
    const policy = (value: string): string =>
      `echo ${value} > /sys/devices/system/memory/auto_online_blocks\n`;
    const answer = await check([policy('online'), policy('online_movable')]);

    expect(answer.goals.map(({ policy: left }) => left)).toEqual(['online_movable', 'online']);
    expect(found(answer)).toEqual([]);
  });

  it('is not asked of more than three scripts', async () => {
    const { goals, alone } = await check(['true\n', 'true\n', 'true\n', 'true\n']);

    expect(goals).toEqual([]);
    expect(renderAlone(alone, 'machine.yaml', PLAIN)).toMatch(/not asked of more than 3 scripts/);
  });
});

describe('rules', () => {
  const BIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/new_id\n';

  it('are taken in the order of the names of their files', async () => {
    const last = file('/a/99-z.rules', 'SUBSYSTEM=="memory", ATTR{state}="$env{.x}"\n');
    const first = file('/z/10-a.rules', 'SUBSYSTEM=="memory", ENV{.x}="online"\n');
    const answer = await check([BIND], {
      on: machine({ driver: 'none' }),
      rules: [last, first],
    });

    expect(found(answer)).toContain('ends-as-meant');
  });

  it('of a program that ends with a status do not match, as in udev', async () => {
    const rule = file(
      '40-m.rules',
      [
        'SUBSYSTEM!="memory", GOTO="end"',
        'ACTION!="add", GOTO="end"',
        'ENV{.z}="online"',
        'PROGRAM="/usr/bin/systemd-detect-virt --vm", RESULT=="none", ENV{.z}="online_movable"',
        'ATTR{state}=="offline", ATTR{state}="$env{.z}"',
        'LABEL="end"',
      ].join('\n'),
    );
    const answer = await check([BIND], {
      on: machine({ driver: 'none' }),
      rules: [rule],
    });
    const trace = answer.verdict.violations.find(
      ({ finding }) => finding.property === 'ends-as-meant',
    );

    expect(trace?.finding.summary).toContain('online Normal');
  });
});

describe('events of drivers', () => {
  const RULE = 'SUBSYSTEM=="dax", ACTION=="bind", RUN+="/usr/bin/daxctl online-memory %k"\n';
  const BIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/new_id\n';

  it('reach the rules when a driver takes a device', async () => {
    const answer = await check([BIND], {
      on: machine({ driver: 'none' }),
      rules: [file('90-bind.rules', RULE)],
    });
    const [trace] = answer.verdict.violations;
    const told = trace?.steps.flatMap(({ events }) => events.map((event) => JSON.stringify(event)));

    expect(found(answer)).toEqual(['ends-as-meant']);
    expect(trace?.finding.summary).toContain('online Movable (meant: offline)');
    expect(told?.join()).toContain('udev handles: bind /bus/dax/devices/dax0.0');
  });

  it('reach them when it leaves it', async () => {
    const policy = '/sys/devices/system/memory/auto_online_blocks';
    const run = `RUN+="/bin/sh -c 'echo online > ${policy}'"`;
    const rules = (action: string) => [
      file('90-policy.rules', `SUBSYSTEM=="dax", ACTION=="${action}", ${run}\n`),
    ];
    const asked = (action: string) =>
      check([RETIRE], { on: machine({ blocks: 'online_movable' }), rules: rules(action) });

    expect(found(await asked('unbind'))).toEqual(['ends-as-meant']);
    expect(found(await asked('bind'))).toEqual([]);
  });
});
