/**
 * The steps of ndctl's own tests, as models/procedures/ runs them: each with the answer that the
 * test expects, and what the machine is after it.
 *
 * The tables are typed from test/daxctl-devices.sh and test/daxctl-create.sh of ndctl v81.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseModel } from '../../src/model/load.ts';
import { run } from '../../src/run.ts';
import type { RunRecord } from '../../src/verdict/trace.ts';

const FOLDER = 'models/procedures';

const textOf = (name: string): string => readFileSync(`${FOLDER}/${name}.yaml`, 'utf8');

function runText(text: string): readonly RunRecord[] {
  const loaded = parseModel(text, 'model.yaml', () => {
    throw new Error('no other file is named');
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return run(loaded.model);
}

/** Lines of the script, each with the number that it has in the file. */
function scriptLines(text: string): readonly { readonly line: number; readonly text: string }[] {
  const lines = text.split('\n').map((line, index) => ({ line: index + 1, text: line.trim() }));
  const from = lines.findIndex((line) => line.text === 'admin: |');
  const to = lines.findIndex(({ text: line }) => line.startsWith('check:'));
  return lines.slice(from + 1, to);
}

/** Whether the script came to its last line. */
function isThrough(text: string): boolean {
  const last = scriptLines(text).at(-1)?.line;
  return runText(text).at(-1)?.place?.line === last;
}

/** The model with one line's expected answer turned round. */
function turned(text: string, line: number): string {
  const lines = text.split('\n');
  const old = lines[line - 1] ?? '';
  const changed = old.includes('|| exit 1')
    ? old.replace('|| exit 1', '&& exit 1')
    : old.replace('&& exit 1', '|| exit 1');
  lines[line - 1] = changed;
  return lines.join('\n');
}

/** Driver of the device and states of its blocks after a line's last call. */
function after(records: readonly RunRecord[], line: number): string {
  const last = records.findLast((record) => record.place?.line === line);
  const driver = last?.devices.find(({ name }) => name === 'dax0.0')?.driver ?? 'gone';
  const states = (last?.blocks ?? []).map(({ state }) => state).filter((each) => each !== 'absent');
  return [driver, ...states].join(' ');
}

/** Step of the paper's table, the answer that is expected, the machine after it. */
const DEVICES: readonly (readonly [step: string, ok: boolean, machine: string])[] = [
  ['echo offline > /sys/devices/system/memory/auto_online_blocks', true, 'device_dax'],
  ['daxctl reconfigure-device -N -m system-ram dax0.0', true, 'kmem offline offline'],
  ['daxctl online-memory dax0.0', true, 'kmem online online'],
  ['daxctl offline-memory dax0.0', true, 'kmem offline offline'],
  ['daxctl reconfigure-device -m devdax dax0.0', true, 'device_dax'],
  ['daxctl reconfigure-device -m system-ram dax0.0', true, 'kmem online online'],
  ['daxctl reconfigure-device -f -m devdax dax0.0', true, 'device_dax'],
  ['daxctl reconfigure-device -m system-ram dax0.0', true, 'kmem online online'],
  ['ndctl disable-namespace namespace0.0', false, 'kmem online online'],
  ['daxctl reconfigure-device -f -m devdax dax0.0', true, 'device_dax'],
  ['echo online > /sys/devices/system/memory/auto_online_blocks', true, 'device_dax'],
  ['daxctl reconfigure-device -N -m system-ram dax0.0', false, 'device_dax'],
  ['ndctl destroy-namespace -f namespace0.0', true, 'gone'],
];

describe('test/daxctl-devices.sh', () => {
  const text = textOf('daxctl-devices');
  const lines = scriptLines(text);

  it.each(DEVICES.map((row, index) => [index, ...row] as const))(
    'step %i, %s, answers %s and leaves %s',
    (index, step, ok, machine) => {
      const line = lines[index];

      expect(line?.text).toBe(`${step} ${ok ? '||' : '&&'} exit 1`);
      expect(after(runText(text), line?.line ?? 0)).toBe(machine);
    },
  );

  it('comes to its end', () => {
    expect(isThrough(text)).toBe(true);
  });

  it(`ends early when one of ${DEVICES.length} answers is another one`, () => {
    const through = DEVICES.map((_, index) => isThrough(turned(text, lines[index]?.line ?? 0)));

    expect(through).toEqual(DEVICES.map(() => false));
  });
});

/** Device, its mappings, and whether nothing is free, as each test of the script expects. */
const CREATE: readonly (readonly [test: number, mappings: readonly string[], isFull: boolean])[] = [
  [0, [], false],
  [1, ['dax0.1 1'], true],
  [2, ['dax0.1 1', 'dax0.2 1', 'dax0.1 2'], true],
  [3, ['dax0.1 1', 'dax0.2 1', 'dax0.3 1', 'dax0.1 2'], true],
  [4, ['dax0.1 1', 'dax0.0 4', 'dax0.1 4'], true],
  [5, ['dax0.1 1', 'dax0.2 1', 'dax0.3 1', 'dax0.4 1', 'dax0.2 2', 'dax0.3 1'], true],
  [6, ['dax0.1 1'], false],
];

describe('test/daxctl-create.sh', () => {
  it.each(CREATE)('test %i sees the mappings %j and comes to its end', (test, mappings, isFull) => {
    const text = textOf(`daxctl-create-${test}`);
    const found = [...text.matchAll(/devices\/(dax0\.\d)\/mapping(\d)\/start \] \|\|/g)];
    const full = text.includes('[ "$free" -eq 0 ] || exit 1');

    expect(found.map(([, device, last]) => `${device} ${Number(last) + 1}`)).toEqual(mappings);
    expect(full).toBe(isFull);
    expect(isThrough(text)).toBe(true);
  });

  it.each(CREATE.map(([test]) => test))('test %i ends early when it looks wrong', (test) => {
    const text = textOf(`daxctl-create-${test}`);
    const looks = scriptLines(text).filter((line) => line.text.startsWith('['));
    const through = looks.map(({ line }) => isThrough(turned(text, line)));

    expect(through).toEqual(looks.map(() => false));
  });
});
