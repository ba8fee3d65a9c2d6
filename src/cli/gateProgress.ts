/** The line that tells how far a gate is: on a terminal, written over and over. */
import type { GateProgress } from '../gate/gate.js';
import { plural } from '../report/layout.js';
import type { LookOptions } from './look.js';
import type { Terminal } from './terminal.js';

export interface GateProgressReporter {
  readonly update: (progress: GateProgress) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Milliseconds between two lines: more would flicker. */
const INTERVAL = 100;

/** Makes the reporter: silent unless a terminal shows stderr. */
export function progressOfGate(options: LookOptions, terminal: Terminal): GateProgressReporter {
  if (!terminal.errorIsTerminal || options.quiet === true) {
    return { update: () => undefined, end: () => undefined };
  }
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    update: ({ done, failed, total, running }) => {
      const now = terminal.now();
      if (now - shownAt < INTERVAL) return;
      shownAt = now;
      isShown = true;
      const failures = failed === 0 ? '' : `, ${failed} failed`;
      const line = `${done} of ${plural(total, 'model')}${failures}; ${running.join(', ')}`;
      terminal.writeError(`\r\u001b[K${line.slice(0, terminal.columns - 1)}`);
    },
    end: () => {
      if (isShown) terminal.writeError('\r\u001b[K');
    },
  };
}
