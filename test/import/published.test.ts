import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/errors.js';
import type { Facts } from '../../src/import/facts.js';
import { readInputs } from '../../src/import/inputs.js';
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

describe('the table of expectations', () => {
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
