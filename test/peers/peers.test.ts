/** The same kernels in SPIN and rumur, written by hand: as many distinct states as here. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { modelNamed, openModel } from '../explore/models.ts';

const BENCH = fileURLToPath(new URL('../../bench', import.meta.url));

/** Distinct states, as the files in bench/peers say and every checker must find. */
const KERNELS = [
  { kernel: 'v5.1', states: 50_800 },
  { kernel: 'v6.12', states: 21_312 },
];

const peerFile = (name: string): string => join(BENCH, 'peers', name);

/** Runs commands in a folder of their own; returns what the last one prints. */
function runThere(commands: readonly (readonly [string, ...string[]])[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'daxcheck-peers-'));
  try {
    const printed = commands.map(([program, ...options]) =>
      execFileSync(program, options, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
    );
    return printed.at(-1) ?? '';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CHECKERS = [
  {
    name: 'SPIN',
    needs: ['spin', 'gcc'],
    count: (kernel: string): number => {
      const text = runThere([
        ['spin', '-o2', '-a', peerFile(`${kernel}.pml`)],
        ['gcc', '-O1', '-DSAFETY', '-DNOREDUCE', '-o', 'pan', 'pan.c'],
        ['./pan', '-n', '-m1000000'],
      ]);
      return Number(/(\d+) states, stored/.exec(text)?.[1]);
    },
  },
  {
    name: 'rumur',
    needs: ['rumur', 'gcc'],
    count: (kernel: string): number => {
      const source = peerFile(`${kernel}.m`);
      const text = runThere([
        ['rumur', '--symmetry-reduction', 'off', '--threads', '1', '--output', 'm.c', source],
        ['gcc', '-O1', '-mcx16', '-o', 'm', 'm.c', '-lpthread'],
        ['./m'],
      ]);
      return Number(/(\d+) states, \d+ rules fired/.exec(text)?.[1]);
    },
  },
];

const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const missing = (needs: readonly string[]): string[] =>
  needs.filter((program) => !isInstalled(program));

for (const { name, needs } of CHECKERS) {
  const lacking = missing(needs);
  if (lacking.length > 0)
    process.stdout.write(`peers: ${name} does not run, no ${lacking.join(', no ')}\n`);
}

describe(`peers, ${KERNELS.length} kernels`, () => {
  it.each(KERNELS)('$kernel has as many states in daxcheck', async ({ kernel, states }) => {
    const model = modelNamed(`../bench/models/peers/${kernel}.yaml`);
    const found = await openModel(model).search();

    expect(found.complete).toBe(true);
    expect(found.distinctStates).toBe(states);
    expect(model.expect).toMatchObject({ states, transitions: found.transitions });
  });

  it.each(KERNELS)('$kernel has that number in its files and in the table', (row) => {
    const texts = ['.pml', '.m'].map((end) => readFileSync(peerFile(row.kernel + end), 'utf8'));
    for (const text of texts) expect(text).toContain(`${row.states} states.`);
    const table = readFileSync(peerFile('README.md'), 'utf8');
    expect(table).toMatch(new RegExp(`^\\| ${row.kernel} \\|.*\\| ${row.states} \\|$`, 'm'));
  });

  const runs = CHECKERS.filter(({ needs }) => missing(needs).length === 0).flatMap((checker) =>
    KERNELS.map((row) => ({ ...checker, ...row })),
  );

  if (runs.length > 0) {
    it.each(runs)('$kernel has as many in $name', ({ count, kernel, states }) => {
      expect(count(kernel)).toBe(states);
    });
  }
});
