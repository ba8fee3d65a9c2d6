/**
 * The whole bench: which subjects and peers, in which order, and what is known of the machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureColdStart, measureLarge, measureModels } from './models.js';
import { findPeers, type Peer } from './peers.js';
import type { Results } from './results.js';
import { SUBJECTS, type Subject } from './subjects.js';
import { measureSystems } from './systems.js';

export { document } from './document.js';
export { resultsSchema } from './results.js';
export { tables } from './table.js';

export interface BenchOptions {
  /** The project's folder. */
  readonly root: string;
  readonly rounds: number;
  readonly workers: readonly number[];
  /** Rows whose name holds one of these words; none for all. */
  readonly only: readonly string[];
  /** Whether other checkers run too. */
  readonly peers: boolean;
  /** Only the run that is as large as the machine. */
  readonly large: boolean;
  /** Other subjects than those of the bench; for tests. */
  readonly subjects?: readonly Subject[];
  /** How hard the C compiler tries for the peers. Default: -O3. */
  readonly optimise?: '-O0' | '-O3';
}

/** Which commit the files are of. */
function commitOf(root: string): Results['commit'] {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
    // What the bench itself writes is no change of what is measured.
    const paths = ['assembly', 'src', 'bench/systems', 'bench/models', 'scripts'];
    const changes = git('status', '--porcelain', '--', ...paths);
    return { id: git('rev-parse', '--short=10', 'HEAD'), changed: changes !== '' };
  } catch {
    return { id: 'unknown', changed: false };
  }
}

function available(options: BenchOptions, tell: (text: string) => void): readonly Peer[] {
  const { root, optimise = '-O3' } = options;
  const peerOptions = { root, jar: process.env.TLA2TOOLS, optimise };
  const peers = options.peers ? findPeers(peerOptions) : [];
  for (const { tool, version, absent } of peers) {
    if (version === null) tell(`${tool} does not run: ${absent}`);
  }
  return peers;
}

/** Measures everything that is asked for. */
export function measureAll(options: BenchOptions, tell: (text: string) => void): Results {
  const { root, rounds, workers, only } = options;
  const load = loadavg()[0] ?? 0;
  const isWanted = (name: string): boolean =>
    only.length === 0 || only.some((word) => name.includes(word));
  const peers = available(options, tell);
  const all = options.subjects ?? SUBJECTS.filter(({ bench }) => bench !== 'no');
  const subjects = options.large
    ? []
    : all.filter(({ system, size }) => isWanted(`${system} ${size}`));
  const present = peers.filter(({ version }) => version !== null);
  const place = mkdtempSync(join(tmpdir(), 'daxcheck-bench-'));
  const date = new Date().toISOString().slice(0, 10);
  const commit = commitOf(root);
  const models = { root, rounds, workers, isWanted, tell };
  try {
    return {
      format: 2,
      date,
      commit,
      machine: {
        cpu: cpus()[0]?.model ?? 'unknown',
        processors: cpus().length,
        memoryBytes: totalmem(),
        system: `${process.platform} ${release()}`,
        load,
      },
      node: process.version,
      v8: process.versions.v8,
      rounds,
      peers: peers.map(({ tool, version, absent }) => ({ tool, version, absent })),
      systems: measureSystems({ root, place, rounds, workers, subjects, peers: present, tell }),
      models: options.large ? [] : measureModels(models),
      coldStart: options.large ? null : measureColdStart(models),
      large: options.large ? { ...measureLarge(models), date, commit } : null,
    };
  } finally {
    rmSync(place, { recursive: true });
  }
}
