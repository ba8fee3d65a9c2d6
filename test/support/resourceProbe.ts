/** The engine's resource tree on its own: a tree goes in, one operation, the tree comes out. */
import { readFileSync } from 'node:fs';
import {
  Header,
  PARENT_GONE,
  RESOURCE_BUSY,
  RESOURCE_LEAKED,
  RESOURCE_MEM,
  RESOURCE_PRESENT,
  RESOURCE_SYSRAM,
  SCENARIO_MAX_BYTES,
  SCENARIO_OFFSET,
  SLOT_BYTES,
  SLOT_END_OFFSET,
  SLOT_FLAGS_OFFSET,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_BASE,
  SLOT_PARENT_OFFSET,
  SLOT_START_OFFSET,
} from '../../assembly/layout.js';
import { encodeStatics, type StaticNode } from '../../src/compile/statics.js';
import { featureWords, resolveKernel } from '../../src/kernel/features.js';
import type { FlaggedNode, ResourceProbe } from '../kernel/resourceTree.ts';

interface Exports {
  probeState(state: number): void;
  probeRequest(slot: number, start: bigint, size: bigint, name: number): number;
  probeInsert(slot: number, start: bigint, end: bigint, name: number): number;
  probeRelease(start: bigint, size: bigint): number;
  probeReleaseResource(slot: number): void;
  probeRemoveResource(slot: number): void;
  probeAdjustable(start: bigint, size: bigint): void;
  probeSystemRam(start: bigint, end: bigint): bigint;
  probeIntersects(start: bigint, size: bigint): number;
  probeWalkRes(start: bigint, end: bigint): bigint;
}

/** What every query answers about one range. */
export interface QueryAnswer {
  /** region_intersects for System RAM. */
  readonly intersects: 'disjoint' | 'intersects' | 'mixed';
  /** walk_system_ram_range: bytes of whole pages. */
  readonly pages: bigint;
  /** walk_system_ram_res: bytes. */
  readonly bytes: bigint;
}

interface Range {
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
}

/** A probe that answers all queries about several ranges at once. */
export interface QueryProbe extends ResourceProbe {
  askAll(ranges: readonly Range[]): readonly QueryAnswer[];
}

const MASK = (1n << 64n) - 1n;
const PAGE = 4096n;
const POINT_TABLE = 4096;
const STATIC_TABLE = 65536;
const STATE = SCENARIO_OFFSET + SCENARIO_MAX_BYTES;
const PAGES = STATE / 65536 + 1;
/** Slots beyond those of the tree: for what an operation makes. */
const SPARE = 4;
const ANSWERS = ['intersects', 'disjoint', 'mixed'] as const;

const file = new URL('../../build/systems/resourceProbe.debug.wasm', import.meta.url);
let compiled: WebAssembly.Module | null = null;

/** Addresses that a tree and one operation can come to; the engine knows no others. */
function pointsOf(nodes: readonly FlaggedNode[], extra: readonly bigint[]): bigint[] {
  const near = (address: bigint): bigint[] => [address - 1n, address, address + 1n];
  const all = [...nodes.flatMap(({ start, end }) => [start, end]), ...extra].flatMap(near);
  const kept = new Set([0n, MASK, ...all.filter((address) => address >= 0n && address <= MASK)]);
  return [...kept].sort((left, right) => (left < right ? -1 : 1));
}

/** Number of the node that each node lies in, in pre-order; -1 at the top. */
function parentsOf(nodes: readonly FlaggedNode[]): number[] {
  const above: number[] = [];
  return nodes.map(({ depth }, index) => {
    above[depth] = index;
    return depth === 0 ? -1 : (above[depth - 1] ?? -1);
  });
}

interface Counts {
  readonly points: number;
  readonly slots: number;
  readonly statics: number;
}

function writeHeader(view: DataView, features: readonly number[], counts: Counts) {
  const word = (at: Header, value: number): void => {
    view.setUint32(SCENARIO_OFFSET + at * 4, value, true);
  };
  features.forEach((bits, at) => {
    word(Header.Features + at, bits);
  });
  word(Header.SlotCount, counts.slots);
  word(Header.StaticCount, counts.statics);
  word(Header.StaticTable, STATIC_TABLE);
  word(Header.PointCount, counts.points);
  word(Header.PointTable, POINT_TABLE);
  word(Header.SlotsAt, 0);
}

/** A node with what the engine calls it and what it lies in. */
interface Placed {
  readonly node: FlaggedNode;
  readonly number: number;
  readonly parent: number;
}

const flagsOf = (node: FlaggedNode): number =>
  (node.busy ? RESOURCE_BUSY : 0) |
  (node.ram ? RESOURCE_SYSRAM : 0) |
  RESOURCE_MEM |
  RESOURCE_PRESENT;

/** Numbers the nodes: those of the boot tree from 1, the others by their slots. */
function placeNodes(nodes: readonly FlaggedNode[], isBoot: (node: FlaggedNode) => boolean) {
  let statics = 0;
  let slots = 0;
  const numbers = nodes.map((node) => (isBoot(node) ? ++statics : SLOT_PARENT_BASE + slots++));
  const parents = parentsOf(nodes);
  const placed = nodes.map((node, index): Placed => {
    const parent = parents[index] ?? -1;
    return { node, number: numbers[index] ?? 0, parent: parent < 0 ? 0 : (numbers[parent] ?? 0) };
  });
  return {
    boot: placed.filter(({ number }) => number < SLOT_PARENT_BASE),
    slots: placed.filter(({ number }) => number >= SLOT_PARENT_BASE),
  };
}

function writeBoot(memory: WebAssembly.Memory, boot: readonly Placed[]): void {
  const nodes = boot.map(({ node, number, parent }, index): StaticNode => {
    const later = boot.slice(index + 1);
    const next = later.find((other) => other.parent === parent)?.number ?? 0;
    const child = later.find((other) => other.parent === number)?.number ?? 0;
    return { ...node, number, parent, next, child, flags: flagsOf(node) };
  });
  new Uint8Array(memory.buffer).set(encodeStatics(nodes), SCENARIO_OFFSET + STATIC_TABLE);
}

function writeSlots(view: DataView, slots: readonly Placed[], points: readonly bigint[]) {
  for (const [index, { node, parent }] of slots.entries()) {
    const at = STATE + index * SLOT_BYTES;
    view.setUint16(at + SLOT_START_OFFSET, points.indexOf(node.start), true);
    view.setUint16(at + SLOT_END_OFFSET, points.indexOf(node.end), true);
    view.setUint16(at + SLOT_PARENT_OFFSET, parent, true);
    view.setUint8(at + SLOT_FLAGS_OFFSET, flagsOf(node));
    view.setUint8(at + SLOT_NAME_OFFSET, index);
  }
}

interface ReadSlot extends FlaggedNode {
  /** What the engine calls it, and its parent; 0 is the root. */
  readonly number: number;
  readonly parent: number;
}

function readSlots(view: DataView, names: readonly string[], points: readonly bigint[]) {
  const found: ReadSlot[] = [];
  for (let slot = 0; slot < names.length - 1 + SPARE; slot++) {
    const at = STATE + slot * SLOT_BYTES;
    const flags = view.getUint8(at + SLOT_FLAGS_OFFSET);
    const parent = view.getUint16(at + SLOT_PARENT_OFFSET, true);
    const isLinked = (flags & (RESOURCE_PRESENT | RESOURCE_LEAKED)) === RESOURCE_PRESENT;
    if (!isLinked || parent === PARENT_GONE) continue;
    found.push({
      number: SLOT_PARENT_BASE + slot,
      parent,
      start: points[view.getUint16(at + SLOT_START_OFFSET, true)] ?? 0n,
      end: points[view.getUint16(at + SLOT_END_OFFSET, true)] ?? 0n,
      name: names[view.getUint8(at + SLOT_NAME_OFFSET)] ?? 'unknown',
      depth: 0,
      busy: (flags & RESOURCE_BUSY) !== 0,
      ram: (flags & RESOURCE_SYSRAM) !== 0,
    });
  }
  return found;
}

/** Puts slots in the order and depth of /proc/iomem. */
function preOrder(slots: readonly ReadSlot[], parent = 0, depth = 0): FlaggedNode[] {
  return slots
    .filter((slot) => slot.parent === parent)
    .sort((left, right) => (left.start < right.start ? -1 : 1))
    .flatMap(({ number, parent: _parent, ...node }) => [
      { ...node, depth },
      ...preOrder(slots, number, depth + 1),
    ]);
}

/**
 * Opens a resource tree with the behaviour of a release.
 *
 * @param isBoot tells the nodes of the boot tree, which nothing takes away; what lies above one is
 * one as well.
 */
export async function openResourceProbe(
  kernel: string,
  isBoot: (node: FlaggedNode) => boolean = () => false,
): Promise<QueryProbe> {
  compiled ??= new WebAssembly.Module(Uint8Array.from(readFileSync(file)));
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const instance = new WebAssembly.Instance(compiled, { env: { memory }, own: { check: () => 0 } });
  const probe = instance.exports as unknown as Exports;
  const view = new DataView(memory.buffer);
  const { features } = resolveKernel({ release: kernel, without: [], with: [] });
  const words = [...featureWords(features)];
  let nodes: readonly FlaggedNode[] = [];

  /** Lays the tree out, does one thing, and takes the tree back. */
  const doing = <T>(addresses: readonly bigint[], deed: (fresh: number) => T): T => {
    const points = pointsOf(nodes, addresses);
    const { boot, slots } = placeNodes(nodes, isBoot);
    const names = [...slots.map(({ node }) => node.name), 'new'];
    new Uint8Array(memory.buffer).fill(0, SCENARIO_OFFSET, SCENARIO_OFFSET + POINT_TABLE);
    new Uint8Array(memory.buffer).fill(0, STATE);
    writeHeader(view, words, {
      points: points.length,
      slots: slots.length + SPARE,
      statics: boot.length,
    });
    for (const [index, address] of points.entries()) {
      view.setBigUint64(SCENARIO_OFFSET + POINT_TABLE + index * 8, address, true);
    }
    writeBoot(memory, boot);
    writeSlots(view, slots, points);
    probe.probeState(STATE);
    const answer = deed(slots.length);
    const kept = boot.map(({ node, number, parent }) => ({ ...node, number, parent }));
    nodes = preOrder([...kept, ...readSlots(view, names, points)]);
    return answer;
  };
  const span = (start: bigint, size: bigint): readonly bigint[] => [
    start,
    (start + size - 1n) & MASK,
  ];
  const slotOf = (name: string): number =>
    nodes.filter((node) => !isBoot(node)).findIndex((node) => node.name === name);

  return {
    load: (tree) => {
      nodes = tree;
    },
    requestRegion: (start, size) =>
      doing(span(start, size), (slot) => probe.probeRequest(slot, start, size, slot) === 1),
    insertResource: (start, end) =>
      doing([start, end], (slot) => probe.probeInsert(slot, start, end, slot) === 1),
    releaseRegion: (start, size) =>
      doing(span(start, size), () => probe.probeRelease(start, size) === 1),
    releaseResource: (name) => doing([], () => probe.probeReleaseResource(slotOf(name))),
    removeResource: (name) => doing([], () => probe.probeRemoveResource(slotOf(name))),
    releaseAdjustable: (start, size) =>
      doing(span(start, size), () => probe.probeAdjustable(start, size)),
    walkSystemRam: (start, size) => {
      const first = start - (start % PAGE);
      const bytes = doing(span(first, size), () => probe.probeSystemRam(first, first + size - 1n));
      return bytes === 0n ? null : bytes;
    },
    regionIntersectsRam: (start, size) => {
      const number = doing(span(start, size), () => probe.probeIntersects(start, size));
      return ANSWERS[number] ?? 'mixed';
    },
    askAll: (ranges) =>
      doing(
        ranges.flatMap(({ start, end }) => [start, end]),
        () =>
          ranges.map(({ start, end }) => ({
            intersects: ANSWERS[probe.probeIntersects(start, end - start + 1n)] ?? 'mixed',
            pages: probe.probeSystemRam(start, end),
            bytes: probe.probeWalkRes(start, end),
          })),
      ),
    tree: () => nodes,
  };
}
