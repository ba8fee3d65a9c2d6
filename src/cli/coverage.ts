/** `explore --coverage`: what the run has done, before its verdict. */
import { availableParallelism } from 'node:os';
import type { Model } from '../model/model.js';
import type { Coverage } from '../verdict/coverage.js';
import { type LookOptions, styleFor } from './look.js';
import type { StorageWishes } from './storage.js';
import type { StrategyWishes } from './strategy.js';
import type { Terminal } from './terminal.js';

/** Options of `explore` about coverage. */
export interface CoverageWishes {
  readonly coverage?: boolean;
}

/** Says why the options do not fit together; null when they do. */
export function refuseCoverage(
  options: CoverageWishes & StorageWishes & StrategyWishes,
): string | null {
  const { coverage, storage = 'exact', strategy = 'bfs', maxSwitches } = options;
  if (coverage !== true) return null;
  if (storage !== 'exact') return `--coverage keeps every state: it goes with --storage exact`;
  const isWhole = strategy === 'bfs' && maxSwitches === undefined;
  return isWhole ? null : '--coverage is of a search breadth first, of all behaviours';
}

interface Limits {
  readonly workers?: number;
  readonly maxSeconds?: number;
  readonly memory?: number;
}

/** Explores the model for it; null where nobody asked. */
export async function coverageFor(
  model: Model,
  options: CoverageWishes & Limits,
  terminal: Terminal,
): Promise<Coverage | null> {
  if (options.coverage !== true) return null;
  const { cover } = await import('../coverage.js');
  return cover(model, {
    workers: options.workers ?? availableParallelism(),
    signal: terminal.interrupt,
    ...(options.maxSeconds !== undefined && { seconds: options.maxSeconds }),
    ...(options.memory !== undefined && { memoryBytes: options.memory }),
  });
}

/** What is printed of it. */
export async function coverageText(
  model: Model,
  coverage: Coverage,
  { options, terminal }: { readonly options: LookOptions; readonly terminal: Terminal },
): Promise<string> {
  if (options.json === true) {
    const { toLines } = await import('../report/json.js');
    return toLines([{ kind: 'coverage', model: model.file, ...coverage }]);
  }
  const { renderCoverage } = await import('../report/coverage.js');
  return `${renderCoverage(coverage, styleFor(options, terminal))}\n`;
}
