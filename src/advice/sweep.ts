/**
 * The same scripts on wider and wider cuts of the machine: from which width on the findings stay
 * the same. That is no proof for the whole machine, and the strongest hint short of one.
 */
import { type ExploreOptions, explore } from '../explore.js';
import type { Model } from '../model/model.js';
import { propertyName } from '../report/findingText.js';
import { formatCount, PAGE_WIDTH, wrap } from '../report/layout.js';
import type { Verdict } from '../verdict/trace.js';
import { tellEnds } from './checkScripts.js';
import { goalsOf, withGoals } from './goal.js';
import { scopeModel } from './scope.js';

/** What was found with so many blocks of each device. */
export interface SweepRow
  extends Pick<Verdict, 'verdict' | 'distinctStates' | 'transitions' | 'depth'> {
  readonly blocks: number;
  /** Names of the findings, sorted. */
  readonly findings: readonly string[];
}

export interface Sweep {
  readonly rows: readonly SweepRow[];
  /** The least width from which on all rows found the same; null where the last two differ. */
  readonly stableFrom: number | null;
}

/** The least width from which on nothing changed, where at least two rows agree. */
export function stableFrom(rows: readonly SweepRow[]): number | null {
  const key = ({ verdict, findings }: SweepRow): string => JSON.stringify([verdict, findings]);
  const last = rows.at(-1);
  if (last === undefined) return null;
  const same = rows.length - 1 - [...rows].reverse().findIndex((row) => key(row) !== key(last));
  const from = rows.every((row) => key(row) === key(last)) ? 0 : same + 1;
  return from >= rows.length - 1 || last.verdict === 'incomplete'
    ? null
    : (rows[from]?.blocks ?? null);
}

/** Explores a composed model with one block of each device, with two, and so on. */
export async function sweepScopes(
  model: Model,
  widest: number,
  options: ExploreOptions = {},
): Promise<Sweep> {
  const rows: SweepRow[] = [];
  for (let blocks = 1; blocks <= widest; blocks++) {
    const scoped = scopeModel(model, blocks);
    const goals = goalsOf(scoped.model);
    const found = tellEnds(await explore(withGoals(scoped.model, goals), options), goals);
    const { verdict, distinctStates, transitions, depth } = found;
    const names = found.violations.map(({ finding }) => propertyName(finding));
    const findings = [...new Set(names)].sort();
    rows.push({ blocks, verdict, findings, distinctStates, transitions, depth });
    if (verdict === 'incomplete' || scoped.cuts.length === 0) break;
  }
  return { rows, stableFrom: stableFrom(rows) };
}

/** Renders a sweep as a table and what it comes to. */
export function renderSweep({ rows, stableFrom: from }: Sweep): string {
  const lines = rows.flatMap(({ blocks, verdict, distinctStates, findings }) => {
    const states = formatCount(distinctStates).padStart(14);
    const head = `${String(blocks).padStart(6)}  ${verdict.padEnd(10)}${states}  `;
    const texts = wrap(findings.join(', ') || 'nothing', PAGE_WIDTH - head.length);
    return texts.map((text, index) => `${index === 0 ? head : ' '.repeat(head.length)}${text}`);
  });
  const end =
    from === null
      ? 'what is found still changes at the end: widen it'
      : `from ${from} ${from === 1 ? 'block' : 'blocks'} of a device on the findings stay the same`;
  const heading = 'blocks  verdict           states  findings';
  return [heading, ...lines, '', end, ''].join('\n');
}
