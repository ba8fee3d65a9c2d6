/**
 * The table of known bugs, models/bugs/corpus.yaml: its rows, what makes one count as found, and
 * the tables of models/README.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { explore } from '../../src/explore.js';
import { PLANTED, resolveKernel } from '../../src/kernel/features.js';
import { propertyNamed } from '../../src/kernel/properties.js';
import { loadModel } from '../../src/loadModel.js';
import type { Model } from '../../src/model/model.js';
import type { Verdict } from '../../src/verdict/trace.js';

export const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

const named = z.string().regex(/^[a-z]+\/[\w./-]+$/);

const ROW = z
  .strictObject({
    /** The bug's number; text for one that came from elsewhere. */
    bug: z.union([z.number().int(), z.string()]),
    name: z.string().regex(/^[\w-]+$/),
    commit: z.string().optional(),
    broken: z.string(),
    fixed: z.string(),
    /** Violated at the broken version. */
    model: named.optional(),
    /** Holds at the fixed version, or, where no fix is merged, for a use that is safe. */
    fixedModel: named.optional(),
    /** In which way the two models differ, where it is not the kernel alone. */
    differs: z.string().optional(),
    /** Models that must hold although a checker less exact would complain. */
    silent: z.array(named).optional(),
    /** Why it is not found. */
    why: z.string().optional(),
  })
  .refine(
    (row) =>
      [row.why, row.silent, row.fixedModel].filter((part) => part !== undefined).length === 1,
    'a row has one of `fixedModel` (with `model`), `silent` and `why`',
  )
  .refine((row) => row.fixedModel === undefined || row.model !== undefined, '`model` is missing');

export type CorpusRow = z.infer<typeof ROW>;

/** Reads the table; throws where a row is not of the form above. */
export function readCorpus(): readonly CorpusRow[] {
  const text = readFileSync(join(MODELS, 'bugs', 'corpus.yaml'), 'utf8');
  return z.array(ROW).parse(parse(text));
}

/** A model of the corpus: its text as data, and what its run gave. */
export interface Explored {
  readonly file: Readonly<Record<string, unknown>>;
  readonly model: Model;
  readonly verdict: Verdict;
}

/** Loads and explores a model named as in the table. */
export async function exploreNamed(name: string): Promise<Explored> {
  const path = join(MODELS, `${name}.yaml`);
  const loaded = loadModel(path);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((one) => one.message).join('\n'));
  const file = z.record(z.string(), z.unknown()).parse(parse(readFileSync(path, 'utf8')));
  return { file, model: loaded.model, verdict: await explore(loaded.model) };
}

/** Names of the properties that a run found broken. */
const brokenOf = ({ verdict }: Explored): string[] => [
  ...new Set(verdict.violations.map(({ finding }) => finding.property)),
];

/** What may differ between the two models of a row: only their kernel, and what follows from it. */
const MAY_DIFFER: readonly string[] = ['title', 'kernel', 'continue', 'expect'];

const commonOf = (file: Explored['file']): object =>
  Object.fromEntries(Object.entries(file).filter(([key]) => !MAY_DIFFER.includes(key)));

const featuresOf = ({ model }: Explored): readonly string[] =>
  [...resolveKernel(model.kernel).features].sort();

const declarationFaults = (which: string, { verdict }: Explored): string[] =>
  verdict.expectation?.met === true
    ? []
    : [`the ${which} model is not as declared`, ...(verdict.expectation?.differences ?? [])];

/** What keeps a row from counting as found; empty when it counts. */
export function faultsOf(row: CorpusRow, broken: Explored, fixed: Explored): readonly string[] {
  const found = brokenOf(broken);
  const usesPlanted = [broken, fixed].some(({ model }) =>
    PLANTED.some(({ id }) => resolveKernel(model.kernel).features.has(id)),
  );
  const areKernelsSame = isDeepStrictEqual(featuresOf(broken), featuresOf(fixed));
  const areCasesSame = isDeepStrictEqual(commonOf(broken.file), commonOf(fixed.file));
  const held = fixed.verdict.held.map((name) => name.split(' ')[0]);
  return [
    ...declarationFaults('broken', broken),
    ...declarationFaults('fixed', fixed),
    ...(found.length === 0 ? ['the broken model finds nothing'] : []),
    ...(fixed.verdict.verdict === 'holds' ? [] : ['the fixed model does not hold']),
    ...found
      .filter((name) => propertyNamed(name) === undefined)
      .map((name) => `the property ${name} is not a built-in one`),
    ...found
      .filter((name) => !held.includes(name))
      .map((name) => `the fixed model does not check ${name}`),
    ...(usesPlanted ? ['a planted bug is no find'] : []),
    ...(areKernelsSame && row.differs === undefined
      ? ['the kernels of the two models are the same; say in `differs` what differs']
      : []),
    ...(areCasesSame || row.differs !== undefined
      ? []
      : ['the models differ in more than their kernel; say in `differs` what']),
  ];
}

/** What a row shows in the table of models/README.md. */
export interface BugLine {
  readonly row: CorpusRow;
  readonly found: 'yes' | 'no' | 'silent';
  readonly property: string;
  readonly steps: string;
  readonly states: string;
  readonly seconds: string;
}

/** The line of a row that nobody found, or that has to stay silent. */
export function lineWithout(row: CorpusRow): BugLine {
  const found = row.silent === undefined ? 'no' : 'silent';
  return { row, found, property: '', steps: '', states: '', seconds: '' };
}

/** The line of a row that is found. */
export function lineOf(row: CorpusRow, broken: Explored): BugLine {
  const { violations, distinctStates, measured } = broken.verdict;
  const shortest = Math.min(...violations.map(({ steps }) => steps.length));
  return {
    row,
    found: 'yes',
    property: brokenOf(broken).join(', '),
    steps: String(shortest),
    states: String(distinctStates),
    seconds: measured.seconds.toFixed(2),
  };
}

const cells = (parts: readonly string[]): string => `| ${parts.join(' | ')} |`;

const fileLink = (name: string | undefined): string =>
  name === undefined ? '' : `[${name.replace(/^.*\//, '')}](${name}.yaml)`;

/** The table of bugs, and below it why some are not found. */
export function renderTable(lines: readonly BugLine[]): string {
  const counted = (what: BugLine['found']): number =>
    lines.filter(({ found }) => found === what).length;
  const rows = lines.map(({ row, found, property, steps, states, seconds }) =>
    cells([
      String(row.bug),
      row.name,
      row.commit ?? '',
      row.broken,
      row.fixed,
      found,
      fileLink(row.model ?? row.silent?.[0]),
      property,
      steps,
      states,
      seconds,
    ]),
  );
  const head = 'bug,name,commit,broken,fixed,found,model,property,steps,states,seconds'.split(',');
  const missing = lines.filter(({ found }) => found === 'no');
  return [
    `${counted('yes')} found, ${counted('silent')} rightly silent, ${missing.length} not found.`,
    '',
    cells(head),
    `|${'---|'.repeat(head.length)}`,
    ...rows,
    '',
    '## Not found, and why',
    '',
    '| bug | name | why |',
    '|---|---|---|',
    ...missing.map(({ row }) => cells([String(row.bug), row.name, row.why ?? ''])),
    '',
  ].join('\n');
}

/** A table without its measured column, which differs from run to run. */
export function withoutSeconds(text: string): string {
  return text.replace(/\| [\d.]* \|$/gm, '| |');
}

/** Takes the seconds of an older table over where a row is the same otherwise. */
export function withOldSeconds(fresh: string, old: string): string {
  const oldLines = new Map(old.split('\n').map((line) => [withoutSeconds(line), line]));
  return fresh
    .split('\n')
    .map((line) => oldLines.get(withoutSeconds(line)) ?? line)
    .join('\n');
}
