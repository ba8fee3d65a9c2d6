/**
 * The symmetries of a model: which threads and devices are alike, the renamings that come of it,
 * and what keeps others apart. docs/symmetry.md says why states that a renaming makes of one
 * another may stand for one another.
 */
import {
  FIELDS_MAX,
  File,
  Header,
  INSTRUCTION_BYTES,
  Op,
  REDUCE_SYMMETRY,
} from '../../../assembly/layout.js';
import type { Kernel } from '../../kernel/features.js';
import { NO_LIVELOCK } from '../../kernel/properties.js';
import type { SymmetryContext } from './context.js';
import { changedFields, encodeFields, encodeRenamings, leavesAlone } from './encode.js';
import { type Field, stateFields } from './fields.js';
import { renameThreads } from './likeActors.js';
import { differenceOf, noneAlike } from './likeDevices.js';
import { renamePlaces } from './places.js';
import { encodeLocals } from './points.js';
import { isSame, nameOfThread, orders, type Renaming, same } from './renaming.js';

/** The symmetries of a scenario. */
export interface SymmetryPlan {
  /** Groups of like things, by their names. */
  readonly like: readonly (readonly string[])[];
  /** Every renaming but the one that changes nothing. */
  readonly renamings: readonly Renaming[];
  /** What looked alike and is kept apart, and why: sentences. */
  readonly refused: readonly string[];
}

/** The symmetries, and the tables of the engine. */
export interface EncodedSymmetry {
  readonly plan: SymmetryPlan;
  readonly words: readonly (readonly [Header, number])[];
  readonly tables: readonly (readonly [Header, Uint8Array])[];
}

/** Renamings beyond which a representative costs more than it saves. */
const RENAMINGS_MAX = 120;

/** Groups of devices that are alike, and what keeps the others apart. */
function groupDevices(context: SymmetryContext): { groups: number[][]; refused: string[] } {
  const { devices } = context.plan;
  const regions = new Set(devices.map(({ region }) => region));
  if (regions.size < 2) return { groups: [], refused: [] };
  const general = context.withDevices
    ? (noneAlike(context) ?? orderOfDevices(context))
    : 'a thread waits on its way over them';
  if (general !== null) return { groups: [], refused: [`devices are not alike: ${general}`] };
  const groups: number[][] = [];
  const refused: string[] = [];
  for (const device of devices.keys()) {
    const differences = groups.map(([first = 0]) => differenceOf(context, first, device));
    const at = differences.indexOf(null);
    if (at >= 0) groups[at]?.push(device);
    else {
      for (const [group, difference] of differences.entries()) {
        const other = devices[groups[group]?.[0] ?? 0]?.name ?? '';
        refused.push(`${other} and ${devices[device]?.name ?? ''} are not alike: ${difference}`);
      }
      groups.push([device]);
    }
  }
  return { groups: groups.filter((group) => group.length > 1), refused };
}

/** What makes a kernel path go over devices one by one while others can act; null for none. */
function orderOfDevices({ encoded, actors, features, model }: SymmetryContext): string | null {
  if (model.granularity !== 'step' || !features.has('attach-on-new-id')) return null;
  const { instructions } = encoded;
  // Behind the actors' programs lies the recovery menu's, which no thread runs.
  const end = (encoded.entries[actors.length]?.[0] ?? 0) * INSTRUCTION_BYTES;
  for (let at = 0; at < end; at += INSTRUCTION_BYTES) {
    if (instructions[at] === Op.Write && instructions[at + 1] === File.NewId)
      return 'a write of new_id goes over them in their order, step by step';
  }
  return null;
}

/** Every order of the devices that only moves some within their group. */
function ordersOfDevices(count: number, groups: readonly (readonly number[])[]): number[][] {
  let found: number[][] = [[...same(count)]];
  for (const group of groups) {
    found = found.flatMap((numbers) =>
      [...orders(group)].map((order) => {
        const fresh = [...numbers];
        for (const [at, device] of group.entries()) fresh[device] = order[at] ?? device;
        return fresh;
      }),
    );
  }
  return found;
}

interface Found {
  readonly renamings: readonly Renaming[];
  readonly refused: readonly string[];
}

/** Every renaming of threads and places under which no program changes. */
function findRenamings(context: SymmetryContext, groups: readonly (readonly number[])[]): Found {
  const renamings: Renaming[] = [];
  const refused: string[] = [];
  for (const devices of ordersOfDevices(context.plan.devices.length, groups)) {
    const places = renamePlaces(context, devices);
    const before = renamings.length;
    if (places !== null) {
      for (const renaming of renameThreads(context, places)) {
        renamings.push(renaming);
        if (renamings.length > RENAMINGS_MAX + 1) return { renamings, refused };
      }
    }
    if (renamings.length === before) {
      const what = namesMoved(context, devices).join(' and ');
      refused.push(`${what} are not alike: programs, rules or strings tell them apart`);
    }
  }
  return { renamings, refused };
}

function namesMoved({ plan }: SymmetryContext, devices: readonly number[]): readonly string[] {
  return plan.devices.flatMap(({ name }, index) => (devices[index] === index ? [] : [name]));
}

const changesNothing = (renaming: Renaming): boolean =>
  isSame(renaming.threads) && isSame(renaming.devices);

/** Threads and devices in groups of those that some renaming puts in the place of one another. */
function groupsOf(context: SymmetryContext, renamings: readonly Renaming[]): string[][] {
  const collect = (
    count: number,
    numbers: (renaming: Renaming) => readonly number[],
    nameOf: (index: number) => string,
  ): string[][] => {
    const groups = new Map<number, string[]>();
    for (const index of same(count)) {
      const first = Math.min(index, ...renamings.map((renaming) => numbers(renaming)[index] ?? 0));
      groups.set(first, [...(groups.get(first) ?? []), nameOf(index)]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  };
  const { threads, plan } = context;
  return [
    ...collect(
      threads.length,
      (renaming) => renaming.threads,
      (index) => nameOfThread(threads, index),
    ),
    ...collect(
      plan.devices.length,
      (renaming) => renaming.devices,
      (index) => plan.devices[index]?.name ?? '',
    ),
  ];
}

/** What keeps a whole model from being reduced; null when nothing does. */
function refusalOf({ own, livelock }: SymmetryContext): string | null {
  const first = livelock ? NO_LIVELOCK : own.temporal[0]?.name;
  if (first === undefined) return null;
  return `\`${first}\` is a property of behaviours, which follow single threads`;
}

/** The first state, and the same with the kernel's part of one after a boot. */
function firstStates({ initial, boot, state }: SymmetryContext): readonly Uint8Array[] {
  const booted = Uint8Array.from(initial);
  booted.set(boot.subarray(0, state.faultsAt));
  return [initial, booted];
}

function planSymmetry(context: SymmetryContext): { plan: SymmetryPlan; fields: readonly Field[] } {
  const refusal = refusalOf(context);
  const none = { like: [], renamings: [] };
  if (refusal !== null) return { plan: { ...none, refused: [refusal] }, fields: [] };
  const { groups, refused } = groupDevices(context);
  let found = findRenamings(context, groups);
  const notes = [...refused, ...found.refused];
  if (found.renamings.length > RENAMINGS_MAX + 1 && groups.length > 0) {
    notes.push(`devices are kept apart: there are more than ${RENAMINGS_MAX} renamings`);
    found = findRenamings(context, []);
  }
  if (found.renamings.length > RENAMINGS_MAX + 1) {
    notes.push(`threads are kept apart: there are more than ${RENAMINGS_MAX} renamings`);
    return { plan: { ...none, refused: notes }, fields: [] };
  }
  const all = found.renamings.filter((renaming) => !changesNothing(renaming));
  const fields = stateFields(context, all);
  const renamings = all.filter((renaming, index) =>
    firstStates(context).every((state) => leavesAlone(state, fields, renaming, index)),
  );
  if (renamings.length < all.length)
    notes.push('what is alike otherwise differs in the first state');
  const plan = { like: groupsOf(context, renamings), renamings, refused: notes };
  return { plan, fields: stateFields(context, renamings) };
}

/** What a model is compiled to, but for its tables. */
interface Parts extends Omit<SymmetryContext, 'features' | Table | 'withDevices'> {
  readonly kernel: Kernel;
}
type Table = 'values' | 'initial' | 'boot';

/** Finds the symmetries of a model whose tables are made, and makes the engine's tables of them. */
export function symmetryOf(
  parts: Parts,
  tables: EncodedSymmetry['tables'],
  withDevices: boolean,
): EncodedSymmetry {
  const table = (wanted: Header): Uint8Array =>
    tables.find(([word]) => word === wanted)?.[1] ?? new Uint8Array();
  return encodeSymmetry({
    ...parts,
    withDevices,
    features: parts.kernel.features,
    values: table(Header.ValueTable),
    initial: table(Header.InitialTable),
    boot: table(Header.BootTable),
  });
}

function encodeSymmetry(context: SymmetryContext): EncodedSymmetry {
  const { plan, fields } = planSymmetry(context);
  const { renamings } = plan;
  if (renamings.length === 0) return { plan, words: [], tables: [] };
  const changed = changedFields(fields, renamings);
  if (changed.length > FIELDS_MAX) {
    const refused = [...plan.refused, `more than ${FIELDS_MAX} fields of a state would change`];
    return { plan: { like: [], renamings: [], refused }, words: [], tables: [] };
  }
  const movesDevices = renamings.some((renaming) => !isSame(renaming.devices));
  const points: readonly (readonly [Header, Uint8Array])[] = movesDevices
    ? [[Header.SymmetryPointTable, encodeLocals()]]
    : [];
  return {
    plan,
    words: [
      [Header.SymmetryFieldCount, changed.length],
      [Header.SymmetryCount, renamings.length],
      [Header.Reductions, REDUCE_SYMMETRY],
    ],
    tables: [
      [Header.SymmetryFieldTable, encodeFields(changed)],
      [Header.SymmetryTable, encodeRenamings(changed, renamings)],
      ...points,
    ],
  };
}
