/** Limits of memory as a user meets them: a process that ends in order, in words, with a status. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist', 'cli.js');
/** Far more states than any test waits for. */
const LARGE = [
  join(ROOT, 'bench', 'models', 'two-devices-step.yaml'),
  '--max-depth',
  '1000',
] as const;
/** 150,000 states. */
const MEDIUM = join(ROOT, 'models', 'lifecycle', 'any-one-device-step.yaml');
const MIB = 2 ** 20;
const MINUTES = 240_000;
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-memory-'));

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: npm run build');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `explore` in a shell in which something was set before. */
function exploreAfter(setting: string, words: readonly string[], options: object = {}) {
  const script = `${setting}; exec "$0" "$@"`;
  const done = spawnSync('sh', ['-c', script, process.execPath, CLI, 'explore', ...words], {
    encoding: 'utf8',
    ...options,
  });
  return { status: done.status, out: done.stdout, error: done.stderr };
}

/** What this Node takes by itself, in KiB: `VmData` for ulimit -d, `VmPeak` for ulimit -v. */
function ownKibibytes(name: 'VmData' | 'VmPeak'): number {
  const read = "require('node:fs').readFileSync('/proc/self/status', 'utf8')";
  const { stdout } = spawnSync(process.execPath, ['-p', read], { encoding: 'utf8' });
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(stdout)?.[1]);
}

/** Whether this Node reserves a WebAssembly memory at all within a limit of address space. */
function reservesWithin(limit: string): boolean {
  const reserve = 'new WebAssembly.Memory({ initial: 160, maximum: 160, shared: true })';
  const done = spawnSync('sh', ['-c', `${limit}; exec "$0" -e "$1"`, process.execPath, reserve]);
  return done.status === 0;
}

/** Runs `explore`, and measures the most memory that the process had. */
async function peakOf(words: readonly string[]): Promise<{ bytes: number; status: number | null }> {
  const child = spawn(process.execPath, [CLI, 'explore', ...words], { stdio: 'ignore' });
  let bytes = 0;
  const look = (): void => {
    const status = existsSync(`/proc/${child.pid}/status`)
      ? readFileSync(`/proc/${child.pid}/status`, 'utf8')
      : '';
    bytes = Math.max(bytes, Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
  };
  const timer = setInterval(look, 10);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  return { bytes, status };
}

describe('--memory', () => {
  it(
    'ends a search with 20, and says what was reached, who set the limit, and what helps',
    () => {
      const { status, out } = exploreAfter(':', ['--memory', '64M', '--quiet', ...LARGE]);

      expect(status).toBe(20);
      expect(out).toMatch(/at least [\d,]+ distinct states, [\d,]+ transitions, depth \d+\n/);
      expect(out).toMatch(/found in all: [\d,]+ states, some at depth \d+\n/);
      expect(out).toContain('stopped by: memory, 64.0 MiB by --memory\n');
      expect(out).toContain('what helps: more --memory; --storage fingerprint; ');
    },
    MINUTES,
  );

  it.runIf(process.platform === 'linux').each([1, 2])(
    'holds for what is resident beside the program itself, with %i workers',
    async (workers) => {
      const options = ['--workers', String(workers), '--quiet'];
      const itself = await peakOf([...options, '--max-depth', '1', MEDIUM]);
      const limited = await peakOf([...options, '--memory', '64M', ...LARGE]);

      expect(limited.status).toBe(20);
      expect(limited.bytes - itself.bytes).toBeGreaterThan(32 * MIB);
      expect(limited.bytes - itself.bytes).toBeLessThan((64 + 32) * MIB);
    },
    MINUTES,
  );
});

describe('a machine that is short of memory', () => {
  it(
    'ends a search with 152, and names the limit that said so',
    () => {
      const { status, out } = exploreAfter(`ulimit -d ${ownKibibytes('VmData') + 180_000}`, [
        '--workers',
        '1',
        '--quiet',
        ...LARGE,
      ]);

      expect(status).toBe(152);
      expect(out).toMatch(/stopped by: memory, [\d.]+ MiB by ulimit -d\n/);
      expect(out).toContain(
        'what helps: a higher limit there, or a larger machine; --storage fingerprint;',
      );
      expect(out).toContain('Exit status 152: out of memory\n');
    },
    MINUTES,
  );

  it(
    'says so in one line when not even the least is left',
    () => {
      const limit = `ulimit -v ${ownKibibytes('VmPeak') + 60_000}`;
      const setting = `${limit}; export NODE_OPTIONS=--disable-wasm-trap-handler`;
      const { status, out, error } = exploreAfter(setting, ['--quiet', MEDIUM]);

      expect(out).toBe('');
      expect(error).toMatch(/^daxcheck: the machine has too little memory left \(ulimit -v\): /);
      expect(error).toMatch(/: \d+ MiB are the least; free some, or raise that limit\n$/);
      expect(error.trimEnd().split('\n')).toHaveLength(1);
      expect(status).toBe(152);
    },
    MINUTES,
  );

  // Newer releases of Node do without the 10 GiB themselves where they are not to be had. Then the
  // search fits, but its threads do not: it ends without them.
  it(
    'is searched, or refuses in one line that says how it can be',
    () => {
      const limit = 'ulimit -v 4000000';
      const { status, out, error } = exploreAfter(limit, ['--workers', '8', '--quiet', MEDIUM]);

      if (reservesWithin(limit)) {
        expect(error).toBe('');
        expect(out).toContain('150,069 distinct states');
        expect(status).toBe(0);
        return;
      }
      expect(out).toBe('');
      expect(error).toMatch(/^daxcheck: the machine refused to reserve \d+ MiB of memory: /);
      expect(error).toContain('ulimit -v allows 3906 MiB of address space');
      expect(error).toContain('NODE_OPTIONS=--disable-wasm-trap-handler\n');
      expect(error.trimEnd().split('\n')).toHaveLength(1);
      expect(status).toBe(152);
    },
    MINUTES,
  );

  it(
    'can be searched as that line says, in what can be reserved, without threads',
    () => {
      const limit = `ulimit -v ${ownKibibytes('VmPeak') + 600_000}`;
      const { status, out } = exploreAfter(
        `${limit}; export NODE_OPTIONS=--disable-wasm-trap-handler`,
        ['--workers', '8', '--quiet', MEDIUM],
      );

      expect(out).toContain('150,069 distinct states');
      expect(status).toBe(0);
    },
    MINUTES,
  );

  it(
    'says which limit leaves no room for a thread that must be',
    () => {
      const limit = `ulimit -v ${ownKibibytes('VmPeak') + 600_000}`;
      const { status, error } = exploreAfter(
        `${limit}; export NODE_OPTIONS=--disable-wasm-trap-handler`,
        ['--stats', '--quiet', MEDIUM],
      );

      expect(error).toMatch(/^daxcheck: there is no room for a thread: ulimit -v allows \d+ MiB; /);
      expect(status).toBe(152);
    },
    MINUTES,
  );

  it(
    'is told when a disk takes no more of the output',
    () => {
      const small = join(ROOT, 'models', 'lifecycle', 'readme.yaml');
      const { status, error } = exploreAfter('exec > /dev/full', ['--quiet', small]);

      expect(error).toBe('daxcheck: ENOSPC: no space left on device, write\n');
      expect(status).toBe(153);
    },
    MINUTES,
  );
});

describe('a small JavaScript heap', () => {
  it(
    'is enough for every question about 150,000 states',
    () => {
      const text = readFileSync(MEDIUM, 'utf8');
      const own = `properties:
  never-two: 'blocks.exists(b, b.state != "online") || size(blocks) < 2'
check: [no-crash, never-two, no-livelock, { recoverable: dax0.0 }]
continue: true
`;
      const file = join(folder, 'own.yaml');
      writeFileSync(file, text.replace(/^expect:.*\n/m, own));

      const { status, out } = exploreAfter('export NODE_OPTIONS=--max-old-space-size=32', [
        '--quiet',
        file,
      ]);

      expect(out).toContain('never-two, 16 steps');
      expect(out).toContain('150,069 distinct states');
      expect(status).toBe(12);
    },
    MINUTES,
  );
});
