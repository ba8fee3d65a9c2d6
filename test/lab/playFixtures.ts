/** Traces for tests of the lab: models of one small machine, explored and followed again. */
import { compileModel, type Scenario } from '../../src/compile/scenario.js';
import { explore } from '../../src/explore.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import { spansOf } from '../../src/lab/conform/walk.js';
import { commandsOf, type TracedCommand } from '../../src/lab/playTrace.js';
import type { Model } from '../../src/model/model.js';
import { modelOf } from '../support/run.js';

export const BIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/bind';
export const UNBIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind';
export const MOVABLE = 'echo online_movable > /sys/devices/system/memory/memory33/state';
export const MAP = 'echo 110000000-117ffffff > /sys/bus/dax/devices/dax0.0/mapping';
export const SIZE = 'cat /sys/bus/dax/devices/dax0.0/size';

/** A device of two blocks in a region of three; `rest` is the model behind its machine. */
export const smallModel = (rest: string, kernel = 'v6.12.117'): Model =>
  modelOf(`format: 1
title: a device of two blocks
kernel: ${kernel}
machine:
  block_size: 128M
  iomem: |
    00000000-3fffffff : System RAM
    100000000-117ffffff : Soft Reserved
  regions:
    hmem.0: { range: 100000000-117ffffff, kind: dynamic, target_node: 1, kmem: true }
  dax:
    dax0.0: { region: hmem.0, range: 100000000-10fffffff }
${rest}`);

/** A script of which the trace goes to the end. */
export const scriptOf = (lines: readonly string[], more = ''): string => `actors:
  admin: |
${lines.map((line) => `    ${line}`).join('\n')}
properties:
  to-the-end: '!threads["admin"].done'
check: [to-the-end]
${more}`;

/** A script of which the kernel may die at the end. */
export const crashOf = (lines: readonly string[]): string =>
  scriptOf(lines).replace(/properties:(?:.|\n)*/, 'check: [no-crash]\n');

/** A menu of the same commands: what a subject that is the model can play. */
export const menuOf = (lines: readonly string[], kernel?: string): Scenario =>
  compileModel(
    smallModel(
      `actors:\n  admin:\n    any:\n${lines.map((line) => `      - ${line}`).join('\n')}\n`,
      kernel,
    ),
  );

/** The commands of the first counterexample of a model. */
export async function traced(model: Model): Promise<readonly TracedCommand[]> {
  const [trace] = (await explore(model)).violations;
  if (trace === undefined) throw new Error('no violation');
  const scenario = compileModel(model);
  const ordinals = trace.steps.map(({ ordinal }) => ordinal);
  const way = { initial: 0, ordinals };
  return commandsOf(openKernelEngine(scenario), scenario, way, spansOf(scenario));
}
