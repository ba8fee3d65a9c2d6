/**
 * `daxcheck explore --serve`: the explorer of models in a browser of this machine, until Ctrl-C.
 */
import { once } from 'node:events';
import { EXIT } from '../errors.js';
import { serve } from '../serve.js';
import { loadModels, reject, warnOfUnknown, withRejections } from './load.js';
import type { LookOptions } from './look.js';
import { type Overrides, override, overridesOf } from './options.js';
import { optionOf } from './scriptWishes.js';
import type { Terminal } from './terminal.js';

export interface ServeOptions extends LookOptions, Overrides {
  readonly port?: number;
  /** Memory blocks that are kept of each device. */
  readonly scope?: number;
}

const PORT = 8470;

/** What goes with it; all other options are about a search, or what comes of it. */
const TAKEN = ['serve', 'port', 'kernel', 'without', 'granularity', 'scope', 'color'];

/** Says which option does not go with it; null where all do. */
function refuseSearch(options: object): string | null {
  const other = Object.entries(options).find(([name, value]) => {
    // commander makes it true of no option.
    const isAsked = name === 'explorer' ? value === false : value !== undefined;
    return isAsked && !TAKEN.includes(name);
  });
  if (other === undefined) return null;
  const option = other[0] === 'explorer' ? '--no-explorer' : optionOf(other[0]);
  return `${option} does not go with --serve, which searches nothing`;
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/** Serves until the command is interrupted, which is how it ends well. */
export async function serveCommand(
  paths: readonly string[],
  options: ServeOptions,
  terminal: Terminal,
): Promise<number> {
  const refusal = refuseSearch(options);
  if (refusal !== null) {
    terminal.writeError(`daxcheck: ${refusal}\n`);
    return EXIT.usage;
  }
  const loaded = loadModels(paths, terminal, { scope: options.scope ?? null });
  if (!loaded.ok) return reject(loaded.diagnostics, options, terminal);
  const models = loaded.models.map((model) => override(model, overridesOf(options)));
  warnOfUnknown(models, terminal);
  const { port = PORT } = options;
  const job = async (): Promise<number> => {
    const served = await serve(models, port);
    terminal.writeOut(`${served.url}\n`);
    terminal.writeError('daxcheck: open this address in a browser; Ctrl-C ends it\n');
    if (!terminal.interrupt.aborted) await once(terminal.interrupt, 'abort');
    await served.close();
    return EXIT.holds;
  };
  try {
    return await withRejections(job, options, terminal);
  } catch (error) {
    if (!isTaken(error)) throw error;
    terminal.writeError(`daxcheck: port ${port} is taken; choose another with --port\n`);
    return EXIT.systemError;
  }
}
