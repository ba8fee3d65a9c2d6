/**
 * The table of docs/partial-order.md: states of each model whose steps interleave, in full and
 * reduced. DOCS_UPDATE=1 writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import type { Reduction } from '../../src/kernel/reductions.js';
import { planReductions } from '../../src/verdict/reductions.js';
import { modelNamed } from '../explore/models.ts';
import { modelsUpTo, searchAll } from './models.ts';

const PAGE = fileURLToPath(new URL('../../docs/partial-order.md', import.meta.url));
const HEAD = '| model | states | por | merge | both | times fewer |\n|---|---|---|---|---|---|\n';

interface Row {
  readonly name: string;
  readonly full: number;
  readonly por: number;
  readonly merge: number;
  readonly both: number;
  /** Some other thread can move while one is inside the kernel. */
  readonly isRace: boolean;
}

/** States that a search keeps with what the model's properties allow of the reductions. */
async function statesWith(name: string, wanted: readonly Reduction[]): Promise<number> {
  const model = modelNamed(name);
  const { on } = planReductions(compileModel(model), wanted, { lockOrder: false, isLossy: false });
  return (await searchAll(model, on)).result.distinctStates;
}

async function rowOf(name: string): Promise<Row> {
  const { result } = await searchAll(modelNamed(name), []);
  return {
    name,
    full: result.distinctStates,
    por: await statesWith(name, ['por']),
    merge: await statesWith(name, ['merge']),
    both: await statesWith(name, ['por', 'merge']),
    isRace: result.transitions >= result.distinctStates,
  };
}

const timesFewer = ({ full, both }: Row): number => full / both;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The table, and under it the medians. */
function render(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${row.full} | ${row.por} | ${row.merge} | ${row.both} ` +
      `| ${timesFewer(row).toFixed(1)} |\n`,
  );
  const of = (part: (row: Row) => number, among: readonly Row[]): string =>
    median(among.map((row) => row.full / part(row))).toFixed(2);
  const races = rows.filter(({ isRace }) => isRace);
  return [
    HEAD,
    ...lines,
    `\nMedian of all ${rows.length}, times fewer: ${of((row) => row.por, rows)} with \`por\`, `,
    `${of((row) => row.merge, rows)} with \`merge\`, ${of((row) => row.both, rows)} with both.\n`,
    `Of the ${races.length} in which threads meet: ${of((row) => row.both, races)} with both.\n`,
  ].join('');
}

it('the table of docs/partial-order.md is what a search finds today', async () => {
  const rows: Row[] = [];
  for (const name of modelsUpTo(110_000)) rows.push(await rowOf(name));
  const page = readFileSync(PAGE, 'utf8');
  const start = page.indexOf(HEAD) < 0 ? page.length : page.indexOf(HEAD);
  const written = `${page.slice(0, start).trimEnd()}\n\n${render(rows)}`;
  if (process.env.DOCS_UPDATE !== undefined) writeFileSync(PAGE, written);
  expect(readFileSync(PAGE, 'utf8')).toBe(written);

  expect(median(rows.map(timesFewer))).toBeGreaterThanOrEqual(5);
}, 120_000);
