/**
 * daxctl, ndctl and cxl: what they are compiled to, what each release of them does, and what they
 * leave behind when they are run.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.ts';
import { parseModel } from '../../src/model/load.ts';
import type { Model } from '../../src/model/model.ts';
import { run } from '../../src/run.ts';
import { compileActor } from '../../src/userland/compileActor.ts';
import { TOOL_FEATURES, TOOL_RELEASES, toolFeatures } from '../../src/userland/tools.ts';
import type { RunRecord } from '../../src/verdict/trace.ts';
import { bare, listing, menuActor, scriptActor, UNIVERSE } from './support.ts';

const release = (name: string) => ({
  ...UNIVERSE,
  tools: toolFeatures({ release: name, without: [] }),
});

const MACHINE = `
machine:
  block_size: 128M
  iomem: |
    00001000-0009ffff : System RAM
    00100000-7fffffff : System RAM
    140000000-157ffffff : Persistent Memory
  dax:
    dax0.0:
      range: 148000000-157ffffff
      target_node: 1
      driver: device_dax
      namespace: { name: namespace0.0, metadata: 128M }
`;

const DYNAMIC = `
machine:
  block_size: 128M
  iomem: |
    00001000-0009ffff : System RAM
    100000000-17fffffff : Soft Reserved
  regions:
    hmem.0: { range: 100000000-13fffffff, kind: dynamic, target_node: 1 }
  dax:
    dax0.0: { region: hmem.0, range: 100000000-13fffffff, driver: device_dax }
`;

interface Setup {
  readonly machine?: string;
  readonly tools?: string;
  readonly kernel?: string;
  /** An actor with rules, as text of the model. */
  readonly udev?: string;
}

/** The model of a script on a machine. */
function modelOf(lines: readonly string[], setup: Setup = {}): Model {
  const { machine = MACHINE, tools = 'v81', kernel = 'v6.12', udev = '' } = setup;
  const script = lines.map((line) => `    ${line}`).join('\n');
  const head = `format: 1\ntitle: t\nkernel: ${kernel}\ntools: { daxctl: ${tools} }`;
  const text = `${head}${machine}actors:\n  admin: |\n${script}\n${udev}`;
  const loaded = parseModel(text, 'model.yaml', () => {
    throw new Error('no other file is named');
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return loaded.model;
}

/** Runs a script on a machine; every record, the machine before the first line too. */
const runScript = (lines: readonly string[], setup: Setup = {}): readonly RunRecord[] =>
  run(modelOf(lines, setup));

/** The driver of dax0.0, its blocks' states, and what was printed last. */
function outcome(records: readonly RunRecord[]): string {
  const last = records.at(-1);
  const driver = last?.devices.find(({ name }) => name === 'dax0.0')?.driver ?? 'none';
  const states = (last?.blocks ?? [])
    .map(({ state }) => state)
    .filter((state) => state !== 'absent');
  return [driver, ...states].join(' ');
}

const printed = (records: readonly RunRecord[]): readonly string[] =>
  records.flatMap(({ output }) => output ?? []);

/** The exit status of a command, as a script sees it. */
function statusOf(
  command: string,
  setup: Setup & { readonly before?: readonly string[] } = {},
): number {
  const marker = '/sys/devices/system/memory/auto_online_blocks';
  const candidates = [0, 1, 150, 161, 228, 234, 237, 240, 250, 254, 255];
  for (const status of candidates) {
    const lines = [...(setup.before ?? []), command, `[ $? -eq ${status} ] && cat ${marker}`];
    const last = runScript(lines, setup).at(-1);
    if (last?.command === `cat ${marker}`) return status;
  }
  return -1;
}

describe('daxctl reconfigure-device', () => {
  it.each([
    ['-m system-ram', 'kmem online online'],
    ['--mode=system-ram --no-online', 'kmem offline offline'],
    ['-Nm system-ram', 'kmem offline offline'],
    ['-m devdax', 'device_dax'],
  ])('with %s leaves %s', (options, expected) => {
    expect(outcome(runScript([`daxctl reconfigure-device ${options} dax0.0`]))).toBe(expected);
  });

  it('takes memory offline with --force and gives the device back', () => {
    const lines = ['daxctl reconfigure-device -m system-ram dax0.0'];
    const back = [...lines, 'daxctl reconfigure-device -f -m devdax dax0.0'];

    expect(outcome(runScript(back))).toBe('device_dax');
  });

  it('refuses to change modes while memory is online', () => {
    const lines = ['daxctl reconfigure-device -m system-ram dax0.0'];
    const records = runScript([...lines, 'daxctl reconfigure-device -m devdax dax0.0']);

    expect(outcome(records)).toBe('kmem online online');
    expect(printed(records).at(-1)).toBe(
      'daxctl: dax0.0: error reconfiguring devices: Device or resource busy',
    );
  });

  it.each([
    ['v71', 'kmem online online'],
    ['v72', 'device_dax'],
  ])('of %s looks at auto_online_blocks or not: %s', (tools, expected) => {
    const lines = [
      'echo online > /sys/devices/system/memory/auto_online_blocks',
      'daxctl reconfigure-device -N -m system-ram dax0.0',
    ];

    expect(outcome(runScript(lines, { tools }))).toBe(expected);
  });

  it.each([
    ['', 'online_movable'],
    ['--no-movable', 'online'],
  ])('with "%s" writes %s to a block', (option, word) => {
    const lines = [`daxctl reconfigure-device -m system-ram ${option} dax0.0`];
    const written = runScript(lines).filter(({ command }) => command.includes('/state # daxctl'));

    expect(written.map(({ command }) => command.split(' ').slice(0, 2).join(' '))).toContain(
      `echo ${word}`,
    );
  });

  it('with an align alone writes it and ends as an unknown mode', () => {
    const setup = { machine: DYNAMIC };
    const lines = ['daxctl disable-device dax0.0', 'daxctl reconfigure-device -a 4K dax0.0'];

    expect(printed(runScript(lines, setup))).toEqual(['daxctl: dax0.0: unknown mode requested: 0']);
  });
});

describe('the exit status', () => {
  const ram = ['daxctl reconfigure-device -m system-ram dax0.0'];
  const idle = ['daxctl reconfigure-device -N -m system-ram dax0.0'];
  it.each([
    ['daxctl reconfigure-device -m devdax dax0.0', [], 'v81', 0],
    ['daxctl reconfigure-device -m devdax dax0.0', [], 'v66', 1],
    ['daxctl reconfigure-device -m devdax dax0.0', ram, 'v81', 240],
    ['daxctl reconfigure-device -m system-ram dax0.0', ram, 'v81', 0],
    ['daxctl online-memory dax0.0', ram, 'v81', 1],
    ['daxctl online-memory dax0.0', idle, 'v81', 0],
    ['daxctl online-memory dax0.0', [], 'v81', 250],
    ['daxctl offline-memory dax0.0', ram, 'v81', 0],
    ['daxctl offline-memory dax0.0', idle, 'v81', 1],
    ['daxctl disable-device dax0.0', ram, 'v81', 250],
    ['daxctl disable-device dax0.0', [], 'v81', 0],
    ['daxctl destroy-device dax0.0', [], 'v81', 250],
    ['daxctl destroy-device -f dax0.0', [], 'v81', 250],
    ['ndctl disable-namespace namespace0.0', [], 'v81', 0],
    ['ndctl disable-namespace namespace0.0', ram, 'v81', 240],
    ['ndctl disable-namespace namespace0.0', ram, 'v71', 0],
    ['ndctl disable-namespace namespace0.0', idle, 'v81', 0],
    ['ndctl destroy-namespace namespace0.0', [], 'v81', 240],
    ['ndctl destroy-namespace -f namespace0.0', [], 'v81', 0],
  ])('of %s after %j with %s is %i', (command, before, tools, expected) => {
    expect(statusOf(command, { before, tools })).toBe(expected);
  });

  it.each([
    ['daxctl create-device -s 256M -r 0', ['daxctl disable-device dax0.0'], 'v81', 228],
    [
      'daxctl create-device -s 256M -r 0',
      ['daxctl disable-device dax0.0', 'daxctl reconfigure-device -s 256M dax0.0'],
      'v81',
      0,
    ],
    ['daxctl destroy-device -f dax0.0', [], 'v78', 240],
    ['daxctl destroy-device -f dax0.0', [], 'v79', 0],
  ])('of %s after %j with %s is %i in a dynamic region', (command, before, tools, expected) => {
    expect(statusOf(command, { before, tools, machine: DYNAMIC })).toBe(expected);
  });
});

describe('what daxctl online-memory prints where all memory is online', () => {
  const lines = ['daxctl reconfigure-device -m system-ram dax0.0', 'daxctl online-memory dax0.0'];
  const race = 'daxctl: dax0.0: WARNING: detected a race while onlining memory';
  const already = 'daxctl: dax0.0: all memory sections already online';
  it.each([
    ['v66', [already]],
    ['v67', [race, already]],
    ['v81', [race, already]],
  ])('with %s is %j', (tools, expected) => {
    expect(runScript(lines, { tools }).flatMap(({ output = [] }) => output)).toEqual(expected);
  });
});

describe('a tool in a menu', () => {
  it('is one entry, however many calls it does', () => {
    const { program } = compileActor(menuActor('daxctl online-memory dax0.0'), UNIVERSE);

    expect(program?.programs).toHaveLength(1);
  });

  it('stands alone there', () => {
    const actor = menuActor('daxctl online-memory dax0.0; daxctl offline-memory dax0.0');

    expect(compileActor(actor, UNIVERSE).diagnostics.map(({ code }) => code)).toEqual(['DAX215']);
  });
});

describe('a release of the tools', () => {
  it('has every feature from its first release on', () => {
    const counts = TOOL_RELEASES.map((name) => toolFeatures({ release: name, without: [] }).size);

    expect(counts.at(0)).toBe(0);
    expect(counts.at(-1)).toBe(TOOL_FEATURES.length);
    expect(counts).toEqual([...counts].sort((left, right) => left - right));
  });

  it('is a set of commits that docs/userland.md lists', () => {
    const listed = readFileSync('docs/userland.md', 'utf8').match(/^\| `[\w-]+` \| v\d+ \|.*$/gm);
    const rows = TOOL_FEATURES.map(
      ({ id, since, commit, effect }) => `| \`${id}\` | ${since} | \`${commit}\` | ${effect} |`,
    );

    expect(listed).toEqual(rows);
  });

  it('that cannot do what a line asks for is a fault', () => {
    const actor = scriptActor(bare('daxctl create-device -s 2M'));
    const { diagnostics } = compileActor(actor, release('v70'));

    expect(diagnostics.map(({ code, hint }) => `${code} ${hint}`)).toEqual([
      'DAX203 write `tools: { daxctl: v71 }`',
    ]);
  });

  it('of v71 disables a namespace by one call', () => {
    const lines = listing('ndctl disable-namespace -f namespace0.0', release('v71'));

    expect(lines).toEqual(['namespace disable region0']);
  });
});

describe('a size that was read', () => {
  const free = 'free=$(cat /sys/devices/platform/hmem.0/dax_region/available_size)';
  const mark = 'cat /sys/devices/system/memory/auto_online_blocks';
  const emptied = [
    'daxctl disable-device dax0.0',
    'daxctl reconfigure-device -s 0 dax0.0',
    'daxctl create-device -r 0 -s 256M',
    free,
  ];
  it.each([
    ['-eq 805306368', true],
    ['-ne 805306368', false],
    ['-lt 0x40000000', true],
    ['-lt 805306368', false],
    ['-le 805306368', true],
    ['-gt 0', true],
    ['-gt 805306368', false],
    ['-ge 805306368', true],
    ['-ge 1073741824', false],
    ['= 805306368', true],
    ['!= 805306368', false],
  ])('is compared with %s: %s', (comparison, holds) => {
    const lines = [...emptied, `[ "$free" ${comparison} ] && ${mark}`];
    const last = runScript(lines, { machine: DYNAMIC }).at(-1);

    expect(last?.command === mark).toBe(holds);
  });

  it('is written to another device', () => {
    const lines = [
      ...emptied,
      'echo "$free" > /sys/bus/dax/devices/dax0.0/size',
      'daxctl enable-device dax0.0',
    ];
    const last = runScript(lines, { machine: DYNAMIC }).at(-1);

    expect(last?.devices.map(({ name, size }) => `${name} ${size}`)).toEqual([
      'dax0.0 805306368',
      'dax0.1 268435456',
    ]);
  });
});

describe('udevadm trigger', () => {
  const rule = 'SUBSYSTEM=="memory", ACTION=="WHICH", ATTR{state}=="offline", ATTR{state}="online"';
  it.each([
    ['udevadm trigger --action=add', 'add', 'kmem online online'],
    ['udevadm trigger -c add -s memory', 'add', 'kmem online online'],
    ['udevadm trigger --subsystem-match=dax -c add', 'add', 'kmem offline offline'],
    ['udevadm trigger', 'add', 'kmem offline offline'],
    ['udevadm trigger --settle', 'change', 'kmem online online'],
  ])('%s fires a rule for %s: %s', (trigger, action, expected) => {
    const machine = MACHINE.replace('driver: device_dax', 'driver: kmem\n      blocks: offline');
    const udev = `  udev:\n    rules: '${rule.replace('WHICH', action)}'\n`;

    expect(outcome(runScript([trigger], { machine, udev }))).toBe(expected);
  });
});

describe('a process', () => {
  const mark = 'cat /sys/devices/system/memory/auto_online_blocks';
  it.each([
    ['touches what it maps', ['open', 'mmap', 'touch'], true],
    ['is ended by a touch without a mapping, whatever the script tests', ['open', 'touch'], false],
  ])('%s', (_, verbs, goesOn) => {
    const lines = verbs.map((verb) => `${verb} /dev/dax0.0 || true`);
    const last = runScript([...lines, mark]).at(-1);

    expect(last?.command === mark).toBe(goesOn);
  });

  it('is ended by a touch once its device has been unbound', () => {
    const lines = ['open', 'mmap'].map((verb) => `${verb} /dev/dax0.0`);
    const unbind = 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind';
    const last = runScript([...lines, unbind, 'touch /dev/dax0.0', mark]).at(-1);

    expect(`${last?.command} ${last?.result}`).toBe('touch /dev/dax0.0 EFAULT');
  });
});

describe('an unknown release of the tools', () => {
  it.each([
    ['{ daxctl: v65 }', ['DAX027 4:18']],
    ['{ daxctl: v81, without: [polcy-check] }', ['DAX027 4:33']],
    ['{ daxctl: v81, without: [policy-check] }', []],
  ])('%s is a fault in its place', (tools, expected) => {
    const head = `format: 1\ntitle: t\nkernel: v6.12\ntools: ${tools}`;
    const known = { releases: TOOL_RELEASES, features: TOOL_FEATURES.map(({ id }) => id) };
    const read = () => {
      throw new Error('no other file is named');
    };
    const text = `${head}${MACHINE}actors:\n  admin: 'true'\n`;
    const loaded = parseModel(text, 'model.yaml', read, { tools: known });
    const found = loaded.ok ? [] : loaded.diagnostics;

    expect(found.map(({ code, place }) => `${code} ${place.line}:${place.column}`)).toEqual(
      expected,
    );
  });
});

describe('what was never done', () => {
  it('names a tool once, and only one that did nothing at all', async () => {
    const lines = ['daxctl online-memory dax0.0 || exit 1', 'daxctl offline-memory dax0.0'];
    const { vacuous } = await explore(modelOf(lines));

    expect(vacuous).toEqual(['never done: daxctl offline-memory dax0.0 (model.yaml:20)']);
  });
});
