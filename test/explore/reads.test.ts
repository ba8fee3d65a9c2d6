/** Numbers read from files have no place in the state: using one is refused. */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import type { Diagnostic } from '../../src/errors.js';
import { modelOf } from '../support/run.ts';

const model = (script: string) =>
  modelOf(`format: 1
title: a script that reads
kernel: v5.1
machine:
  block_size: 128M
  iomem: |
    140000000-14fffffff : Persistent Memory
  dax:
    dax0.0: { range: 140000000-14fffffff, target_node: 1, driver: device_dax }
actors:
  admin: |
    ${script.replaceAll('\n', '\n    ')}
`);

function faultsOf(script: string): readonly Diagnostic[] {
  try {
    compileModel(model(script));
    return [];
  } catch (error) {
    if (error instanceof Error && 'diagnostics' in error) {
      return error.diagnostics as readonly Diagnostic[];
    }
    throw error;
  }
}

const NODE = '/sys/bus/dax/devices/dax0.0/target_node';

describe('a number read from a file', () => {
  it('is refused where it is compared', () => {
    const faults = faultsOf(`node=$(cat ${NODE})\nif [ "$node" = 1 ]; then true; fi\nreboot`);

    expect(faults.map(({ code, place }) => [code, place.line])).toEqual([['DAX307', 12]]);
  });

  it('is no fault where it is only shown', () => {
    expect(faultsOf(`cat ${NODE}`)).toEqual([]);
  });

  it('is no fault where the file says one of a few words', () => {
    const policy = '/sys/devices/system/memory/auto_online_blocks';

    expect(faultsOf(`was=$(cat ${policy})\necho "$was" > ${policy}`)).toEqual([]);
  });
});
