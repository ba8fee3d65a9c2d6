/**
 * What a user sees of a bad input: every fault at once, the place, a hint, status 150, and nothing
 * else.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { collect } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const BAD = 'format: 1\ntitl: x\nkernel: v5.1\nmachine: { block_size: 3M }\n';

describe('a rejected model', () => {
  it.each(['explore', 'run'])(
    'ends %s with 150, all faults on stderr, nothing else',
    async (command) => {
      const path = file('bad.yaml', BAD);
      const terminal = collect();
      expect(await runCommandLine([command, path], terminal)).toBe(150);
      expect(terminal.out()).toBe('');
      expect(terminal.error()).toContain(`${path}:2:1: DAX010`);
      expect(terminal.error()).toContain('did you mean `title`');
      expect(terminal.error()).toMatch(/\d+ faults; nothing was explored\n$/);
    },
  );

  it('does not let the good ones beside it run', async () => {
    const terminal = collect();
    const paths = [file('bad1.yaml', BAD), file('bad2.yaml', BAD)];
    expect(await runCommandLine(['explore', ...paths], terminal)).toBe(150);
    for (const path of paths) expect(terminal.error()).toContain(`${path}:2:1`);
  });

  it('is one JSON object with --json', async () => {
    const terminal = collect();
    await runCommandLine(['explore', '--json', file('bad.yaml', BAD)], terminal);
    const record = JSON.parse(terminal.out());
    expect(record).toMatchObject({ verdict: 'rejected', exitStatus: 150 });
    expect(record.diagnostics[1].place).toMatchObject({ line: 2, column: 1 });
  });

  it.each([
    ['a directory', folder, 'is a directory'],
    ['missing', join(folder, 'none.yaml'), 'does not exist'],
  ])('may be %s', async (_what, path, text) => {
    const terminal = collect();
    expect(await runCommandLine(['explore', path], terminal)).toBe(150);
    expect(terminal.error()).toContain(text);
  });
});

describe('a rejected trace', () => {
  it.each(['show', 'replay'])('ends %s with 150', async (command) => {
    const terminal = collect();
    const path = file('bad.itf.json', '{ "states": [');
    expect(await runCommandLine([command, path], terminal)).toBe(150);
    expect(terminal.error()).toContain(path);
  });
});

describe('faults of the file and faults of its scripts', () => {
  const GOOD = [
    'format: 1',
    'title: x',
    'kernel: v6.12',
    'machine:',
    '  block_size: 128M',
    '  iomem: |',
    '    100000000-17fffffff : Soft Reserved',
    '  dax:',
    '    dax0.0: { range: 100000000-10fffffff, target_node: 1, driver: kmem }',
    'actors:',
    '  admin: |',
    '    echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind',
    '',
  ].join('\n');

  it('are told together', async () => {
    const path = file('both.yaml', `${GOOD}    frobnicate\ncolour: red\ncheck: [nonsense]\n`);
    const terminal = collect();
    expect(await runCommandLine(['explore', path], terminal)).toBe(150);
    for (const found of [':13:5: DAX202', ':14:1: DAX010', ':15:9: DAX301']) {
      expect(terminal.error()).toContain(`${path}${found}`);
    }
    expect(terminal.error()).toContain('3 faults');
  });

  it('do not let the good models before them run', async () => {
    const paths = [file('good.yaml', GOOD), file('script.yaml', `${GOOD}    frobnicate\n`)];
    const terminal = collect();
    expect(await runCommandLine(['explore', ...paths], terminal)).toBe(150);
    expect(terminal.out()).toBe('');
  });

  it.each([
    ['more menu commands than the engine can choose from', 300],
    ['the most that it can', 255],
  ])('tell of %s', async (_what, count) => {
    const menu = '      - echo offline > /sys/devices/system/memory/memory32/state\n'.repeat(count);
    const text = `${GOOD.slice(0, GOOD.indexOf('  admin'))}  admin:\n    any:\n${menu}`;
    const terminal = collect();
    const status = await runCommandLine(['explore', file(`menu${count}.yaml`, text)], terminal);
    expect(status).toBe(count > 255 ? 150 : 0);
  });
});
