/**
 * `node bench/terabyte.mjs [ROUNDS]`: how long it takes from the files that a machine of a terabyte
 * shows to a verdict about scripts and a rule on it; whole processes, import and explore. The
 * figures stand in docs/scopes.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'examples/scripts';
const rounds = Number(process.argv[2] ?? 11);
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-terabyte-'));

/** @param {readonly string[]} words of the command line */
function seconds(words) {
  const from = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, ['dist/cli.js', ...words], { cwd: ROOT });
  const taken = Number(process.hrtime.bigint() - from) / 1e9;
  return { status, taken };
}

/** @param {number} round */
function measure(round) {
  const machine = join(folder, `${round}.yaml`);
  const read = ['iomem', 'daxctl', 'lsmem'].flatMap((kind) => [
    `--${kind}`,
    `${FOLDER}/cxl-1tib.${kind === 'daxctl' ? 'daxctl.json' : kind}`,
  ]);
  const files = [
    ...['--script', `${FOLDER}/give-back.sh`, '--script', `${FOLDER}/trigger.sh`],
    ...['--rules', `${FOLDER}/81-memory-movable.rules`, '--machine', machine, '--quiet'],
  ];
  const imported = seconds(['import', ...read, '--kernel', '6.12', '-o', machine]);
  const explored = seconds(['explore', ...files]);
  if (imported.status !== 0 || explored.status !== 12) {
    throw new Error(`import ended with ${imported.status}, explore with ${explored.status}`);
  }
  return [imported.taken, explored.taken, imported.taken + explored.taken];
}

/** @param {readonly number[]} all */
function told(all) {
  const sorted = [...all].sort((left, right) => left - right);
  const [median, least, most] = [sorted.length >> 1, 0, sorted.length - 1].map((at) =>
    (sorted[at] ?? 0).toFixed(2),
  );
  return `${median} s (${least} to ${most}, n = ${sorted.length})`;
}

try {
  const times = Array.from({ length: rounds }, (_, round) => measure(round));
  for (const [at, what] of ['import', 'explore', 'both'].entries()) {
    process.stdout.write(`${what.padEnd(8)}${told(times.map((row) => row[at] ?? 0))}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
