/**
 * `npm run bench`: measures the built program beside its peers, prints tables, and writes
 * bench/results.json, docs/benchmarks.md and its pictures.
 *
 * `--rounds N` (default 5), `--workers 1,2`, `--no-peers`, `--large` for the one run that is as
 * large as the machine, and words that pick rows by name. A part of the rows is a look, not a
 * record: nothing is written then, unless `--write` is given. `--tables` measures nothing and
 * writes the document again from bench/results.json.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleBench } from './bundle.mjs';
import { writePlots } from './plots.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = join(ROOT, 'bench', 'results.json');
const DOCUMENT = join(ROOT, 'docs', 'benchmarks.md');

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    workers: { type: 'string', default: '1,2' },
    peers: { type: 'boolean' },
    'no-peers': { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

/** @param {string} text of the option --rounds or --workers */
function counts(text) {
  const numbers = text.split(',').map(Number);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1)) {
    process.stderr.write(`bench: ${text} is not a number from 1 on, or several with commas\n`);
    process.exit(2);
  }
  return numbers;
}

const [rounds = 1] = counts(values.rounds);
const { measureAll, tables, document, resultsSchema } = await import(await bundleBench(ROOT));

/** @param {Record<string, string>} found tables by name */
async function writeDocument(found) {
  const text = Object.entries(found).reduce(
    (/** @type {string} */ whole, [name, body]) => document(whole, name, body),
    readFileSync(DOCUMENT, 'utf8'),
  );
  writeFileSync(DOCUMENT, text);
  await writePlots(ROOT);
}

async function measure() {
  const tell = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
  const peers = values.peers ?? !values['no-peers'];
  const options = { root: ROOT, rounds, workers: counts(values.workers), only: positionals, peers };
  const results = measureAll({ ...options, large: values.large }, tell);
  const found = tables(results);
  process.stdout.write(`${Object.values(found).join('\n\n')}\n`);
  if (!values.write && (positionals.length > 0 || !peers)) return;
  const before = JSON.parse(readFileSync(RESULTS, 'utf8'));
  // The large run is measured by itself, and kept beside the others.
  const all = values.large
    ? { ...before, large: results.large }
    : { ...results, large: before.large ?? null };
  const kept = resultsSchema.parse(all);
  writeFileSync(RESULTS, JSON.stringify(kept));
  const formatter = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  spawnSync(process.execPath, [formatter, 'format', '--write', RESULTS], { cwd: ROOT });
  await writeDocument(tables(kept));
}

if (values.tables) {
  await writeDocument(tables(resultsSchema.parse(JSON.parse(readFileSync(RESULTS, 'utf8')))));
} else {
  await measure();
}
