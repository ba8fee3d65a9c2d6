/**
 * `npm run bench`: measures the built program, prints a table and writes bench/results.json.
 *
 * The measuring itself is TypeScript (bench/measure.ts) and is bundled here first. Rounds go over
 * all rows in turn, so that a machine that is slow for a while is so for every row; what counts is
 * the median. `--rounds N` (default 5), `--workers 1,2`, and words that pick rows by name.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUNDLE = join(ROOT, 'build', 'bench', 'measure.js');

async function bundle() {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['bench/measure.ts'],
    outfile: BUNDLE,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['piscina'],
    banner: {
      // Bundled CommonJS packages call require for Node's own modules.
      js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    workers: { type: 'string', default: '1,2' },
  },
  allowPositionals: true,
});

await bundle();
const { measureAll, table } = await import(BUNDLE);
const results = await measureAll(
  {
    root: ROOT,
    rounds: Number(values.rounds),
    workers: values.workers.split(',').map(Number),
    only: positionals,
  },
  (/** @type {string} */ text) => process.stderr.write(`${text}\n`),
);
process.stdout.write(table(results));
// A part of the rows is a look, not a record.
if (positionals.length === 0) {
  const file = join(ROOT, 'bench', 'results.json');
  writeFileSync(file, JSON.stringify(results));
  const formatter = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  spawnSync(process.execPath, [formatter, 'format', '--write', file], { cwd: ROOT });
}
