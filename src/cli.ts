/**
 * The command `daxcheck`: connects the command line to this process. The only place that sets the
 * exit status.
 */
import { writeSync } from 'node:fs';
import { runCommandLine } from './cli/program.js';
import { endingOf } from './cli/status.js';
import type { Terminal } from './cli/terminal.js';

/** What a shell expects of a program that Ctrl-C ended: 128 + SIGINT. */
const STATUS_KILLED = 130;

const interrupt = new AbortController();

function createTerminal(): Terminal {
  return {
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY === true,
    errorIsTerminal: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
    noColor: (process.env.NO_COLOR ?? '') !== '',
    environment: process.env,
    interrupt: interrupt.signal,
    now: () => performance.now(),
  };
}

// The first Ctrl-C asks for a clean end with what is known; the second one is obeyed at once.
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(STATUS_KILLED);
  interrupt.abort();
});

// A reader that has seen enough (`daxcheck … | head`) is no error; a full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  endWith(error);
});

// What nothing has caught ends in words as well.
process.on('uncaughtException', endWith);

/** Tells an error that no command has met, and ends the program at once. */
function endWith(error: unknown): void {
  const { status, message } = endingOf(error);
  writeSync(2, `daxcheck: ${message}\n`);
  process.exit(status);
}

void runCommandLine(process.argv.slice(2), createTerminal()).then((status) => {
  process.exitCode = status;
});
