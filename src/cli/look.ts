/**
 * How a command's output looks: colours on a terminal unless they are unwanted, progress where
 * somebody watches.
 */
import { createProgress, type ProgressReporter } from '../report/progress.js';
import { createStyle, type Style } from '../report/style.js';
import type { Terminal } from './terminal.js';

/** Options that every command with a report has; commander makes `color` false of --no-color. */
export interface LookOptions {
  readonly json?: boolean;
  readonly color?: boolean;
  readonly progress?: boolean;
  readonly quiet?: boolean;
}

/** Returns the colours for stdout. */
export function styleFor(options: LookOptions, terminal: Terminal): Style {
  const isWanted = options.color !== false && !terminal.noColor && options.json !== true;
  return createStyle({ color: isWanted && terminal.outIsTerminal });
}

/**
 * Returns the progress reporter for stderr; quiet unless that is a terminal or progress was asked
 * for.
 */
export function progressFor(options: LookOptions, terminal: Terminal): ProgressReporter {
  const isSeen = terminal.errorIsTerminal || options.progress === true;
  return createProgress(
    { write: terminal.writeError },
    {
      isTerminal: terminal.errorIsTerminal,
      now: terminal.now,
      columns: terminal.columns,
      quiet: options.quiet === true || !isSeen,
    },
  );
}
