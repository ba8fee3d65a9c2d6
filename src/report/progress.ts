/**
 * Progress of a running search: one line rewritten in place on a terminal, a plain line now and
 * then elsewhere.
 *
 * The only part of the reports that writes, and only to the stream it is handed. The clock is
 * handed in too.
 */
import type { Progress, ProgressRest } from '../engine/progress.js';
import { formatCount, formatMemory } from './layout.js';

export interface ProgressOptions {
  readonly isTerminal: boolean;
  /** Milliseconds; any origin. */
  readonly now: () => number;
  readonly quiet?: boolean;
  /** Columns of the terminal; a longer line would wrap, and then could not be rewritten. */
  readonly columns?: number;
}

export interface ProgressReporter {
  /** Shows where a search stands, and which one, unless the last was shown a moment ago. */
  update(progress: Progress, search?: string | null): void;
  /** Clears the line of a terminal; writes nothing elsewhere. */
  end(): void;
}

const TERMINAL_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 10_000;
/** Width taken for a terminal that tells none. */
const UNKNOWN_COLUMNS = 120;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Creates a reporter; it shows nothing during the first interval, so that short runs stay silent.
 */
export function createProgress(
  stream: { write(text: string): unknown },
  options: ProgressOptions,
): ProgressReporter {
  const interval = options.isTerminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
  // A terminal that does not know its width says 0.
  const columns = options.columns || UNKNOWN_COLUMNS;
  let shown = options.now();
  let isDirty = false;
  return {
    update(progress, search = null) {
      const now = options.now();
      if (options.quiet === true || now - shown < interval) return;
      shown = now;
      const line = `${search === null ? '' : `${search}: `}${renderProgress(progress)}`;
      stream.write(options.isTerminal ? CLEAR_LINE + line.slice(0, columns - 1) : `${line}\n`);
      isDirty = options.isTerminal;
    },
    end() {
      if (isDirty) stream.write(CLEAR_LINE);
      isDirty = false;
    },
  };
}

/** Renders one line of progress. */
export function renderProgress(progress: Progress): string {
  return [
    `${formatCount(progress.distinctStates)} states`,
    `${formatCount(Math.round(progress.statesPerSecond))}/s`,
    `depth ${progress.depth}`,
    // Early in the line: a narrow terminal cuts its end off.
    renderRest(progress.rest),
    `frontier ${formatCount(progress.frontier)}`,
    formatMemory(progress.memoryBytes),
    `table ${Math.round(progress.load * 100)} %`,
  ].join(', ');
}

function renderRest(rest: ProgressRest | null): string {
  if (rest === null) return 'rest unknown';
  const { statesLeast, secondsLeast, statesMost, secondsMost } = rest;
  const least = `${formatAbout(statesLeast)}, ${formatSeconds(secondsLeast)}`;
  if (statesMost === null || secondsMost === null) return `rest at least ${least}`;
  const states = `${formatAbout(statesLeast)} to ${formatAbout(statesMost)}`;
  return `rest ${states}, ${formatSeconds(secondsLeast)} to ${formatSeconds(secondsMost)}`;
}

/** Writes a count with two digits that say something: an estimate has no more. */
function formatAbout(count: number): string {
  const rounded = Number(count.toPrecision(2));
  if (rounded >= 1e9) return `${formatCount(rounded / 1e9)} billion`;
  return rounded >= 1e6 ? `${rounded / 1e6} million` : formatCount(rounded);
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
