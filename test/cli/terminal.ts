/** A terminal that collects what is written, for tests of commands. */
import type { Terminal } from '../../src/cli/terminal.js';

export interface CollectedTerminal extends Terminal {
  readonly out: () => string;
  readonly error: () => string;
}

/** Creates a terminal of 80 columns that nobody looks at; `wishes` replaces any part. */
export function collect(wishes: Partial<Terminal> = {}): CollectedTerminal {
  const written = { out: '', error: '' };
  return {
    writeOut: (text) => {
      written.out += text;
    },
    writeError: (text) => {
      written.error += text;
    },
    outIsTerminal: false,
    errorIsTerminal: false,
    columns: 80,
    noColor: false,
    interrupt: new AbortController().signal,
    now: () => 0,
    ...wishes,
    out: () => written.out,
    error: () => written.error,
  };
}
