/** Machines that are too large, on the command line: models, traces, sweeps. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { collect } from '../cli/terminal.ts';

/** A terabyte of 8192 blocks, which a rule brings online while it is given back. */
const LARGE = `format: 1
title: a terabyte
kernel: v6.12
machine:
  block_size: 128M
  iomem: |
    00000000-1fffffff : System RAM
    10000000000-1ffffffffff : Soft Reserved
  dax:
    dax0.0: { range: 10000000000-1ffffffffff, target_node: 1, driver: kmem, blocks: offline }
actors:
  admin: |
    echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind
  udev:
    events: [coldplug]
    rules: 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="RULE"'
check: [no-leak, { recoverable: dax0.0 }]
`.replace('RULE', 'online_movable');

let folder = '';
let model = '';

async function daxcheck(...words: string[]) {
  const terminal = collect();
  const status = await runCommandLine(words, terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daxcheck-scope-'));
  model = join(folder, 'large.yaml');
  writeFileSync(model, LARGE);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a model of a large machine', () => {
  it('is cut, and the verdict says to what and why that is sound', async () => {
    const { status, out, error } = await daxcheck('explore', model, '--quiet');

    expect(status).toBe(14);
    expect(error).toContain('DAX309: dax0.0 has 8192 memory blocks, of which 2 are kept');
    expect(out).toContain(
      'blocks cut (--scope widens): dax0.0 to 2 of 8192: sound: whatever breaks with all of them',
    );
  });

  it('is cut to what --scope says', async () => {
    const { out } = await daxcheck('explore', model, '--quiet', '--scope', '3');

    expect(out).toContain('3 blocks of 128 MiB; blocks cut (--scope widens): dax0.0 to 3 of 8192');
  });

  it.each([
    ['2', 'not-proved', 'Exit status 0: holds on the cut machine; not proved for the whole one'],
    ['3', 'not-proved', 'Exit status 0: holds on the cut machine; not proved for the whole one'],
    ['8', 'proved', 'Exit status 0: holds and complete'],
  ])('says at the end with --scope %s what that is worth', async (scope, cut, end) => {
    const script = join(folder, 'reconfigure.sh');
    writeFileSync(script, 'daxctl online-memory dax0.0\n');
    const options = ['--machine', 'examples/scripts/cxl-1tib.yaml', '--scope', scope];
    const told = await daxcheck('explore', '--script', script, ...options);
    const { out } = await daxcheck('explore', '--script', script, ...options, '--json');

    expect(told.out).toContain(end);
    expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ exitStatus: 0, cut });
  });

  it('is judged as the command line has it', async () => {
    const { out } = await daxcheck('explore', model, '--quiet', '--granularity', 'step');

    expect(out).toContain('dax0.0 to 3 of 8192: not proved: granularity: step');
  });

  it('is refused where nothing of it can be cut', async () => {
    const named = join(folder, 'named.yaml');
    const state = 'echo online > /sys/devices/system/memory/memory8193/state';
    writeFileSync(named, LARGE.replace(/echo dax0.0 .*/, state));
    const { status, error } = await daxcheck('explore', named);

    expect(status).toBe(150);
    expect(error).toContain('DAX303: the model has more than 128 memory blocks of 128M');
  });
});

describe('a trace of a cut machine', () => {
  it.each([[[]], [['--scope', '4']], [['--scope', '3', '--granularity', 'step']]])(
    'with %j is replayed on the same cut',
    async (words) => {
      const traces = mkdtempSync(join(folder, 'traces-'));
      await daxcheck('explore', model, '--quiet', '--trace-dir', traces, ...words);
      const [name = ''] = readdirSync(traces);
      const trace = join(traces, name);
      const { scope } = JSON.parse(readFileSync(trace, 'utf8'))['#meta'].daxcheck;
      const { status, out } = await daxcheck('replay', trace);

      expect(scope).toBe(Number(words[1] ?? 2));
      expect(out).toContain('Replayed: the model behaves as the trace says.');
      expect(status).toBe(0);
    },
  );

  it('is shown as a report that can be explored, and as a script', async () => {
    const traces = mkdtempSync(join(folder, 'traces-'));
    await daxcheck('explore', model, '--quiet', '--trace-dir', traces, '--scope', '3');
    const trace = join(traces, readdirSync(traces)[0] ?? '');
    const html = join(folder, 'report.html');
    const script = join(folder, 'trace.sh');
    const shown = await daxcheck('show', trace, '--html', html);
    const written = await daxcheck('show', trace, '--script', script);

    expect([shown.status, written.status]).toEqual([0, 0]);
    expect(shown.error).not.toContain('no explorer');
    expect(readFileSync(script, 'utf8')).toContain('unbind');
  });
});

describe('a sweep', () => {
  const files = ['give-back.sh', '81-memory-movable.rules'].map(
    (name) => `examples/scripts/${name}`,
  );
  const options = [
    ...['--script', files[0] ?? '', '--rules', files[1] ?? ''],
    ...['--machine', 'examples/scripts/terabyte.yaml'],
  ];

  it('goes over blocks, devices and actors', async () => {
    const sweep = ['--sweep', 'blocks=2,devices=2,actors=2'];
    const { status, out } = await daxcheck('explore', ...options, ...sweep, '--json');
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const rows = records.filter(({ kind }) => kind === 'sweep-row');
    const sizes = rows.map(({ blocks, devices, actors }) => [blocks, devices, actors].join(''));

    expect(sizes).toEqual(['111', '211', '121', '221', '112', '212', '122', '222']);
    expect(records.at(-1)).toMatchObject({ kind: 'sweep', isComplete: true });
    expect(status).toBe(records.at(-1).stableFrom.blocks === null ? 20 : 0);
  });

  it('says what has not ended, and does not try what is larger', async () => {
    const sweep = ['--sweep', 'blocks=3,actors=2', '--max-states', '300'];
    const { status, out } = await daxcheck('explore', ...options, '--coldplug', ...sweep);

    expect(status).toBe(20);
    expect(out).toMatch(/ 2 +1 {2}not ended/);
    expect(out).toMatch(/ 3 +1 {2}not tried/);
    expect(out).toContain('as far as the rows have ended: --max-states widens');
  });

  it('has one row for machines that come out alike, and says why they do', async () => {
    const script = join(folder, 'by-number.sh');
    writeFileSync(script, 'echo offline > /sys/devices/system/memory/memory32/state\n');
    const machine = ['--machine', 'examples/scripts/in-use.yaml'];
    const { status, out, error } = await daxcheck(
      ...['explore', '--script', script, ...machine, '--sweep', '3'],
    );

    expect(out.split('\n').filter((line) => /^ +\d/.test(line))).toHaveLength(1);
    expect(out).toMatch(/^ +2 {2}holds/m);
    expect(out).toContain('blocks of a device: one size alone, which says nothing of others');
    expect(error).toContain('dax0.0 keeps its 2 blocks: the files name memory blocks');
    expect(status).toBe(20);
  });

  it.each([
    ['blocks=2,nodes=3', /Expected some of blocks=N,devices=N,actors=N/],
    ['actors=4', /more than 3 scripts at once have no common end/],
    ['0', /Expected a whole number of at least 1/],
  ])('of %s is refused', async (sweep, why) => {
    const { status, error } = await daxcheck('explore', ...options, '--sweep', sweep);

    expect(status).toBe(2);
    expect(error).toMatch(why);
  });
});
