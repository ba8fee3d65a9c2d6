/** What may do anything can do at least what real commands in its place do. */
import { describe, expect, it } from 'vitest';
import { composeModel } from '../../src/advice/compose.ts';
import { goalExpression, goalsOf } from '../../src/advice/goal.ts';
import { planUniverse } from '../../src/compile/universe.ts';
import { explore } from '../../src/explore.ts';
import type { Model } from '../../src/model/model.ts';
import { check, file, found, machine } from './support.ts';

const AUTO = '/sys/devices/system/memory/auto_online_blocks';
const BLOCK = '/sys/devices/system/memory/memory32';

function composed(script: string, havoc: Model['havoc'] | null): Model {
  const on = machine({ blocks: 'online_movable' });
  const { model } = composeModel(on, {
    scripts: [file('a.sh', script)],
    ...{ rules: [], coldplug: false, workers: null, virt: 'none', havoc },
  });
  return model;
}

const around = (line: string): string => `echo offline > ${BLOCK}/state\n${line}\ntrue\n`;

/** Whether some behaviour with an unknown line ends as the known line does. */
async function canEndLike(line: string, files: readonly string[] | null): Promise<boolean> {
  const [goal] = goalsOf(composed(around(line), null));
  if (goal === undefined) throw new Error('the script has no end');
  const unknown = composed(around('frobnicate'), { files });
  const place = { file: 'a.sh', line: 1, column: 1 };
  const text = `!(threads["a.sh"].done && ${goalExpression(goal)})`;
  const own = { name: 'never-so', form: 'quiet', expressions: [{ text, place }], place } as const;
  const verdict = await explore({
    ...unknown,
    continueAfterViolation: false,
    properties: [own],
    check: [{ name: own.name, device: null, place }],
  });
  return verdict.violations.length > 0;
}

describe('what is taken for anything', () => {
  it.each([
    'true',
    `echo online > ${AUTO}`,
    `echo 0 > /sys/devices/system/memory/memory33/online`,
    `echo online_kernel > ${BLOCK}/state || echo online > ${BLOCK}/state`,
    'daxctl offline-memory dax0.0',
    'daxctl reconfigure-device -f -m devdax dax0.0',
    'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind; modprobe -r kmem',
    'for b in /sys/devices/system/memory/memory*; do echo offline > $b/state; done',
  ])('can come to what `%s` comes to', async (line) => {
    expect(await canEndLike(line, null)).toBe(true);
  });

  it('finds persistent memory where the listing says so', () => {
    const model = composed('frobnicate\n', { files: null });
    const regionsOf = (of: Model): readonly unknown[] => planUniverse(of).plan.universe.regions;
    const iomem = model.machine.iomem.map((node) => ({
      ...node,
      name: node.name.replace('Soft Reserved', 'Persistent Memory'),
    }));

    expect(regionsOf(model)).toMatchObject([{ isPmem: false }]);
    expect(regionsOf({ ...model, machine: { ...model.machine, iomem } })).toMatchObject([
      { isPmem: true },
    ]);
  });

  it('cannot come to what its files do not allow', async () => {
    expect(await canEndLike(`echo online > ${AUTO}`, [AUTO])).toBe(true);
    expect(await canEndLike('daxctl offline-memory dax0.0', [AUTO])).toBe(false);
  });

  it('is named in the scope of the verdict, and with its place', async () => {
    const answer = await check(['frobnicate\n'], { havoc: { files: [AUTO] } });

    expect(answer.anything).toMatchObject([{ code: 'DAX202', place: { file: 'a.sh', line: 1 } }]);
    expect(answer.verdict.scope).toContain(`1 line taken for anything done to ${AUTO}`);
    expect(found(answer)).toEqual(['ends-as-meant']);
  });
});
