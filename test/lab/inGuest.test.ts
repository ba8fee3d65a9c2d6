/**
 * The machine of a model as its guest has it, and what a trace comes to there.
 */
import { describe, expect, it } from 'vitest';
import { commandsInGuest } from '../../src/lab/commandsInGuest.js';
import { inGuest } from '../../src/lab/inGuest.js';
import { LabError } from '../../src/lab/labError.js';
import { rigOf } from '../../src/lab/rig.js';
import type { Model } from '../../src/model/model.js';
import { modelOf } from '../support/run.ts';

const HMEM = '/sys/bus/platform/drivers/hmem';

function dynamic(kernel: string, region: string, script: readonly string[]): Model {
  return modelOf(`format: 1
title: a region that goes and comes
kernel: ${kernel}
machine:
  block_size: 128M
  iomem: |
    00000000-1fffffff : System RAM
    100000000-10fffffff : Soft Reserved
  regions:
    hmem.0: { range: 100000000-10fffffff, kind: dynamic, target_node: 1${region} }
  dax:
    dax0.0: { region: hmem.0, range: 100000000-10fffffff }
actors:
  admin: |
${script.map((line) => `    ${line}`).join('\n')}
`);
}

const rigFor = (model: Model) => {
  const { rig, reasons } = rigOf(model);
  if (rig === undefined) throw new Error(reasons.join('\n'));
  return rig;
};

const AGAIN = [`echo hmem.0 > ${HMEM}/unbind`, `echo hmem.0 > ${HMEM}/bind`];
const BRANCH = [
  ...AGAIN,
  'if [ -e /sys/bus/dax/drivers/kmem/dax0.0 ]; then',
  '  echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind',
  'else',
  '  echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind',
  'fi',
];

const WAY = { initial: 0, ordinals: Array.from({ length: 40 }, () => 0) };

/** Follows the way on the guest that the model's own kernel has. */
const followInGuest = (model: Model): ReturnType<typeof commandsInGuest> => {
  const rig = rigFor(model);
  return commandsInGuest(inGuest(model, rig), model, rig, WAY);
};

/** The driver that dax0.0 has after the last command of a script. */
function lastDriver(model: Model): string | null | undefined {
  const commands = followInGuest(model);
  return commands.at(-1)?.predicted.after?.devices[0]?.driver;
}

function refusalOf(play: () => unknown): readonly string[] {
  try {
    play();
  } catch (error) {
    if (error instanceof LabError) return error.lines;
    throw error;
  }
  return [];
}

describe('the machine of a guest', () => {
  it('has regions whose devices match kmem by type, whatever the model says (#4)', () => {
    const model = dynamic('v6.12', '', AGAIN);

    expect(inGuest(model, rigFor(model)).machine.regions[0]?.kmemByType).toBe(true);
    expect(lastDriver(model)).toBe('kmem');
  });

  it('has devices that device_dax takes where the kernel does not look at their type', () => {
    expect(lastDriver(dynamic('v6.1', '', AGAIN))).toBe('device_dax');
  });
});

describe('a trace that goes another way in a guest', () => {
  it('is refused, and the region is named that lacks kmem: true', () => {
    const model = dynamic('v6.12', '', BRANCH);

    expect(refusalOf(() => followInGuest(model))).toEqual([
      'test.yaml: region hmem.0 has no `kmem: true`, but in a guest its devices match kmem by ' +
        'type from v6.3 on, and the trace goes another way; add it and write a new trace',
    ]);
  });

  it('is none where the region says it', () => {
    const model = dynamic('v6.12', ', kmem: true', BRANCH);

    expect(followInGuest(model).at(-1)?.instruction.text).toContain('kmem');
  });
});
