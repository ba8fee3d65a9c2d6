/**
 * The same scripts on larger and larger machines: more blocks of each device, more devices, more of
 * the script at once; and from which size on the findings stay the same. That is no proof for what
 * is larger still.
 */
import { type ExploreOptions, explore } from '../explore.js';
import type { Model } from '../model/model.js';
import { propertyName } from '../report/findingText.js';
import { cutModel } from '../scope/choose.js';
import { blocksOf } from '../scope/cut.js';
import type { Verdict } from '../verdict/trace.js';
import { AXES, type Axis, type Size, type Widths } from './axes.js';
import { tellEnds } from './checkScripts.js';
import { withActors, withDevices } from './copies.js';
import { goalsOf, withGoals } from './goal.js';

/** What was found at one size. */
export interface SweepRow extends Size, Pick<Verdict, 'distinctStates' | 'transitions' | 'depth'> {
  /** `not-tried`: a smaller machine has not ended. */
  readonly verdict: Verdict['verdict'] | 'not-tried';
  /** Names of the findings, sorted. */
  readonly findings: readonly string[];
}

export interface Sweep {
  readonly axes: readonly Axis[];
  readonly rows: readonly SweepRow[];
  /** For each axis the least value from which on all rows found the same; null where none is. */
  readonly stableFrom: { readonly [A in Axis]?: number | null };
  /** Why devices were left as they are, at some size. */
  readonly whole: readonly string[];
  /** Every row has ended. */
  readonly isComplete: boolean;
}

/** Most states of one row where nobody asks for another limit. */
const STATES_MAX = 2_000_000;

/** What rows are compared by: the findings, whichever device they name. */
function keyOf({ verdict, findings }: SweepRow): string {
  const names = findings.map((name) => name.replace(/\(.*\)$/, ''));
  return JSON.stringify([verdict, [...new Set(names)]]);
}

const hasEnded = ({ verdict }: SweepRow): boolean =>
  verdict !== 'incomplete' && verdict !== 'not-tried';

/**
 * The least value of an axis from which on nothing changed along it, as far as rows have ended. A
 * line of rows with a single one that has ended says nothing.
 */
export function stableAlong(rows: readonly SweepRow[], axis: Axis): number | null {
  const otherAxes = AXES.filter((other) => other !== axis);
  const lines = new Map<string, SweepRow[]>();
  for (const row of rows.filter(hasEnded)) {
    const key = otherAxes.map((other) => row[other]).join();
    lines.set(key, [...(lines.get(key) ?? []), row]);
  }
  const long = [...lines.values()].filter((line) => line.length > 1);
  const least = long.map((line) => {
    const sorted = [...line].sort((left, right) => left[axis] - right[axis]);
    const last = sorted.at(-1);
    if (last === undefined) return null;
    const differing = sorted.findLastIndex((row) => keyOf(row) !== keyOf(last));
    const from = sorted[differing + 1];
    return from === undefined || from === last ? null : from[axis];
  });
  return least.length === 0 || least.some((value) => value === null)
    ? null
    : Math.max(...least.map((value) => value ?? 0));
}

/** A machine of the sweep, cut. */
interface Sized {
  readonly size: Size;
  readonly model: Model;
  /** Why large devices of it were left as they are. */
  readonly whole: readonly string[];
}

/** Blocks of each device: machines of one sweep that agree in them are the same. */
const countsOf = ({ machine: { devices, blockSize } }: Model): readonly number[] =>
  devices.map((device) => blocksOf(device, blockSize));

/** A machine cut to so many blocks of each device; its size is what was kept. */
function sizedAt(grown: Model, wanted: number | null, { devices, actors }: Size): Sized {
  const { model, cuts, whole } = cutModel(grown, wanted);
  const most = Math.max(1, ...countsOf(grown));
  const blocks = cuts.length > 0 ? (model.cut?.kept ?? most) : most;
  return { size: { blocks, devices, actors }, model, whole };
}

/** Every machine up to the widths, small ones first; those that come out alike once. */
function sizesOf(widths: Widths, model: Model, scope: number | null): readonly Sized[] {
  const upTo = (width = 1): readonly number[] =>
    Array.from({ length: width }, (_, index) => index + 1);
  return upTo(widths.actors).flatMap((actors) =>
    upTo(widths.devices).flatMap((devices) => {
      const grown = withActors(withDevices(model, devices), actors);
      const most = Math.max(1, ...countsOf(grown));
      const blocks = widths.blocks === undefined ? [scope] : upTo(Math.min(widths.blocks, most));
      const sized = blocks.map((wanted) => sizedAt(grown, wanted, { blocks: 0, devices, actors }));
      const keys = sized.map(({ model: cut }) => countsOf(cut).join());
      return sized.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
    }),
  );
}

const isWithin = (small: Size, large: Size): boolean =>
  AXES.every((axis) => small[axis] <= large[axis]);

async function rowOf({ size, model: cut }: Sized, options: ExploreOptions): Promise<SweepRow> {
  const limits = { ...cut.limits, states: cut.limits.states ?? STATES_MAX };
  const goals = goalsOf(cut);
  const found = tellEnds(await explore(withGoals({ ...cut, limits }, goals), options), goals);
  const { distinctStates, transitions, depth } = found;
  // What was found before a limit is a violation all the same, and yet not all that there is.
  const verdict = found.stoppedBy === null ? found.verdict : 'incomplete';
  const names = found.violations.map(({ finding }) => propertyName(finding));
  const findings = [...new Set(names)].sort();
  return { ...size, verdict, findings, distinctStates, transitions, depth };
}

/**
 * Explores a composed model at every size; `scope`: blocks kept of each device where the sweep does
 * not go over them.
 */
export async function sweepScopes(
  model: Model,
  widths: Widths,
  { scope = null, ...options }: ExploreOptions & { readonly scope?: number | null } = {},
): Promise<Sweep> {
  const rows: SweepRow[] = [];
  const all = sizesOf(widths, model, scope);
  for (const one of all) {
    const { size } = one;
    const isBeyond = rows.some((row) => !hasEnded(row) && isWithin(row, size));
    const none = { distinctStates: 0, transitions: 0, depth: 0, findings: [] };
    rows.push(isBeyond ? { ...size, ...none, verdict: 'not-tried' } : await rowOf(one, options));
  }
  const axes = AXES.filter((axis) => widths[axis] !== undefined);
  const stableFrom = Object.fromEntries(axes.map((axis) => [axis, stableAlong(rows, axis)]));
  const whole = [...new Set(all.flatMap((one) => one.whole))];
  return { axes, rows, stableFrom, whole, isComplete: rows.every(hasEnded) };
}
