/** Drivers that are in the kernel image: what modprobe and each release of daxctl make of them. */
import { describe, expect, it } from 'vitest';
import { parseModel } from '../../src/model/load.ts';
import { run } from '../../src/run.ts';
import type { RunRecord } from '../../src/verdict/trace.ts';

const PRINT = 'cat /sys/devices/system/memory/auto_online_blocks';

function runOn(lines: readonly string[], tools = 'v81'): readonly RunRecord[] {
  const script = lines.map((line) => `    ${line}`).join('\n');
  const text = `
format: 1
title: t
kernel: v5.3
tools: { daxctl: ${tools} }
machine:
  block_size: 128M
  iomem: '140000000-14fffffff : Persistent Memory'
  modules: { device_dax: builtin, kmem: builtin }
  dax:
    dax0.0: { range: 140000000-14fffffff, target_node: 1, driver: device_dax }
actors:
  admin: |
${script}
`;
  const loaded = parseModel(text, 'model.yaml', () => {
    throw new Error('no other file is named');
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return run(loaded.model);
}

const driverAfter = (records: readonly RunRecord[]): string | null | undefined =>
  records.at(-1)?.devices.find(({ name }) => name === 'dax0.0')?.driver;

const printed = (records: readonly RunRecord[]): readonly string[] =>
  records.flatMap(({ output }) => output ?? []);

describe('a driver in the kernel image', () => {
  it('is there from the start', () => {
    expect(driverAfter(runOn([PRINT]))).toBe('device_dax');
  });

  it.each([
    ['modprobe kmem', true],
    ['modprobe -r kmem', false],
    ['rmmod device_dax', false],
  ])('%s succeeds: %s', (command, isDone) => {
    const records = runOn([`${command} && ${PRINT}`]);

    expect(records.some((record) => record.command === PRINT)).toBe(isDone);
  });

  it('is not taken away by modprobe -r', () => {
    expect(driverAfter(runOn(['modprobe -r device_dax', PRINT]))).toBe('device_dax');
  });

  it.each([
    ['v66', null],
    ['v67', 'kmem'],
  ])('is found by daxctl %s for system-ram: %s', (tools, driver) => {
    const records = runOn(['daxctl reconfigure-device -N -m system-ram dax0.0'], tools);

    expect(driverAfter(records)).toBe(driver);
  });

  it('is missed by daxctl v66 in the words of the report', () => {
    const records = runOn(['daxctl reconfigure-device -N -m system-ram dax0.0'], 'v66');

    expect(printed(records)).toContain('daxctl: dax0.0: a modalias lookup list was not created');
  });
});
