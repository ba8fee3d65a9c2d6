import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/errors.js';
import type { Facts } from '../../src/import/facts.js';
import { readInputs } from '../../src/import/inputs.js';
import { joinFacts } from '../../src/import/join.js';
import { modelText } from '../../src/import/modelText.js';
import { checkModelText } from '../../src/loadModel.js';
import { CASES, INPUTS, type Outcome, type PublishedCase, SKIP_REASON } from './published.ts';

const linesOf = (list: readonly Diagnostic[]): number[] =>
  [...new Set(list.map(({ place }) => place.line))].sort((left, right) => left - right);

interface Found {
  readonly outcome: Outcome;
  readonly lines: readonly number[];
}

function foundIn({ faults, warnings }: Facts): Found {
  if (faults.length > 0) return { outcome: 'refuse', lines: linesOf(faults) };
  return { outcome: warnings.length > 0 ? 'warn' : 'import', lines: linesOf(warnings) };
}

function expectedOf({ outcome, lines, found }: PublishedCase): Found {
  return found === undefined
    ? { outcome, lines: lines ?? [] }
    : { outcome: found.outcome, lines: found.lines ?? [] };
}

describe.skipIf(INPUTS === null)(`the published inputs${SKIP_REASON}`, () => {
  const folder = INPUTS ?? '';

  it.each(CASES.map((one) => [one.file, one] as const))('reads %s as expected', (file, one) => {
    const facts = readInputs([{ kind: one.kind, path: join(folder, file) }], () => '');

    expect(foundIn(facts)).toEqual(expectedOf(one));
  });

  it('expects something of every file', () => {
    const folders = ['iomem', 'daxctl', 'lsmem', 'sysfs', 'userland'];
    const files = folders.flatMap((name) =>
      readdirSync(join(folder, name))
        .filter((file) => file !== 'index.md')
        .map((file) => `${name}/${file}`),
    );

    expect(CASES.map(({ file }) => file).sort()).toEqual(files.sort());
  });
});

/** A size of blocks that the machine of a listing may have, where it is not 128M. */
const BLOCKS: Readonly<Record<string, bigint>> = {
  'iomem/23-cxl-dax-smaller-than-region.txt': 2n << 30n,
  'iomem/24-cxl-sr-sliver.txt': 2n << 30n,
};

/** Too many blocks for the engine, or memory that only a patched kernel gives to kmem. */
const NOT_HELD: Readonly<Record<string, readonly string[]>> = {
  'iomem/11-arm64-kmem-unaligned-rfc.txt': [],
};

describe.skipIf(INPUTS === null)(`the published listings${SKIP_REASON}`, () => {
  const listings = CASES.filter(
    (one) => one.kind === 'iomem' && expectedOf(one).outcome !== 'refuse',
  );

  it.each(listings.map(({ file }) => file))(
    'of %s make a model, or say what is missing',
    (file) => {
      const facts = readInputs([{ kind: 'iomem', path: join(INPUTS ?? '', file) }], () => '');
      const blockSize = BLOCKS[file] ?? 128n << 20n;
      const machine = joinFacts(facts, { blockSize, kernel: 'v6.12' });
      if (machine === null) {
        expect(facts.faults.map(({ code }) => code)).toEqual(['DAX514']);
        return;
      }
      const loaded = checkModelText(modelText(machine), 'model.yaml');
      const codes = loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code);

      expect(codes.filter((code) => code !== 'DAX303')).toEqual(NOT_HELD[file] ?? []);
    },
  );
});

const inWords = ({ outcome, lines }: Found): string => {
  if (lines.length === 0) return outcome;
  const shown =
    lines.length > 4 ? `${lines.slice(0, 3).join(', ')} … ${lines.at(-1)}` : lines.join(', ');
  return `${outcome}: ${shown}`;
};

function tableRow(one: PublishedCase): string {
  const { found } = one;
  const now = found === undefined ? '' : `${inWords(expectedOf(one))} (${found.why})`;
  const expected = inWords({ outcome: one.outcome, lines: one.lines ?? [] });
  return `| ${one.file} | ${expected} | ${one.why} | ${now} |`;
}

const PAGE = fileURLToPath(new URL('../../docs/import.md', import.meta.url));
const MARKS = /(<!-- table: [^\n]*-->\n)[\s\S]*?(\n<!-- end -->)/;

describe('the table of expectations', () => {
  it('stands in docs/import.md (renewed by DOCS_UPDATE=1)', () => {
    const rows = [
      '| input | expected: outcome and lines | why | found, where it is another |',
      '|---|---|---|---|',
      ...CASES.map(tableRow),
    ];
    const page = readFileSync(PAGE, 'utf8');
    const renewed = page.replace(MARKS, (_, head, end) => `${head}\n${rows.join('\n')}\n${end}`);
    if (process.env.DOCS_UPDATE === '1') writeFileSync(PAGE, renewed);

    expect(readFileSync(PAGE, 'utf8')).toBe(renewed);
  });

  it('says why of each file', () => {
    expect(CASES.filter(({ why }) => (why ?? '').length < 4)).toEqual([]);
  });

  it('names a line for each warning and each refusal', () => {
    const bare = CASES.map(expectedOf).filter(
      ({ outcome, lines }) => (outcome === 'import') !== (lines.length === 0),
    );

    expect(bare).toEqual([]);
  });
});
