/**
 * The published inputs: what is expected of each (expected.yaml), and where the files themselves
 * are. They are not part of the project; where they lie beside it, or DAXCHECK_INPUTS names their
 * folder, the tests read them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { InputKind } from '../../src/import/inputs.js';

export type Outcome = 'import' | 'warn' | 'refuse';

interface Row {
  readonly outcome: Outcome;
  readonly lines?: readonly number[];
  readonly why: string;
  readonly kind?: InputKind;
  /** What is found where it is not what was expected, and why that is right. */
  readonly found?: { readonly outcome: Outcome; readonly lines?: readonly number[]; why: string };
}

export interface PublishedCase extends Row {
  /** Relative to the folder of inputs. */
  readonly file: string;
  readonly kind: InputKind;
}

const KINDS: ReadonlyMap<string, InputKind> = new Map([
  ['iomem', 'iomem'],
  ['daxctl', 'list'],
  ['lsmem', 'lsmem'],
  ['sysfs', 'sysfs'],
  ['userland', 'rules'],
]);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function readCases(): PublishedCase[] {
  const text = readFileSync(join(ROOT, 'test/import/expected.yaml'), 'utf8');
  const folders: Record<string, Record<string, Row>> = parse(text);
  return Object.entries(folders).flatMap(([folder, rows]) =>
    Object.entries(rows).map(([file, row]) => ({
      ...row,
      file: `${folder}/${file}`,
      kind: row.kind ?? KINDS.get(folder) ?? 'iomem',
    })),
  );
}

export const CASES: readonly PublishedCase[] = readCases();

/** The folder of the published inputs; null where it is not there. */
export const INPUTS: string | null =
  [process.env.DAXCHECK_INPUTS, join(ROOT, '../shared/inputs'), join(ROOT, '../../shared/inputs')]
    .flatMap((path) => (path === undefined ? [] : [path]))
    .find((path) => existsSync(path)) ?? null;

/** Why tests of them are skipped; printed in the title of the suite. */
export const SKIP_REASON =
  INPUTS === null
    ? ' (skipped: no published inputs beside the project; DAXCHECK_INPUTS names them)'
    : '';
