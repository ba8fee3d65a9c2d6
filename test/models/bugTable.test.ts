/**
 * The table of known bugs: each row that says where it is found is explored, and models/README.md
 * shows what came out. DOCS_UPDATE=1 writes it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type BugLine,
  type CorpusRow,
  type Explored,
  exploreNamed,
  faultsOf,
  lineOf,
  lineWithout,
  MODELS,
  readCorpus,
  renderTable,
  withOldSeconds,
  withoutSeconds,
} from './corpus.ts';

const README = join(MODELS, 'README.md');
const BEGIN = '<!-- bugs -->\n';
const rows = readCorpus();
const lines = new Map<CorpusRow, BugLine>();
const titled = (wanted: (row: CorpusRow) => boolean) =>
  rows.filter(wanted).map((row) => ({ title: `${row.bug} ${row.name}`, row }));

const paired = titled((row) => row.fixedModel !== undefined);
const silent = titled((row) => row.silent !== undefined);

/** The two models of a row. */
async function pairOf(row: CorpusRow): Promise<readonly [Explored, Explored]> {
  return [await exploreNamed(row.model ?? ''), await exploreNamed(row.fixedModel ?? '')];
}

describe(`the table of ${rows.length} known bugs`, () => {
  it('names each bug once', () => {
    const numbers = rows.map(({ bug }) => bug);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(paired)(
    'finds $title at the broken version and not at the fixed one',
    async ({ row }) => {
      const [broken, fixed] = await pairOf(row);
      expect(faultsOf(row, broken, fixed)).toEqual([]);
      lines.set(row, lineOf(row, broken));
    },
  );

  it.each(silent)('is silent about $title', async ({ row }) => {
    for (const name of row.silent ?? []) {
      const { verdict } = await exploreNamed(name);
      expect([name, verdict.verdict, verdict.expectation?.met]).toEqual([name, 'holds', true]);
    }
  });

  it('is what models/README.md shows', () => {
    const fresh = renderTable(rows.map((row) => lines.get(row) ?? lineWithout(row)));
    const text = readFileSync(README, 'utf8');
    const [head = '', old = ''] = text.split(BEGIN);
    if (process.env.DOCS_UPDATE === '1') {
      writeFileSync(README, `${head}${BEGIN}${withOldSeconds(fresh, old)}`);
    } else expect(withoutSeconds(old)).toBe(withoutSeconds(fresh));
  });

  it.each(titled((row) => row.model !== undefined))(
    'names models of $title that are there',
    ({ row }) => {
      const names = [row.model, row.fixedModel].filter((name) => name !== undefined);
      expect(names.filter((name) => !existsSync(join(MODELS, `${name}.yaml`)))).toEqual([]);
    },
  );
});

describe('a row', () => {
  const leak: CorpusRow = { bug: 6, name: 'kmem-addfail-leak', broken: 'v5.1', fixed: 'v5.3' };

  it('counts when only the kernel makes the difference', async () => {
    const broken = await exploreNamed('bugs/kmem-addfail-leak');
    const fixed = await exploreNamed('bugs/kmem-addfail-fixed');
    expect(faultsOf(leak, broken, fixed)).toEqual([]);
  });

  it('does not count when the fixed model is the broken one', async () => {
    const broken = await exploreNamed('bugs/kmem-addfail-leak');
    expect(faultsOf(leak, broken, broken)).toEqual(
      expect.arrayContaining([
        'the fixed model does not hold',
        'the kernels of the two models are the same; say in `differs` what differs',
      ]),
    );
  });

  it('does not count when the models are of different machines', async () => {
    const broken = await exploreNamed('bugs/kmem-addfail-leak');
    const fixed = await exploreNamed('bugs/name-private');
    expect(faultsOf(leak, broken, fixed)).toEqual(
      expect.arrayContaining([
        'the models differ in more than their kernel; say in `differs` what',
        'the fixed model does not check rollback',
      ]),
    );
  });

  it('does not count when the bug is planted', async () => {
    const broken = await exploreNamed('selfcheck/canary');
    const fixed = await exploreNamed('selfcheck/canary-gone');
    expect(faultsOf(leak, broken, fixed)).toContain('a planted bug is no find');
  });
});
