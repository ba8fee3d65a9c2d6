/** `daxcheck lab` where there is no guest: what is missing, what is not named, what cannot be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { writeTraces } from '../../src/cli/traceFiles.js';
import { EXIT } from '../../src/errors.js';
import { explore } from '../../src/explore.js';
import { collect } from '../cli/terminal.js';
import { modelAt } from './scriptFixtures.js';

const MODEL = 'models/lab/lab-v6.12.yaml';
const LEAK = 'models/lab/range-left-behind-v6.12.yaml';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'daxcheck-lab-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

async function lab(...words: readonly string[]): Promise<Ran> {
  const terminal = collect();
  const status = await runCommandLine(['lab', ...words], terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

async function traceOf(file: string): Promise<string> {
  const model = modelAt(file);
  const [path = ''] = writeTraces(await explore(model), model, { directory, used: new Set() });
  return path;
}

/** The three commands, on a kernel. */
const COMMANDS: readonly (readonly [
  name: string,
  words: (kernel: readonly string[]) => Promise<readonly string[]>,
])[] = [
  ['up', async (kernel) => ['up', ...kernel, MODEL]],
  ['replay', async (kernel) => ['replay', ...kernel, await traceOf(LEAK)]],
  ['conform', async (kernel) => ['conform', ...kernel, '--out', join(directory, 'out'), MODEL]],
];

describe.each(COMMANDS)('lab %s', (_, words) => {
  it('names each program that is missing and its package, in one line: 153', async () => {
    vi.stubEnv('PATH', '');
    const cache = join(directory, 'empty');
    const { status, out, error } = await lab(
      ...(await words(['--kernel', '6.12', '--cache', cache])),
    );

    expect(status).toBe(EXIT.systemError);
    expect(out).toBe('');
    const lines = error.trim().split('\n');
    expect(lines).toHaveLength(8);
    for (const line of lines) expect(line).toMatch(/is installed: |is not installed: /);
    for (const line of lines) expect(line).toMatch(/: apt-get install [a-z0-9-]+/);
    const packages = [...error.matchAll(/apt-get install ([a-z0-9 -]+)/g)].map(([, name]) => name);
    expect(new Set(packages)).toEqual(
      new Set([
        ...['qemu-system-x86', 'qemu-utils', 'gcc libc6-dev', 'busybox-static', 'apt'],
        ...['dpkg', 'xz-utils', 'zstd'],
      ]),
    );
  });

  it('says what to name where no kernel is named: status 2', async () => {
    const { status, out, error } = await lab(...(await words([])));

    expect(status).toBe(EXIT.usage);
    expect(out).toBe('');
    expect(error).toMatch(
      /no kernel is named: --kernel 6\.12, or --vmlinuz FILE with --modules DIR/,
    );
  });
});

describe('lab', () => {
  it('tells every reason why no guest can be the machine of a model: status 153', async () => {
    const file = join(directory, 'model.yaml');
    writeFileSync(
      file,
      `format: 1
title: a machine that no guest is
kernel: v6.12.117
machine:
  block_size: 2G
  iomem: |
    00000000-3fffffff : System RAM
  dax:
    dax0.0: { range: 80000000-17fffffff, target_node: 1, align: 1G }
actors:
  admin: echo dax0.0 > /sys/bus/dax/drivers/kmem/bind
`,
    );
    const { status, error } = await lab('up', '--kernel', '6.12', file);

    expect(status).toBe(EXIT.systemError);
    expect(error).toMatch(/block_size is 0x80000000; a guest of this size has 128M/);
    expect(error).toMatch(/begins below 4 GiB/);
    expect(error).toMatch(/is static and has no namespace/);
  });

  it('says what is no trace, and what is no model', async () => {
    const { status, error } = await lab('replay', '--kernel', '6.12', MODEL);
    expect(status).toBe(EXIT.modelRejected);
    expect(error).toMatch(/DAX401/);
    expect((await lab('up', '--kernel', '6.12', 'nosuch.yaml')).status).toBe(EXIT.modelRejected);
  });

  it.each([
    [['up', '--vmlinuz', 'bzImage'], /--modules/],
    [['conform', '--kernel', '6.12', '--depth', '2', '--traces', '3'], /cannot be used with/],
    [['conform', '--kernel', '6.12', '--traces', 'many'], /many/],
    [['up', '--kernel', '6.12', '--accel', 'warp'], /tcg/],
    [['replay', '--kernel', '6.12'], /trace/],
  ])('%j is a wrong command line: status 2', async (words, message) => {
    const { status, error } = await lab(...words);
    expect(status).toBe(EXIT.usage);
    expect(error).toMatch(message);
  });
});
