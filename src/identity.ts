/**
 * What a search is of, in words: a checkpoint is taken up again only where all of it is the same.
 *
 * Limits, workers and memory are not among it; they may differ each time.
 */
import packageJson from '../package.json' with { type: 'json' };
import type { Scenario } from './compile/scenario.js';
import type { Model } from './model/model.js';

/** Names what can differ between two searches; the engine adds digests of scenario and build. */
export function identityOf(
  model: Model,
  scenario: Scenario,
  reductions: readonly string[],
): { readonly [name: string]: string } {
  return {
    program: `daxcheck ${packageJson.version}`,
    kernel: scenario.kernel.name,
    granularity: model.granularity,
    'end (--continue)': model.continueAfterViolation ? 'all of it' : 'the first violation',
    '--reduce': [...reductions].sort().join(',') || 'none',
  };
}
