/** Programs that are missing, and what runs all the same or tells how to go on. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endingOf } from '../../src/cli/status.js';
import { EXIT } from '../../src/errors.js';
import { makeAgent } from '../../src/lab/image/agent.js';
import { cacheFolder, keep } from '../../src/lab/image/cache.js';
import {
  findProgram,
  missingPrograms,
  requirePrograms,
  runProgram,
} from '../../src/lab/image/programs.js';
import { LabError } from '../../src/lab/labError.js';

let folder = '';
const path = process.env.PATH;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daxcheck-programs-'));
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

function program(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('a program that is missing', () => {
  it('is named with its package, one line each, all at once', () => {
    const lines = missingPrograms(['qemu-system-x86_64', 'xz', 'qemu-img'], (name) =>
      name === 'xz' ? '/usr/bin/xz' : null,
    );

    expect(lines).toEqual([
      'qemu-system-x86_64 is not installed: apt-get install qemu-system-x86',
      'qemu-img is not installed: apt-get install qemu-utils',
    ]);
  });

  it('is not missed where another one does as well', () => {
    const need = [['cc', 'busybox']] as const;

    expect(missingPrograms(need, (name) => (name === 'busybox' ? name : null))).toEqual([]);
    expect(missingPrograms(need, () => null)).toEqual([
      'none of cc, busybox is installed: apt-get install gcc libc6-dev,' +
        ' or apt-get install busybox-static',
    ]);
  });

  it('ends the command with status 153 and a line each', () => {
    process.env.PATH = folder;
    let ending = { status: 0, message: '' };

    try {
      requirePrograms(['zstd', 'xz']);
    } catch (error) {
      ending = endingOf(error);
    }

    expect(ending.status).toBe(EXIT.systemError);
    expect(ending.message.split('\n')).toHaveLength(2);
    expect(ending.message).toMatch(/^zstd is .* zstd\n {2}xz is .* xz-utils$/);
  });
});

describe('a program', () => {
  it('is found only where it can be run', () => {
    writeFileSync(join(folder, 'plain'), '');
    program('tool', 'exit 0');

    expect(findProgram('plain', folder)).toBeNull();
    expect(findProgram('tool', `/nowhere:${folder}`)).toBe(join(folder, 'tool'));
  });

  it('that fails tells its status and the last that it said', async () => {
    const file = program('tool', 'echo first >&2; echo E: no such package >&2; exit 100');

    await expect(runProgram(file, ['download'])).rejects.toThrow(
      /tool download failed \(status 100\): E: no such package$/,
    );
  });
});

describe('the cache', () => {
  it('is where XDG says, or below ~/.cache', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' })).toBe('/c/daxcheck/lab');
    expect(cacheFolder({})).toMatch(/\/\.cache\/daxcheck\/lab$/);
  });

  it('has nothing half made in it when making fails', async () => {
    const place = join(folder, 'kernel');
    const failing = keep(place, async (work) => {
      writeFileSync(join(work, 'half'), '');
      throw new LabError('no network');
    });

    await expect(failing).rejects.toThrow('no network');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('makes a thing once, also when two want it at the same time', async () => {
    const place = join(folder, 'kernel');
    const make = async (work: string): Promise<string> => {
      writeFileSync(join(work, 'made'), '');
      return join(work, 'made');
    };

    expect(await Promise.all([keep(place, make), keep(place, make)])).toEqual([place, place]);
    expect(await keep(place, () => Promise.reject(new Error('again')))).toBe(place);
    expect(readdirSync(folder)).toEqual(['kernel']);
  });
});

describe('the agent', () => {
  const busybox = findProgram('busybox');
  if (busybox === null) process.stdout.write('skipped: busybox is not installed: no shell agent\n');

  it.skipIf(busybox === null)(
    'is a shell script with busybox where there is no compiler',
    async () => {
      const agent = await makeAgent(folder, null);

      expect(agent.kind).toBe('shell');
      expect(agent.entries.map(({ path: name }) => name)).toEqual(['init', 'bin/busybox']);
      expect(agent.reason).toBe('no C compiler is installed');
    },
  );

  it.skipIf(busybox === null)(
    'is a shell script where the compiler fails, and says why',
    async () => {
      const compiler = program('cc', 'echo /usr/bin/ld: cannot find -lc >&2; exit 1');

      const agent = await makeAgent(folder, compiler);

      expect(agent.kind).toBe('shell');
      expect(agent.reason).toMatch(/cannot find -lc/);
      expect(existsSync(join(folder, 'agents'))).toBe(true);
      expect(readdirSync(join(folder, 'agents'))).toEqual([]);
    },
  );

  it('tells both packages where neither can be had', async () => {
    process.env.PATH = folder;

    await expect(makeAgent(folder, null)).rejects.toThrow(/gcc libc6-dev\n.*busybox-static/);
  });

  const compiler = findProgram('cc');
  if (compiler === null) process.stdout.write('skipped: no C compiler: no compiled agent\n');

  it.skipIf(compiler === null)('is compiled once', async () => {
    const [first, second] = [await makeAgent(folder, compiler), await makeAgent(folder, compiler)];

    expect(first.kind).toBe('compiled');
    expect(second).toEqual(first);
    expect(readdirSync(join(folder, 'agents'))).toHaveLength(1);
  });
});
