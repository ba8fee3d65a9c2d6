/** What is proved of a cut machine: how many blocks are enough, each condition that can fail. */
import { describe, expect, it } from 'vitest';
import { parseModel } from '../../src/model/load.ts';
import type { Model } from '../../src/model/model.ts';
import { cutModel } from '../../src/scope/choose.ts';
import { proofsOf } from '../../src/scope/proof.ts';
import { ruleOf, type Setup, UNBIND, wide } from './support.ts';

const ONLINE = 'daxctl online-memory dax0.0';
const BIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/bind';
const RUN = 'SUBSYSTEM=="memory", ACTION=="add", RUN+="/usr/bin/udevadm settle"';

const proofOf = (model: Model) => proofsOf(model, ['dax0.0'])[0];

const doubtsOf = (model: Model): string => proofOf(model)?.doubts.join(', ') ?? 'no proof';

describe('blocks that are enough', () => {
  // One that a property speaks of, one that kmem cannot give back, and those that a tool looks for.
  it.each([
    ['udevadm settle', 2],
    [UNBIND, 2],
    ['daxctl reconfigure-device -m system-ram -N dax0.0', 2],
    ['daxctl reconfigure-device -m devdax dax0.0', 3],
    ['daxctl offline-memory dax0.0', 4],
    ['daxctl reconfigure-device -m devdax -f dax0.0', 4],
    ['daxctl online-memory dax0.0', 5],
    ['daxctl reconfigure-device -m system-ram dax0.0', 5],
    [`daxctl offline-memory dax0.0 || exit 1\n${UNBIND}`, 4],
    ['if true; then daxctl offline-memory dax0.0; else daxctl online-memory dax0.0; fi', 4],
  ])('of `%s` are %i', (script, enough) => {
    expect(proofOf(wide({ scripts: [script] }))).toEqual({ device: 'dax0.0', enough, doubts: [] });
  });

  it('add up over commands, scripts and rounds', () => {
    const offline = 'daxctl offline-memory dax0.0';

    expect(proofOf(wide({ scripts: [`${offline}\n${offline}`] }))?.enough).toBe(6);
    expect(proofOf(wide({ scripts: [offline, offline] }))?.enough).toBe(6);
    expect(proofOf(wide({ scripts: [`for i in 1 2 3; do ${offline}; done`] }))?.enough).toBe(8);
  });

  it('are without end where a tool is run again and again', () => {
    const model = wide({ scripts: ['while ! daxctl offline-memory dax0.0; do sleep 1; done'] });

    expect(proofOf(model)).toEqual({
      device: 'dax0.0',
      enough: null,
      doubts: ['a tool that looks at all blocks is run again and again'],
    });
  });
});

describe('a condition that fails', () => {
  const loop = 'for m in /sys/devices/system/memory/memory*; do echo offline > $m/state; done';
  const size = 'x=$(cat /sys/bus/dax/devices/dax0.0/size)\n[ "$x" -gt 1073741824 ]';
  const zones =
    'SUBSYSTEM=="memory", ATTR{valid_zones}=="Movable Normal", ATTR{state}="online_movable"';
  const movable = { blocks: 'online_movable', scripts: [UNBIND] };
  it.each<[string, Setup]>([
    [
      '`online` (80.rules:1) picks the zone by the neighbours',
      { ...movable, rule: ruleOf('online') },
    ],
    ['the policy auto-movable', { scripts: [UNBIND], more: '  auto_movable: { ratio: 301 }\n' }],
    ['movable_node', { scripts: [UNBIND], rule: ruleOf('online'), more: '  movable_node: true\n' }],
    ['a.sh:1 goes over memory blocks itself', { scripts: [loop] }],
    ['a.sh:1 reads a size', { scripts: [size] }],
    ['a.sh:1 is not covered by the proof', { scripts: ['reboot'] }],
    ['80.rules:1 does more than to write', { scripts: [UNBIND], rule: RUN }],
    [
      '80.rules:1 does more than to write',
      { scripts: [UNBIND], rule: RUN.replace('add', 'online') },
    ],
    ['80.rules:1 reads valid_zones', { scripts: [UNBIND], rule: zones }],
    ['b.sh may add memory while daxctl of a.sh counts it', { scripts: [ONLINE, BIND] }],
    [
      'a.sh may add memory while daxctl of b.sh counts',
      { scripts: [`${BIND}\n${ONLINE}`, ONLINE] },
    ],
    ['mem= may lie inside', { scripts: [UNBIND], more: '  mem_limit: 64G\n' }],
    ['memmap_on_memory', { scripts: [UNBIND], more: '  memmap_on_memory: true\n' }],
  ])('%s', (doubt, setup) => {
    const model = wide(setup);

    expect(doubtsOf(model)).toContain(doubt);
    expect(cutModel(model, null).model.cut?.text).toContain('not proved: ');
  });

  it('is told of a model: granularity, faults, behaviours, blocks in own properties', () => {
    const model = wide({ scripts: [UNBIND] });
    const { place } = model.kernel;
    const own = (text: string, form: 'quiet' | 'eventually') => ({
      ...{ name: 'mine', form, place },
      expressions: [{ text, place }],
    });
    const one = 'blocks.all(b, b.state == "offline")';

    const odd = wide({ scripts: ['systemctl restart numad'] });
    const anything = 'a.sh:1 is not understood and may do anything';

    expect(doubtsOf({ ...odd, havoc: { files: null } })).toContain(anything);
    expect(doubtsOf({ ...model, granularity: 'step' })).toBe('granularity: step');
    expect(doubtsOf({ ...model, properties: [own(one, 'quiet')] })).toContain('mine speaks of mem');
    expect(doubtsOf({ ...model, properties: [own('quiet', 'eventually')] })).toContain(
      'behaviours',
    );
    expect(
      doubtsOf({ ...model, faults: [{ point: 'signal', errno: null, times: 1, place }] }),
    ).toBe('faults of the environment are allowed');
  });
});

describe('a device', () => {
  const model = (iomem: string, dax: string): Model => {
    const text = `format: 1
title: a machine
kernel: v6.12
machine:
  block_size: 128M
  iomem: |
${iomem}
  dax:
${dax}
actors:
  admin: |
    ${UNBIND}
`;
    const loaded = parseModel(text, 'model.yaml', () => {
      throw new Error('no other file is named');
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    return loaded.model;
  };
  const RAM = '    00000000-1fffffff : System RAM';
  const ONE = '    dax0.0: { range: 100000000-13fffffff, target_node: 1, driver: kmem }';
  const TWO = '    dax1.0: { range: 200000000-23fffffff, target_node: 1, driver: kmem }';

  it('that shares its node with another one is not proved', () => {
    expect(doubtsOf(model(RAM, `${ONE}\n${TWO}`))).toContain('dax0.0 and dax1.0 are of one node');
  });

  it('that a line of the listing divides is not proved', () => {
    const lines = [RAM, '    100000000-17fffffff : R', '      120000000-12fffffff : I'].join('\n');

    expect(doubtsOf(model(lines, ONE))).toContain('a line of /proc/iomem begins or ends inside');
  });

  it('that begins below 4 GiB is not proved', () => {
    const low = '    dax0.0: { range: 80000000-bfffffff, target_node: 1, driver: kmem }';

    expect(doubtsOf(model(RAM, low))).toContain('dax0.0 begins in the zone DMA32');
  });

  it('is kept with as many blocks as are enough, where these are few', () => {
    const few = cutModel(wide({ scripts: ['daxctl offline-memory dax0.0'] }), null);
    const many = cutModel(wide({ scripts: [`${ONLINE}\n${ONLINE}`] }), null);
    const asked = cutModel(wide({ scripts: ['daxctl offline-memory dax0.0'] }), 3);

    expect(few.model.cut?.text).toMatch(
      /dax0\.0 to 4 of 8: sound: whatever breaks with all of them/,
    );
    expect(many.model.cut?.text).toMatch(
      /dax0\.0 to 3 of 8: not proved: with --scope 8 it would be/,
    );
    expect(asked.model.cut?.text).toMatch(/dax0\.0 to 3 of 8: not proved: with --scope 4 it would/);
  });
});
