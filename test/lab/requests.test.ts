/**
 * Commands of a model as requests to a guest of either rig.
 */
import { describe, expect, it } from 'vitest';
import { requestsOf } from '../../src/lab/requests.js';
import type { Rig } from '../../src/lab/rig.js';
import type { Instruction, SysfsFile } from '../../src/userland/program.js';

const rig = (kind: Rig['kind'], directory: string): Rig => ({
  ...{ kind, lowBytes: 0n, nodes: [], parameters: [], machine: '', memoryOptions: '' },
  ...{ devices: [], insert: [], carry: [], spans: [] },
  directories: new Map([['region0', directory]]),
});

const SOFT = rig('soft-reserved', '/sys/devices/platform/hmem.0');
const NVDIMM = rig('nvdimm', '/sys/bus/nd/devices/dax0.0');
const ORIGIN = { place: { file: 'test.yaml', line: 1, column: 1 }, text: 'a command' };

const write = (file: SysfsFile, text: string): Instruction => ({
  ...ORIGIN,
  op: 'write',
  file,
  value: { kind: 'constant', text },
});

const linesOf = (command: Instruction, where: Rig): readonly string[] | null =>
  requestsOf(command, where)?.map(({ line }) => line) ?? null;

describe('requests to a guest', () => {
  it('reach the files of a region by where the rig has it, whatever the model calls it', () => {
    const create = write({ kind: 'region', region: 'region0', attr: 'create' }, '1');
    expect(linesOf(create, SOFT)).toEqual([
      'write /sys/devices/platform/hmem.0/dax_region/create 1',
    ]);
    expect(linesOf(create, NVDIMM)).toEqual([
      'write /sys/bus/nd/devices/dax0.0/dax_region/create 1',
    ]);
  });

  it('write to the driver that a command names, and what it says', () => {
    const pmem: SysfsFile = { kind: 'provider', driver: 'dax_pmem', attr: 'unbind' };
    const hmem: SysfsFile = { kind: 'provider', driver: 'hmem', attr: 'unbind' };
    for (const text of ['region0', 'dax0.0']) {
      expect(linesOf(write(pmem, text), NVDIMM)).toEqual([
        `write /sys/bus/nd/drivers/dax_pmem/unbind ${text}`,
      ]);
    }
    expect(linesOf(write(hmem, 'hmem.0'), SOFT)).toEqual([
      'write /sys/bus/platform/drivers/hmem/unbind hmem.0',
    ]);
  });

  it('enable and disable a namespace by the driver of the device that claims it', () => {
    const change = (verb: 'enable' | 'disable'): Instruction => ({
      ...{ ...ORIGIN, op: 'namespace', verb, region: 'region0' },
    });
    expect(linesOf(change('enable'), NVDIMM)).toEqual([
      'write /sys/bus/nd/drivers/dax_pmem/bind dax0.0',
    ]);
    expect(linesOf(change('disable'), NVDIMM)).toEqual([
      'write /sys/bus/nd/drivers/dax_pmem/unbind dax0.0',
    ]);
    expect(linesOf(change('disable'), SOFT)).toBeNull();
  });

  it('there are none for what the agent cannot do', () => {
    for (const verb of ['mount', 'umount'] as const) {
      expect(linesOf({ ...ORIGIN, op: 'process', verb, device: 'dax0.0' }, SOFT)).toBeNull();
    }
    expect(linesOf({ ...ORIGIN, op: 'reboot' }, SOFT)).toBeNull();
  });

  it('load a module that is there already without a fault, as modprobe does', () => {
    const load: Instruction = { ...ORIGIN, op: 'module', verb: 'load', module: 'kmem' };
    expect(requestsOf(load, SOFT)).toEqual([{ line: 'insert kmem', passes: 'EEXIST' }]);
  });

  it('what a shell does without the kernel needs no request', () => {
    expect(linesOf({ ...ORIGIN, op: 'settle' }, SOFT)).toEqual([]);
    expect(linesOf({ ...ORIGIN, op: 'sleep' }, SOFT)).toEqual([]);
  });
});
