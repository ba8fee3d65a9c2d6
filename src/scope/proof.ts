/**
 * What is proved of a cut machine: how many blocks of a device are enough for every violation that
 * the whole device can show, and which condition of the proof fails. docs/scopes.md has the proof;
 * here its conditions are looked up in the model and in the compiled programs.
 */
import { planUniverse } from '../compile/universe.js';
import { resolveKernel } from '../kernel/features.js';
import { NO_LIVELOCK } from '../kernel/properties.js';
import type { DaxDevice, IomemNode, Model, OwnProperty } from '../model/model.js';
import { compileActor } from '../userland/compileActor.js';
import type { ActorProgram } from '../userland/program.js';
import type { Universe } from '../userland/universe.js';
import { coverDoubts } from './covered.js';
import { STRETCHES_MAX, scopeModel, stretchesOf } from './cut.js';
import { compares, roundsOf, witnessesOf } from './witnesses.js';
import { lineOf, zoneDoubt } from './zones.js';

/**
 * Blocks beside those that decide how tools go on: the one that a property speaks of, and the one
 * that is online when kmem cannot give the memory back, which happens once.
 */
const BESIDE = 2;

/** What is proved of one device. */
export interface DeviceProof {
  readonly device: string;
  /** Blocks that are enough; null where no number is. */
  readonly enough: number | null;
  /** Conditions that fail; none: it is proved. */
  readonly doubts: readonly string[];
}

interface Compiled {
  readonly universe: Universe;
  readonly actors: readonly ActorProgram[];
}

/** The actors' programs on a machine that is cut to so many blocks; null where there are faults. */
function compiledAt(model: Model, kept: number): Compiled | null {
  const devices = model.machine.devices.map((device) => ({ ...device, ownBlocks: [] }));
  const alike = { ...model, machine: { ...model.machine, devices } };
  const { universe } = planUniverse(scopeModel(alike, kept).model).plan;
  const results = model.actors.map((actor) => compileActor(actor, universe));
  const actors = results.flatMap(({ program }) => (program === null ? [] : [program]));
  return actors.length === results.length ? { universe, actors } : null;
}

function ownDoubts({ name, form, expressions, place }: OwnProperty): readonly string[] {
  if (form !== 'quiet' && form !== 'always') return [`${name} speaks of behaviours`];
  const isOfBlocks = expressions.some(({ text }) => /\bblocks?\b|\bmemory\d/.test(text));
  return isOfBlocks ? [`${lineOf(place)}: ${name} speaks of memory blocks`] : [];
}

/** Conditions on the model as a whole that fail. */
function modelDoubts(model: Model): readonly string[] {
  const { machine, check } = model;
  const own = [...model.properties, ...(check ?? []).flatMap((one) => one.own ?? [])];
  return [
    ...(model.granularity === 'step' ? ['granularity: step'] : []),
    ...(model.faults.length > 0 ? ['faults of the environment are allowed'] : []),
    ...(machine.firmware !== null ? ['devices come of ranges that the firmware names'] : []),
    ...(machine.memmapOnMemory ? ['memmap_on_memory tells one block from several'] : []),
    ...(machine.memoryLimit !== null ? ['mem= may lie inside the device'] : []),
    ...(check?.some(({ name }) => name === NO_LIVELOCK)
      ? ['no-livelock speaks of behaviours']
      : []),
    ...own.flatMap(ownDoubts),
  ];
}

/** One byte beyond the addresses that sections can describe, and the end of the zone DMA32. */
const ADDRESS_LIMIT = 1n << 46n;
const DMA32_END = 1n << 32n;

/** Whether a line of the listing begins or ends inside the device. */
function isCrossed(nodes: readonly IomemNode[], start: bigint, end: bigint): boolean {
  return nodes.some((node) => {
    if (node.end < start || node.start > end) return false;
    const isAround = node.start <= start && node.end >= end;
    return !isAround || isCrossed(node.children, start, end);
  });
}

/** Conditions on a device of the whole machine that fail. */
function deviceDoubts({ machine }: Model, device: DaxDevice): readonly string[] {
  const { name, ranges, region } = device;
  const nodeOf = (of: string) => machine.regions.find((one) => one.name === of)?.targetNode;
  const others = machine.devices.filter(
    (other) => other.name !== name && nodeOf(other.region) === nodeOf(region),
  );
  const [other] = others;
  const start = ranges[0]?.start ?? 0n;
  const end = ranges[0]?.end ?? 0n;
  const isTorn = stretchesOf(device, machine.blockSize).length > STRETCHES_MAX;
  return [
    ...(isTorn ? [`the blocks of ${name} begin in many stretches`] : []),
    ...(other === undefined ? [] : [`${name} and ${other.name} are of one node`]),
    ...(isCrossed(machine.iomem, start, end)
      ? [`a line of /proc/iomem begins or ends inside ${name}`]
      : []),
    ...(end >= ADDRESS_LIMIT ? [`${name} reaches beyond what sections can describe`] : []),
    ...(start < DMA32_END ? [`${name} begins in the zone DMA32`] : []),
  ];
}

/** Why daxctl's comparison of two counts may come out otherwise; null where it does not. */
function countDoubt(actors: readonly ActorProgram[], adders: readonly string[]): string | null {
  const pairs = actors
    .filter(compares)
    .flatMap(({ actor }) =>
      adders.filter((adder) => adder !== actor).map((adder) => [adder, actor]),
    );
  const [pair] = pairs;
  return pair === undefined
    ? null
    : `${pair[0]} may add memory while daxctl of ${pair[1]} counts it`;
}

/** Tells for devices of a model how many blocks are enough, and why that is not proved. */
export function proofsOf(model: Model, names: readonly string[]): readonly DeviceProof[] {
  const one = compiledAt(model, 1);
  const two = compiledAt(model, 2);
  if (one === null || two === null) {
    return names.map((device) => ({ device, enough: null, doubts: ['the files have faults'] }));
  }
  const { features } = resolveKernel(model.kernel);
  const { actors, universe } = one;
  const rounds = roundsOf(actors, two.actors);
  const covered = coverDoubts(actors, universe);
  const common = [
    ...modelDoubts(model),
    zoneDoubt(model, actors, { features, adders: covered.adders }),
    countDoubt(actors, covered.adders),
  ].filter((doubt) => doubt !== null);
  return model.machine.devices
    .filter(({ name }) => names.includes(name))
    .map((device): DeviceProof => {
      const most = witnessesOf(device.name, actors, { universe, rounds }) + BESIDE;
      const endless = 'a tool that looks at all blocks is run again and again';
      const doubts = [
        ...new Set([
          ...common,
          ...covered.doubts,
          ...deviceDoubts(model, device),
          ...(Number.isFinite(most) ? [] : [endless]),
        ]),
      ];
      return { device: device.name, enough: Number.isFinite(most) ? most : null, doubts };
    });
}
