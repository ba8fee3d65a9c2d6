/** What a run has done and what not, as text: commands, the kernel's files, features. */
import type {
  CommandCoverage,
  Coverage,
  FeatureCoverage,
  PointCoverage,
} from '../verdict/coverage.js';
import { formatCount, onOneLine, PAGE_WIDTH, plural, wrap } from './layout.js';
import { PLAIN, type Style } from './style.js';

const INDENT = 2;
/** Names of points in a row; the rest is in the JSON. */
const NAMES_MAX = 12;

const isDone = ({ steps }: { readonly steps: number }): boolean => steps > 0;

/** Why something was not done. */
export const undoneText = ({ isComplete }: Coverage): string =>
  isComplete ? 'never enabled' : 'not done before the run ended';

function part(name: string, done: number, all: number): string {
  const percent = all === 0 ? '' : ` (${Math.floor((done * 100) / all)} %)`;
  return `${name}: ${formatCount(done)} of ${formatCount(all)}${percent}`;
}

function shortened(text: string, width: number): string {
  const line = onOneLine(text);
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

/** What is told of a command: its steps, or what of it was not done. */
function doneText(command: CommandCoverage, coverage: Coverage): string {
  const { steps, calls, undone } = command;
  if (undone === calls) return undoneText(coverage);
  const part =
    undone === 0 ? '' : `, ${undone} of ${plural(calls, 'call')} ${undoneText(coverage)}`;
  return `${plural(steps, 'step')}${part}`;
}

function commandRows(coverage: Coverage): string[] {
  const { commands } = coverage;
  const counts = commands.map((command) => doneText(command, coverage));
  const column = Math.max(0, ...counts.map(({ length }) => length));
  return commands.map(({ text, place }, index) => {
    const count = (counts[index] ?? '').padStart(column);
    const head = `${' '.repeat(INDENT)}${count}  line ${place.line}: `;
    return head + shortened(text, PAGE_WIDTH - head.length);
  });
}

interface FileRow {
  readonly source: string;
  readonly done: readonly PointCoverage[];
  readonly never: readonly PointCoverage[];
}

/** Program points by file, the files with the most done first. */
export function pointsByFile({ points }: Coverage): readonly FileRow[] {
  const files = new Map<string, PointCoverage[]>();
  for (const point of points) {
    const source = point.source ?? 'other files';
    files.set(source, [...(files.get(source) ?? []), point]);
  }
  return [...files]
    .map(([source, all]) => ({
      source,
      done: all.filter(isDone),
      never: all.filter((point) => !isDone(point)),
    }))
    .sort(
      (one, other) => other.done.length - one.done.length || (one.source < other.source ? -1 : 1),
    );
}

/** Of a file that the run has been in: what it has not done there. */
function fileLines({ source, done, never }: FileRow): string[] {
  const head = `${' '.repeat(INDENT)}${source}: ${done.length} of ${done.length + never.length}`;
  if (never.length === 0) return [head];
  const shown = never.slice(0, NAMES_MAX).map(({ name }) => name.replace('(): ', '.'));
  const more = never.length - shown.length;
  const names = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const width = PAGE_WIDTH - 3 * INDENT;
  return [head, ...wrap(`never: ${names}`, width).map((line) => ' '.repeat(3 * INDENT) + line)];
}

/** The features of a run, by what they have to do with it. */
export function featuresByUse({ features }: Coverage) {
  const ids = (wanted: (row: FeatureCoverage) => boolean): string[] =>
    features.filter(wanted).map(({ id }) => id);
  return {
    present: ids(({ isAsked, isPresent }) => isAsked && isPresent),
    absent: ids(({ isAsked, isPresent }) => isAsked && !isPresent),
    unasked: ids(({ isAsked }) => !isAsked),
  };
}

function listed(name: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const lines = wrap(ids.join(', '), PAGE_WIDTH - 3 * INDENT);
  return [
    `${' '.repeat(INDENT)}${name} (${ids.length})`,
    ...lines.map((line) => ' '.repeat(3 * INDENT) + line),
  ];
}

/** The three numbers, in a sentence. */
export function coverageSummary({ commands, points, features, isComplete }: Coverage): string {
  const done = commands.filter(({ undone }) => undone === 0).length;
  const asked = features.filter(({ isAsked }) => isAsked).length;
  const whole = isComplete ? '' : ' The run ended early.';
  return (
    `${done} of ${plural(commands.length, 'command')} were done, ` +
    `${points.filter(isDone).length} of ${plural(points.length, 'program point')} passed, and ` +
    `${asked} of ${plural(features.length, 'feature')} asked for.${whole}`
  );
}

/** Renders it. */
export function renderCoverage(coverage: Coverage, style: Style = PLAIN): string {
  const { commands, points, features, states, isComplete } = coverage;
  const files = pointsByFile(coverage);
  const inside = files.filter(({ done }) => done.length > 0);
  const outside = files.length - inside.length;
  const uses = featuresByUse(coverage);
  const asked = features.length - uses.unasked.length;
  const whole = isComplete ? 'the whole model' : 'a run that ended early';
  return [
    style.title(`Coverage of ${whole}, ${plural(states, 'state')}`),
    '',
    style.title(
      part(
        'Commands that were done',
        commands.filter(({ undone }) => undone === 0).length,
        commands.length,
      ),
    ),
    ...commandRows(coverage),
    '',
    style.title(
      part('Program points that were passed', points.filter(isDone).length, points.length),
    ),
    ...inside.flatMap(fileLines),
    ...(outside > 0 ? [`${' '.repeat(INDENT)}${plural(outside, 'other file')}: never`] : []),
    '',
    style.title(part('Features that some step asked for', asked, features.length)),
    ...listed('the kernel has them', uses.present),
    ...listed('the kernel has them not', uses.absent),
    '',
  ].join('\n');
}
