/**
 * The baseline: what a gate found when somebody last looked, in a file beside the models. Read,
 * compared, and written.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import { readTextFile } from '../model/files.js';
import type { Answer } from './task.js';

const FORMAT = 1;

const names = z.array(z.string());
const count = z.int().min(0);

const entrySchema = z.object({
  verdict: z.string(),
  violated: names,
  findings: names,
  states: count,
  transitions: count,
  depth: count,
  vacuous: names,
  commands: names,
  points: names,
  seconds: z.number().min(0),
});

const baselineSchema = z.object({
  format: z.literal(FORMAT),
  daxcheck: z.string(),
  engine: z.string(),
  models: z.record(z.string(), entrySchema),
});

/** What one model gave: verdict, counts, what was executed. */
export type BaselineEntry = z.infer<typeof entrySchema>;

/** Which daxcheck: its version, and a hash of the engine, which tells builds apart. */
export interface Program {
  readonly daxcheck: string;
  readonly engine: string;
}

export interface Baseline extends Program {
  /** By path relative to the baseline's folder, with `/`. */
  readonly models: ReadonlyMap<string, BaselineEntry>;
}

export type BaselineReading =
  | { readonly ok: true; readonly baseline: Baseline }
  | { readonly ok: false; readonly why: string };

/** Hashes the engine's module. */
export function programOf(version: string, wasm: Uint8Array): Program {
  const engine = createHash('sha256').update(wasm).digest('hex').slice(0, 16);
  return { daxcheck: version, engine };
}

/** The name that a model has in a baseline. */
export function nameIn(file: string, model: string): string {
  return relative(dirname(resolve(file)), resolve(model))
    .split(sep)
    .join('/');
}

/** Reads a baseline; says what is wrong with the file and what to do. */
export function readBaseline(file: string): BaselineReading {
  if (!existsSync(file)) {
    return { ok: false, why: `${file} does not exist; --update writes it` };
  }
  const read = readTextFile(file, { file, line: 1, column: 1 });
  if (!read.ok) return { ok: false, why: read.fault.message };
  const refused = (what: string): BaselineReading => {
    return { ok: false, why: `${file} is no baseline: ${what}; --update writes it anew` };
  };
  let json: unknown;
  try {
    json = JSON.parse(read.text);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  const parsed = baselineSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refused(`${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'wrong'}`);
  }
  const { daxcheck, engine, models } = parsed.data;
  return { ok: true, baseline: { daxcheck, engine, models: new Map(Object.entries(models)) } };
}

/** What was never done, without the place, which changes with every line above. */
const withoutPlaces = (texts: readonly string[]): string[] => [
  ...new Set(texts.map((text) => text.replace(/ \([^()]*:\d+\)$/, ''))),
];

/** What the baseline keeps of an answer; null of a model that has no verdict. */
export function entryOf({ row, coverage }: Answer): BaselineEntry | null {
  if (row.kernel === null) return null;
  return {
    verdict: row.verdict,
    violated: [...row.violated],
    findings: [...row.findings],
    states: row.distinctStates,
    transitions: row.transitions,
    depth: row.depth,
    vacuous: withoutPlaces(row.vacuous),
    commands: [...(coverage?.commands ?? [])],
    points: [...(coverage?.points ?? [])],
    seconds: Math.round(row.measured.seconds * 1000) / 1000,
  };
}

/** Lists are compared as sets: these are the words for what one has and the other has not. */
const LISTS = [
  ['violated', 'no longer violated', 'violated now'],
  ['findings', 'no longer found', 'found now'],
  ['vacuous', 'no longer vacuous', 'vacuous now'],
  ['commands', 'no longer executed', 'executed now'],
  ['points', 'no longer reached', 'reached now'],
] as const;

const SHOWN_MAX = 3;

function listed(what: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, SHOWN_MAX).join('; ');
  const more = items.length - SHOWN_MAX;
  return [`${what}: ${shown}${more > 0 ? `; and ${more} more` : ''}`];
}

/** Says what differs, each in a sentence; nothing about seconds. */
export function compareEntries(before: BaselineEntry, now: BaselineEntry): string[] {
  const values = (['verdict', 'states', 'transitions', 'depth'] as const)
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key}: ${before[key]} in the baseline, ${now[key]} now`);
  const lists = LISTS.flatMap(([key, lost, gained]) => [
    ...listed(
      lost,
      before[key].filter((name) => !now[key].includes(name)),
    ),
    ...listed(
      gained,
      now[key].filter((name) => !before[key].includes(name)),
    ),
  ]);
  return [...values, ...lists];
}

/** Below this, a time says nothing. */
const SECONDS_MIN = 1;

/** Says that a model takes more than so many times as long as it did; null when it does not. */
export function compareSeconds(
  before: BaselineEntry,
  now: BaselineEntry,
  factor: number,
): string | null {
  if (now.seconds < SECONDS_MIN || now.seconds <= before.seconds * factor) return null;
  const times = `more than ${factor} times as many`;
  return `seconds: ${before.seconds} in the baseline, ${now.seconds} now, ${times}`;
}

/** Prints a baseline: models by name, one value a line, so that a change is a line of a diff. */
export function printBaseline({ daxcheck, engine, models }: Baseline): string {
  const sorted = [...models].sort(([one], [other]) => (one < other ? -1 : 1));
  const entries = sorted.map(([name, entry]) => {
    const lines = Object.entries(entry).map(
      ([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
    );
    return `    ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n    }`;
  });
  const body = entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n  }`;
  const head = [['format', FORMAT] as const, ['daxcheck', daxcheck], ['engine', engine]];
  const fields = head.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${[...fields, `  "models": ${body}`].join(',\n')}\n}\n`;
}

/** What a run makes of a baseline. */
export interface Update {
  readonly baseline: Baseline;
  /** Each change in a line, by model. */
  readonly changes: readonly string[];
}

/**
 * Puts what a run found into a baseline. A model without a verdict keeps its entry; entries of
 * `gone` go. Where all but seconds is as it was, the entry stays, so that nothing is written.
 */
export function updateBaseline(
  before: Baseline | null,
  program: Program,
  entries: ReadonlyMap<string, BaselineEntry>,
  gone: readonly string[],
): Update {
  const models = new Map(before?.models);
  const changes: string[] = [];
  for (const [name, entry] of entries) {
    const old = models.get(name);
    const differences = old === undefined ? ['new'] : compareEntries(old, entry);
    changes.push(...differences.map((difference) => `${name}: ${difference}`));
    if (differences.length > 0) models.set(name, entry);
  }
  for (const name of gone) {
    models.delete(name);
    changes.push(`${name}: gone`);
  }
  return { baseline: { ...program, models }, changes };
}
