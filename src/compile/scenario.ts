/** Model to scenario: the bytes that the engine runs, and the names that its numbers stand for. */
import {
  Header,
  INSTRUCTION_ENDED,
  INSTRUCTION_IDLE,
  LAYOUT_VERSION,
  SCENARIO_MAGIC,
  SCENARIO_MAX_BYTES,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  ThreadKind,
} from '../../assembly/layout.js';
import { byPlace, type Diagnostic, diagnose } from '../errors.js';
import { featureWords, type Kernel, resolveKernel } from '../kernel/features.js';
import type { DriverName, Model } from '../model/model.js';
import { compileActor } from '../userland/compileActor.js';
import type { ActorProgram, Instruction } from '../userland/program.js';
import { assemble, words16, words64 } from './assemble.js';
import { type Checked, checkNames } from './check.js';
import { eventsWanted } from './eventsWanted.js';
import { planExtras } from './extras.js';
import { makeState } from './initialState.js';
import { type Counts, sizeFaults } from './limits.js';
import { memoryWords } from './memoryWords.js';
import { makeOwnModules, type OwnModules, type OwnPlan, planOwn } from './own.js';
import { planPoints, sizesSaid } from './points.js';
import { type EncodedPrograms, encodePrograms } from './programs.js';
import { encodePublications } from './publications.js';
import { checkReads, keepsSizes } from './reads.js';
import { compileRecovery } from './recovery.js';
import { rejection } from './reject.js';
import { spareReservations } from './spares.js';
import { planState, type StatePlan } from './statePlan.js';
import { encodeStatics, planStatics, type StaticNode } from './statics.js';
import { makeStrings, type Strings } from './strings.js';
import { type SymmetryPlan, symmetryOf } from './symmetry/plan.js';
import {
  encodeBlocks,
  encodeDevices,
  encodeFaults,
  encodeRegions,
  encodeThreads,
  type PlannedThread,
  planThreads,
  zonesAround,
} from './tables.js';
import { type Plan, planUniverse } from './universe.js';
import { encodeValues, isDaxName } from './values.js';

/** A compiled model. */
export interface Scenario {
  readonly model: Model;
  readonly kernel: Kernel;
  readonly bytes: Uint8Array;
  readonly plan: Plan;
  readonly state: StatePlan;
  readonly statics: readonly StaticNode[];
  readonly points: readonly bigint[];
  readonly strings: readonly string[];
  /** Names of the drivers' id sets, by bit. */
  readonly names: readonly string[];
  readonly threads: readonly PlannedThread[];
  /** What each instruction number is; null for the end of a program. */
  readonly instructions: readonly (Instruction | null)[];
  /** Where the instruction table begins in `bytes`. */
  readonly instructionsAt: number;
  /** Instruction number from which the recovery menu's programs begin. */
  readonly recoveryFrom: number;
  /** Bit set of the properties that the engine checks. */
  readonly checked: number;
  readonly recoverable: readonly number[];
  /** `no-livelock` is checked. */
  readonly livelock: boolean;
  readonly own: OwnPlan;
  readonly ownModules: OwnModules;
  /** Null where states are not reduced by symmetry. */
  readonly symmetry: SymmetryPlan | null;
}

/** Which reductions of the search a scenario is compiled for. */
export interface CompileOptions {
  /**
   * States that like threads and devices make of one another stand for one another; `threads`:
   * threads alone, where a search has found that devices are not alike (FAIL_SYMMETRY).
   */
  readonly symmetry?: boolean | 'threads';
}

interface Compiled {
  readonly actors: readonly ActorProgram[];
  readonly diagnostics: readonly Diagnostic[];
}

function compileActors(model: Model, plan: Plan): Compiled {
  const results = model.actors.map((actor) => compileActor(actor, plan.universe));
  return {
    actors: results.flatMap(({ program }) => (program === null ? [] : [program])),
    diagnostics: results.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** Well-formed names, numbered: the devices' first. */
function collectNames(plan: Plan, strings: readonly string[], model: Model): readonly string[] {
  const { ids } = model.machine;
  const all = [
    ...plan.devices.map(({ name }) => name),
    ...ids.device_dax,
    ...ids.kmem,
    ...ids.fsdev_dax,
    ...strings.filter(isDaxName),
  ];
  return [...new Set(all)];
}

/** Threads of the initial state at their first instruction, and the budgets of the faults. */
function startThreads(
  bytes: Uint8Array,
  scenario: Pick<Scenario, 'state' | 'threads' | 'model'>,
  entries: readonly (readonly number[])[],
): void {
  const view = new DataView(bytes.buffer);
  for (const [index, thread] of scenario.threads.entries()) {
    const at = scenario.state.threadsAt + index * THREAD_BYTES + THREAD_INSTRUCTION_OFFSET;
    const first = thread.actor === null ? undefined : entries[thread.actor]?.[0];
    const isScript = thread.kind === ThreadKind.Script;
    view.setUint16(at, isScript ? (first ?? INSTRUCTION_ENDED) : INSTRUCTION_IDLE, true);
  }
  for (const [index, fault] of scenario.model.faults.entries()) {
    view.setUint8(scenario.state.faultsAt + index, fault.times);
  }
}

/** Everything of a compiled model but its bytes. */
interface Parts
  extends Omit<Scenario, 'bytes' | 'instructionsAt' | 'recoveryFrom' | 'ownModules' | 'symmetry'> {
  readonly actors: readonly ActorProgram[];
  readonly encoded: EncodedPrograms;
  readonly strings: readonly string[];
  readonly stringTable: Strings;
  readonly variables: number;
}

function refuse(faults: readonly Diagnostic[]): void {
  if (faults.length > 0) throw rejection([...faults].sort(byPlace));
}

function countVariables(
  threads: readonly PlannedThread[],
  actors: readonly ActorProgram[],
): number {
  const own = threads.map(({ actor }) => (actor === null ? [] : (actors[actor]?.variables ?? [])));
  return own.flat().length;
}

interface Resolved {
  readonly plan: Plan;
  readonly statics: readonly StaticNode[];
  readonly actors: readonly ActorProgram[];
  readonly checked: Checked;
  readonly own: OwnPlan;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the model's texts mean, with every fault of scripts, rules and names. */
function resolveNames(model: Model): Resolved {
  const known = resolvedModels.get(model);
  if (known !== undefined) return known;
  const made = resolveTexts(model);
  resolvedModels.set(model, made);
  return made;
}

/** A model is looked at when it is loaded and again when it is compiled. */
const resolvedModels = new WeakMap<Model, Resolved>();

function resolveTexts(model: Model): Resolved {
  const { plan, diagnostics: planFaults } = planUniverse(model);
  const { nodes: statics, diagnostics: treeFaults } = planStatics(model.machine.iomem);
  const { actors, diagnostics: actorFaults } = compileActors(model, plan);
  const checked = checkNames(model, plan);
  const own = planOwn(
    model,
    plan,
    planThreads(actors, model, resolveKernel(model.kernel).features),
  );
  const faults = [
    planFaults,
    treeFaults,
    actorFaults,
    checkReads(actors, model),
    checked.diagnostics,
  ];
  return {
    plan,
    statics,
    actors,
    checked,
    own,
    diagnostics: [...faults.flat(), ...own.diagnostics],
  };
}

/** Every fault of a model's scripts, rules and names; they do not depend on the kernel. */
export function nameFaults(model: Model): readonly Diagnostic[] {
  return resolveNames(model).diagnostics;
}

/** What of a model's scripts and rules is not understood and may do anything, with its places. */
export function havocNotes(model: Model): readonly Diagnostic[] {
  const { havoc } = resolveNames(model).plan.universe;
  return [...(havoc?.noted.values() ?? [])].sort(byPlace);
}

/** Whether a kernel has a driver. */
const isModule = (name: DriverName, features: ReadonlySet<string>): boolean =>
  name === 'device_dax' || features.has(name === 'kmem' ? 'kmem' : 'fsdev-dax');

/** Resolves every name and number of a model; throws when there are faults. */
function resolve(model: Model): Parts {
  const kernel = resolveKernel(model.kernel);
  const { plan, statics, actors, checked, own, diagnostics } = resolveNames(model);
  refuse(diagnostics);

  const stringTable = makeStrings();
  const hasModule = (name: DriverName): boolean =>
    model.machine.modules[name] !== 'absent' && isModule(name, kernel.features);
  const programs = [...actors, compileRecovery(plan, model)];
  const encoded = encodePrograms(programs, { plan, strings: stringTable, hasModule });
  for (const { name } of plan.devices) stringTable.number(name);
  if (hasUdev(actors)) for (const { index } of plan.blocks) stringTable.number(`memory${index}`);
  if (keepsSizes(actors)) {
    for (const size of sizesSaid(model, plan, stringTable.all)) stringTable.number(String(size));
  }
  const strings = stringTable.all;
  const names = collectNames(plan, strings, model);
  const { points, diagnostics: pointFaults } = planPoints(model, plan, strings);
  const threads = planThreads(actors, model, kernel.features);
  const variables = countVariables(threads, actors);
  const counts: Counts = {
    threads: threads.length,
    names: names.length,
    strings: strings.length,
    variables,
    instructions: encoded.sources.length,
    commands: Math.max(0, ...actors.map((actor) => actor.programs.length)),
  };
  refuse([...pointFaults, ...sizeFaults(model, counts)]);
  const faults = model.faults.length;
  const spares = spareReservations(model, kernel.features, plan.isDivided);
  return {
    model,
    kernel,
    plan,
    state: planState(plan, {
      faults,
      variables,
      threads: threads.length,
      spares,
      extras: planExtras(kernel, model),
    }),
    statics,
    points,
    strings,
    stringTable,
    names,
    threads,
    instructions: encoded.sources,
    checked: checked.mask >>> 0,
    recoverable: checked.recoverable,
    livelock: checked.livelock,
    own,
    actors,
    encoded,
    variables,
  };
}

const hasUdev = (actors: readonly ActorProgram[]): boolean =>
  actors.some(({ kind }) => kind === 'udev');

/** The header's words but the places of tables. */
function headerWords(parts: Parts): ReadonlyMap<Header, number> {
  const { model, plan, state, threads, actors, encoded } = parts;
  return new Map<Header, number>([
    [Header.Magic, SCENARIO_MAGIC],
    [Header.Version, LAYOUT_VERSION],
    [Header.StateBytes, state.stateBytes],
    [Header.Granularity, model.granularity === 'step' ? 1 : 0],
    ...featureWords(parts.kernel.features).map((word, at): [Header, number] => [
      Header.Features + at,
      word,
    ]),
    [Header.Properties, parts.checked],
    [Header.ThreadCount, threads.length],
    [Header.DeviceCount, plan.devices.length],
    [Header.BlockCount, plan.blocks.length],
    [Header.RangeMax, plan.rangeMax],
    [Header.SlotCount, state.slotCount],
    [Header.StaticCount, parts.statics.length],
    [Header.PointCount, parts.points.length],
    [Header.RegionCount, plan.regions.length],
    [Header.FaultCount, model.faults.length],
    [Header.VariableCount, parts.variables],
    [Header.StringCount, parts.strings.length],
    [Header.DevicesAt, state.devicesAt],
    [Header.RangesAt, state.rangesAt],
    [Header.BlocksAt, state.blocksAt],
    [Header.RegionsAt, state.regionsAt],
    [Header.SlotsAt, state.slotsAt],
    [Header.EventsAt, state.eventsAt],
    [Header.FaultsAt, state.faultsAt],
    [Header.VariablesAt, state.variablesAt],
    [Header.ThreadsAt, state.threadsAt],
    [Header.GlobalExtraAt, state.globalExtraAt],
    [Header.RegionExtraAt, state.regionExtraAt],
    [Header.DeviceExtraAt, state.deviceExtraAt],
    [Header.BlockExtraAt, state.blockExtraAt],
    [Header.BeneathAt, state.beneathAt],
    [Header.PublicationCount, plan.publications.length],
    [Header.CxlBuiltIn, model.machine.firmware?.isCxlBuiltIn === true ? 1 : 0],
    [Header.RecoveryCount, encoded.entries[actors.length]?.length ?? 0],
    ...memoryWords(model.machine),
    [Header.EventsWanted, eventsWanted(actors)],
    [Header.KernelBytes, state.faultsAt],
  ]);
}

/** The tables behind the header. */
function encodeTables(parts: Parts): readonly (readonly [Header, Uint8Array])[] {
  const { model, plan, state, statics, points, names, threads, actors, encoded } = parts;
  const { features } = parts.kernel;
  const zones = plan.blocks.map(({ start, region }) =>
    zonesAround(start, plan.regions[region]?.targetNode ?? null, features, statics),
  );
  const kernelZones = zones.map(({ kernelZone }) => kernelZone);
  const context = { model, plan, state, statics, points, names, features, kernelZones };
  const initial = makeState(context, false);
  startThreads(initial, parts, encoded.entries);
  const bases = encoded.entries.map((_, index) => encoded.entries.slice(0, index).flat().length);
  const blockNames = hasUdev(actors) ? parts.stringTable : null;
  return [
    [Header.InitialTable, initial],
    [Header.BootTable, makeState(context, true)],
    [Header.PointTable, words64(points)],
    [Header.StaticTable, encodeStatics(statics)],
    [
      Header.DeviceTable,
      encodeDevices({ plan, state, strings: parts.stringTable, names, features }),
    ],
    [Header.BlockTable, encodeBlocks(plan, zones, features, blockNames)],
    [Header.RegionTable, encodeRegions(plan, state)],
    [Header.PublicationTable, encodePublications(plan.publications, plan.regions, state)],
    [Header.ThreadTable, encodeThreads(threads, actors, bases, model)],
    [Header.FaultTable, encodeFaults(model)],
    [Header.InstructionTable, encoded.instructions],
    [Header.EntryTable, words16(encoded.entries.flat())],
    [
      Header.ValueTable,
      encodeValues(parts.strings, { plan, points, names, blockSize: model.machine.blockSize }),
    ],
    [Header.RecoveryTable, words16(encoded.entries[actors.length] ?? [])],
  ];
}

/**
 * Compiles a model.
 *
 * Throws a ModelRejection that carries every fault of scripts, rules, names and sizes at once.
 */
export function compileModel(model: Model, options: CompileOptions = {}): Scenario {
  const parts = resolve(model);
  const tables = encodeTables(parts);
  const { symmetry: wanted = false } = options;
  const symmetry = wanted === false ? null : symmetryOf(parts, tables, wanted === true);
  const words = new Map([...headerWords(parts), ...(symmetry?.words ?? [])]);
  const bytes = assemble(words, [...tables, ...(symmetry?.tables ?? [])]);
  if (bytes.length > SCENARIO_MAX_BYTES) {
    const message = `the compiled model takes ${bytes.length} bytes`;
    const limit = `${SCENARIO_MAX_BYTES} bytes`;
    refuse([diagnose('DAX303', model.kernel.place, message, { limit })]);
  }
  const { actors, encoded, stringTable, variables, ...rest } = parts;
  const recovery = encoded.entries[actors.length]?.[0];
  const view = new DataView(bytes.buffer);
  const { plan, state, own } = parts;
  const pointsAt = view.getUint32(Header.PointTable * 4, true);
  const places = { state, rangeMax: plan.rangeMax, blocks: plan.blocks.length, pointsAt };
  return {
    ...rest,
    bytes,
    ownModules: makeOwnModules(own, places),
    symmetry: symmetry?.plan ?? null,
    instructionsAt: view.getUint32(Header.InstructionTable * 4, true),
    recoveryFrom: recovery ?? encoded.sources.length,
  };
}
