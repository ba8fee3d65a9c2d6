/** A way that is copied as a model is one: it loads, and reaches the machine of the way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { explore } from '../../src/explore.js';
import type { Position } from '../../src/explorer/position.js';
import { renderWayModel } from '../../src/explorer/wayModel.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import { loadModel } from '../../src/loadModel.js';
import { viewMachine } from '../../src/verdict/machineView.js';
import { kernelExports } from '../../src/verdict/steps.js';
import type { MachineView } from '../../src/verdict/trace.js';
import { MODEL_FILES, modelNamed } from '../explore/models.ts';
import { explorerOf } from './explorers.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-way-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Who holds a lock is another thread in the copy, and what its scripts can never create is not
 * listed there.
 */
const shown = ({ locks: _, devices, ...machine }: MachineView): string =>
  JSON.stringify([machine, devices.filter(({ present }) => present)], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString(16) : value,
  );

/** The copy of a way, loaded and searched: whether some state shows a machine. */
async function isReached(text: string, machine: MachineView): Promise<boolean> {
  const path = join(folder, 'way.yaml');
  writeFileSync(path, text);
  const loaded = loadModel(path);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const scenario = compileModel(loaded.model);
  const engine = openKernelEngine(scenario);
  await engine.search();
  const wanted = shown(machine);
  const { zonesText } = kernelExports(engine);
  for (const { count, bytes } of engine.states()) {
    for (let index = 0; index < count; index++) {
      const at = index * engine.stateBytes;
      const zones = (block: number): string =>
        scenario.strings[zonesText(bytes.byteOffset + at, block)] ?? '?';
      const state = bytes.slice(at, at + engine.stateBytes);
      if (shown(viewMachine(state, scenario, { zones })) === wanted) return true;
    }
  }
  return false;
}

async function positionsOf(name: string): Promise<{ text: string; position: Position }[]> {
  const model = modelNamed(name);
  const { explorer, head } = explorerOf(model);
  if (head === null) throw new Error(`${name} has no file`);
  const all: { text: string; position: Position }[] = [];
  for (const { steps } of (await explore(model)).violations) {
    const ordinals = steps.map(({ ordinal }) => ordinal);
    const position = await explorer.visit({ initial: 0, ordinals });
    all.push({ text: renderWayModel({ ...head, file: name }, position), position });
  }
  return all;
}

describe('a way as a model', () => {
  it.each(MODEL_FILES)('%s', async (name) => {
    for (const { text, position } of await positionsOf(name)) {
      const isWhole = position.commands.every(({ line }) => line !== null);
      if (isWhole)
        expect({ text, is: await isReached(text, position.machine) }).toMatchObject({ is: true });
    }
  });

  it('does commands that do not overlap by one actor, in their order', async () => {
    const [way] = await positionsOf('lifecycle/script-loses-device.yaml');

    expect(way?.text).toMatchInlineSnapshot(`
      "# The way 0:0.0.1.1.1.1.1.0 through lifecycle/script-loses-device.yaml: 8 steps.
      # One actor does its commands in their order.
      format: 1
      title: udev brings a block back online before kmem is unbound
      kernel: v6.12
      machine:
        block_size: 128M
        iomem: |
          00001000-0009ffff : System RAM
          00100000-7fffffff : System RAM
          100000000-17fffffff : Soft Reserved
        regions:
          hmem.0:
            range: 100000000-17fffffff
            kind: dynamic
            target_node: 1
            kmem: true
        dax:
          dax0.0:
            region: hmem.0
            range: 100000000-10fffffff
            driver: kmem
            blocks: online_movable
      check:
        - no-crash
        - no-deadlock
        - no-overlap
        - no-leak
        - accounting
        - recoverable: dax0.0
      granularity: call
      actors:
        way: |
          echo offline > /sys/devices/system/memory/memory32/state
          echo offline > /sys/devices/system/memory/memory33/state
          cat /sys/devices/system/memory/memory32/state
          echo online > /sys/devices/system/memory/memory32/state
          echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind
      "
    `);
  });

  it('keeps the actors of commands that overlap', async () => {
    const [way] = await positionsOf('bugs/dl6-delete-against-unbind.yaml');

    expect(way?.text).toMatchInlineSnapshot(`
      "# The way 0:0.1.1.0.0.0.0.0.0.0.0.0.0 through bugs/dl6-delete-against-unbind.yaml: 13 steps.
      # Its commands overlap: each actor does its own, and the way is one of their interleavings.
      format: 1
      title: a delete against the unbinding of its region's driver
      kernel: v6.12
      granularity: step
      machine:
        block_size: 128M
        iomem: |
          00000000-3fffffff : System RAM
          100000000-10fffffff : Soft Reserved
        regions:
          hmem.0:
            range: 100000000-10fffffff
            kind: dynamic
            target_node: 1
        dax:
          dax0.0:
            region: hmem.0
            range: 100000000-107ffffff
      check:
        - no-deadlock
      continue: true
      actors:
        deleter: |
          echo dax0.0 > /sys/devices/platform/hmem.0/dax_region/delete
        unbinder: |
          echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind
      "
    `);
  });
});
