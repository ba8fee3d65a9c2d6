/**
 * What a run writes down as it goes on, a line of JSON for each batch, so that a second start goes
 * on where the first one ended.
 *
 * A batch is added and synced before the next one is played. A last line that was cut off is left
 * out: its batch is played again.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Difference } from '../outcome.js';
import type { ProblemKind } from './player.js';

/** What must be the same for a run to go on: names and values as the user knows them. */
export type RunOptions = Readonly<Record<string, string | number>>;

/** A class of problems, with the shortest trace that shows it. */
export interface Finding {
  readonly kind: ProblemKind;
  readonly class: string;
  readonly command: string;
  readonly differences: readonly Difference[];
  /** The model says that it happens. */
  readonly isPredicted: boolean;
  /** Properties of which the model says that this step breaks them. */
  readonly violated: readonly string[];
  readonly console: readonly string[];
  /** Commands from the initial state; the last one shows it. */
  readonly trace: readonly string[];
  /** False: it was seen once, and the trace is everything since the reset before. */
  readonly isReproduced: boolean;
}

/** One batch of steps, or one random trace. */
export interface Batch {
  /** Number of the random trace that these steps are; null in a tour. */
  readonly trace: number | null;
  /** Transitions that were played: by number in a tour, by name in a random trace. */
  readonly covered: readonly (number | string)[];
  /** Those of them that the kernel did otherwise. */
  readonly different: readonly (number | string)[];
  readonly steps: number;
  readonly resets: number;
  /** Traces played to make others shorter. */
  readonly replays: number;
  /** Steps with several answers, by the kernel's reason. */
  readonly several: Readonly<Record<string, number>>;
  /** Steps after which the model cannot tell in which of its states the kernel is. */
  readonly ambiguous: number;
  readonly findings: readonly Finding[];
  /** Problems by class, those of `findings` among them. */
  readonly problems: Readonly<Record<string, number>>;
  readonly milliseconds: number;
}

export interface Progress {
  /** Batches of earlier starts. */
  readonly batches: readonly Batch[];
  add(batch: Batch): void;
  close(): void;
}

export type ProgressAnswer =
  | { readonly ok: true; readonly progress: Progress }
  | { readonly ok: false; readonly reasons: readonly string[] };

const FILE = 'progress.jsonl';

/** Opens the progress of a run in a folder, or says why it is another run's. */
export function openProgress(folder: string, options: RunOptions): ProgressAnswer {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  const { header, batches, bytes } = readProgress(path);
  const reasons = header === null ? [] : differencesOf(header, options, folder);
  if (reasons.length > 0) return { ok: false, reasons };
  if (bytes !== null) truncateSync(path, bytes);
  const file = openSync(path, 'a');
  const write = (value: unknown): void => {
    writeSync(file, `${JSON.stringify(value)}\n`);
    fsyncSync(file);
  };
  if (header === null) write({ format: 1, options });
  return { ok: true, progress: { batches, add: write, close: () => closeSync(file) } };
}

interface Read {
  readonly header: RunOptions | null;
  readonly batches: readonly Batch[];
  /** Bytes of whole lines; null where there is no file. */
  readonly bytes: number | null;
}

function readProgress(path: string): Read {
  if (!existsSync(path)) return { header: null, batches: [], bytes: null };
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const bytes = Buffer.byteLength(whole);
  const [first, ...rest] = whole.split('\n').slice(0, -1);
  if (first === undefined) return { header: null, batches: [], bytes: 0 };
  const { options } = JSON.parse(first) as { options: RunOptions };
  return { header: options, batches: rest.map((line) => JSON.parse(line) as Batch), bytes };
}

function differencesOf(found: RunOptions, asked: RunOptions, folder: string): readonly string[] {
  const names = new Set([...Object.keys(found), ...Object.keys(asked)]);
  return [...names].flatMap((name) => {
    const [one, other] = [found[name] ?? 'none', asked[name] ?? 'none'];
    if (one === other) return [];
    return [`${folder} holds a run with ${name} ${one}, not ${other}; name another folder`];
  });
}
