/**
 * Small systems, searched by daxcheck and by its peers in turn.
 *
 * A round runs every contender of every subject once, each as a process of its own, so that a
 * machine that is slow for a while is so for all of them. Counts that differ from those that are
 * known end the bench.
 */
import { join } from 'node:path';
import { type Contender, numberIn } from './contender.js';
import { emptyFolder, type Peer } from './peers.js';
import { run } from './process.js';
import type { SystemRow } from './results.js';
import type { Subject } from './subjects.js';

/** What is to be measured. */
export interface SystemsPlan {
  readonly root: string;
  /** Folder for what checkers generate. */
  readonly place: string;
  readonly rounds: number;
  readonly workers: readonly number[];
  readonly subjects: readonly Subject[];
  /** Those that are there. */
  readonly peers: readonly Peer[];
  readonly tell: (text: string) => void;
}

interface Entry {
  readonly subject: Subject;
  readonly contender: Contender;
  readonly row: SystemRow | null;
}

/** Returns daxcheck's contenders for a subject, one for each number of workers. */
export function ownContenders(
  root: string,
  subject: Subject,
  workers: readonly number[],
): Contender[] {
  const program = join(root, 'build', 'bench', 'searchSystem.js');
  const wasm = join(root, 'build', 'systems', `${subject.system}.wasm`);
  const options = [program, wasm, subject.scenario.join(',')];
  return workers.map((count) => ({
    tool: 'daxcheck',
    workers: count,
    flags: 'exact',
    command: { words: [process.execPath, ...options, `${count}`] },
    read: (stdout) => ({
      states: numberIn(stdout, /"states":(\d+)/),
      transitions: numberIn(stdout, /"transitions":(\d+)/),
      seconds: numberIn(stdout, /"seconds":([\d.e+-]+)/),
      searchBytes: numberIn(stdout, /"memoryBytes":(\d+)/),
    }),
  }));
}

/** Whether a count is the known one; SPIN prints no more than eight digits of a large one. */
const agrees = (found: number, known: number): boolean =>
  Math.abs(found - known) < (known < 1e8 ? 1 : 10);

/** Runs a contender once, and holds its counts against those that are known. */
function runOnce({ subject, contender, row }: Entry): Entry {
  const { tool, workers, flags } = contender;
  const seen = run(contender.command);
  const outcome = contender.read(seen.stdout);
  const { system, size, states, transitions } = subject;
  if (!agrees(outcome.states, states) || !agrees(outcome.transitions, transitions)) {
    const found = `${outcome.states} states and ${outcome.transitions} transitions`;
    const known = `${states} and ${transitions} are known`;
    throw new Error(`${system} ${size}: ${tool} found ${found}; ${known}`);
  }
  const search = outcome.seconds;
  return {
    subject,
    contender,
    row: {
      ...{ system, size, tool, workers, flags, states, transitions },
      wallSeconds: [...(row?.wallSeconds ?? []), seen.wallSeconds],
      // A search so short that it is told as 0 has no rate.
      searchSeconds: search ? [...(row?.searchSeconds ?? []), search] : null,
      peakRss: Math.max(row?.peakRss ?? 0, seen.peakRss ?? 0) || null,
      searchBytes: outcome.searchBytes,
    },
  };
}

/** Runs every choice of flags once and keeps the fastest with the row of that run. */
function best(entries: readonly Entry[], tell: SystemsPlan['tell']): Entry[] {
  if (entries.length < 2) return [...entries];
  const tried = entries.map((entry) => runOnce(entry));
  const wall = (entry: Entry): number => entry.row?.wallSeconds[0] ?? Number.POSITIVE_INFINITY;
  for (const entry of tried) {
    tell(`  ${entry.contender.tool} ${entry.contender.flags}: ${wall(entry).toFixed(2)} s`);
  }
  const [first] = tried.sort((left, right) => wall(left) - wall(right));
  return first === undefined ? [] : [first];
}

/** Makes the contenders of a subject ready; of SPIN's flags those that were fastest once. */
function prepare(plan: SystemsPlan, subject: Subject): { every: Entry[]; once: Entry[] } {
  const asEntry = (contender: Contender): Entry => ({ subject, contender, row: null });
  const own = ownContenders(plan.root, subject, plan.workers).map(asEntry);
  if (subject.bench === 'alone') return { every: own, once: [] };
  const name = `${subject.system}-${subject.size.replaceAll('/', '-')}`;
  const theirs = plan.peers.flatMap((peer) => {
    plan.tell(`${subject.system} ${subject.size}: ${peer.tool}`);
    const folder = emptyFolder(plan.place, `${name}-${peer.tool}`);
    const entries = peer.prepare(subject, folder).map(asEntry);
    return peer.tool === 'SPIN' ? best(entries, plan.tell) : entries;
  });
  if (subject.bench === 'once') {
    const once = theirs.map((entry) => (entry.row === null ? runOnce(entry) : entry));
    return { every: own, once };
  }
  // The run that chose the flags is not one of the rounds.
  return { every: [...own, ...theirs.map((entry) => ({ ...entry, row: null }))], once: [] };
}

/** Measures every subject with every contender. */
export function measureSystems(plan: SystemsPlan): SystemRow[] {
  const ready = plan.subjects.map((subject) => prepare(plan, subject));
  let entries = ready.flatMap(({ every }) => every);
  for (let round = 1; round <= plan.rounds; round += 1) {
    plan.tell(`small systems: round ${round} of ${plan.rounds}`);
    entries = entries.map((entry) => runOnce(entry));
  }
  const once = ready.flatMap((part) => part.once);
  const rows = [...entries, ...once].flatMap(({ row }) => (row === null ? [] : [row]));
  const place = (row: SystemRow): number =>
    plan.subjects.findIndex(({ system, size }) => system === row.system && size === row.size);
  return rows.sort((left, right) => place(left) - place(right));
}
