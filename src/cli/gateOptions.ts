/** The options of `daxcheck gate`, and which of them go together. */
import { type Command, Option } from 'commander';
import type { Reduction } from '../kernel/reductions.js';
import type { LookOptions } from './look.js';
import { parseFactor, parseMemory, parseReductions, parseWorkers } from './options.js';

export interface GateOptions extends LookOptions {
  readonly jobs?: number;
  readonly workers?: number;
  readonly memory?: number;
  readonly reduce?: readonly Reduction[];
  readonly filter?: readonly string[];
  /** True: since HEAD. */
  readonly changed?: string | true;
  readonly failFast?: boolean;
  readonly baseline?: string;
  readonly update?: boolean;
  readonly maxSlowdown?: number;
  readonly junit?: string;
  readonly sarif?: string;
  readonly github?: boolean;
}

const EXAMPLES = `
No declaration, no gate: one without \`expect\` fails. The exit status is that of the worst failure;
docs/ci.md has them all.

Example:
  daxcheck gate models
  daxcheck gate models --changed origin/main --junit gate.xml --sarif gate.sarif
  daxcheck gate models --baseline models/baseline.json --update`;

/** Adds them to the command. */
export function withGateOptions(command: Command): Command {
  return command
    .option('--jobs <n>', 'models at a time (default: one for each processor)', parseWorkers)
    .option('--workers <n>', 'threads of each search (default: what jobs leave)', parseWorkers)
    .option('--memory <size>', 'use at most this much memory for all, such as 2G', parseMemory)
    .addOption(
      new Option(
        '--reduce <list>',
        'leave out states that change no answer: por, merge, symmetry',
      ).argParser(parseReductions),
    )
    .option('--filter <patterns...>', 'only models whose path has one of these; * is any text')
    .option('--changed [ref]', 'only models whose files changed since a commit (default: HEAD)')
    .option('--fail-fast', 'leave out what comes after the first model that fails')
    .option('--baseline <file>', 'compare with this file as well, and fail where anything drifted')
    .option('--update', 'write the baseline, and show what changed')
    .option(
      '--max-slowdown <factor>',
      'fail where a model takes more than so many times as long as in the baseline',
      parseFactor,
    )
    .option('--junit <file>', 'write a report as JUnit XML')
    .option('--sarif <file>', 'write what failed as SARIF 2.1.0')
    .option(
      '--github',
      'annotations and summary for GitHub (default: where GITHUB_ACTIONS is true)',
    )
    .option('--no-github', 'neither of them')
    .option('--quiet', 'only the models that failed, and no progress')
    .addHelpText('after', EXAMPLES);
}

/** Where no directory is named: that --changed has taken it, and how to write that. */
export const takenByChanged = ({ changed }: GateOptions): string =>
  typeof changed === 'string'
    ? `; --changed took ${changed} for a commit: write --changed=REF`
    : '';

/** Says why the options do not fit together; null when they do. */
export function refuseGate(options: GateOptions): string | null {
  const { baseline, update, maxSlowdown, reduce } = options;
  if (baseline === undefined) {
    if (update === true) return '--update writes a baseline, which --baseline FILE names';
    if (maxSlowdown !== undefined) return '--max-slowdown compares with --baseline FILE';
    return null;
  }
  return reduce === undefined ? null : '--baseline counts all states, and goes without --reduce';
}
