/**
 * Which devices are alike: what a step can see of two of them, their regions, blocks and places in
 * the boot tree is the same but for the addresses' distance.
 */
import type { Range } from '../../model/model.js';
import { BOOT_NODE } from '../extras.js';
import type { StaticNode } from '../statics.js';
import { nodeUsed } from '../tables.js';
import { isNamed, type SymmetryContext } from './context.js';
import { namesOfDevice } from './renaming.js';

/** Addresses from here on are looked at in another way (16 TiB, a page number of 32 bits). */
const FAR = 1n << 44n;
const NODES_KNOWN = 32;

/** What keeps every device of a model apart; null when nothing does. */
export function noneAlike(context: SymmetryContext): string | null {
  const { plan, state, model } = context;
  const { machine } = model;
  if (plan.publications.length > 0) return 'the firmware names ranges';
  if (state.regionExtraAt !== 0) return 'namespaces and their locks take part';
  if (plan.isDivided || plan.devices.some(({ declared }) => declared === null))
    return 'devices are made, resized or deleted';
  if (machine.autoMovable !== null) return 'the online policy auto-movable counts all memory';
  if (machine.memoryLimit !== null) return 'mem= limits addresses';
  if (!context.features.has('unique-node')) return 'this kernel puts all memory on one node';
  return null;
}

/** The deepest node of the boot tree around a range, by number; 0: the root. */
export function nodeAround(
  { statics }: SymmetryContext,
  { start, end }: { readonly start: bigint; readonly end: bigint },
): number {
  const around = statics.filter((node) => node.start <= start && node.end >= end);
  return around.reduce((deepest, { number }) => Math.max(deepest, number), 0);
}

const meets = (one: Range, two: Range): boolean => one.start <= two.end && one.end >= two.start;

/** What the boot tree has of a region: the node around it, or null where something lies inside. */
function surroundings(context: SymmetryContext, region: Range): number | null {
  const around = nodeAround(context, region);
  const { statics } = context;
  const isInside = statics.some(
    (node) => meets(node, region) && !(node.start <= region.start && node.end >= region.end),
  );
  return isInside ? null : around;
}

/** Whether a node has nothing in it but one region. */
function isAlone({ plan, statics }: SymmetryContext, node: StaticNode): boolean {
  const hasChild = statics.some(({ parent }) => parent === node.number);
  return !hasChild && plan.regions.filter((region) => meets(region, node)).length === 1;
}

/** Whether the boot tree around two regions differs in what a claim could find out. */
function treeDiffers(context: SymmetryContext, left: Range, right: Range): boolean {
  const around = [surroundings(context, left), surroundings(context, right)];
  if (around.includes(null)) return true;
  if (around[0] === around[1]) return false;
  const [one, two] = around.map((number) => context.statics.find((node) => node.number === number));
  if (one === undefined || two === undefined) return true;
  const distance = right.start - left.start;
  return !(
    isAlone(context, one) &&
    isAlone(context, two) &&
    one.name === two.name &&
    one.flags === two.flags &&
    one.parent === two.parent &&
    one.start + distance === two.start &&
    one.end + distance === two.end
  );
}

/** Whether a node of memory is a region's alone, and one that the boot memory has no part of. */
function hasOwnNode(context: SymmetryContext, region: number): boolean {
  const { plan, features } = context;
  const { possibleNodes } = context.model.machine;
  const node = plan.regions[region]?.targetNode ?? null;
  if (node === null || node === BOOT_NODE || node >= NODES_KNOWN) return false;
  if (possibleNodes !== null && !possibleNodes.includes(node)) return false;
  const users = plan.regions.filter(({ targetNode }) => nodeUsed(targetNode, features) === node);
  return users.length === 1;
}

/** The words in which a device can differ from another; equal texts are equal devices. */
function shapeOf({ plan }: SymmetryContext, device: number): string {
  const { declared, id, region } = plan.devices[device] ?? {};
  const home = plan.regions[region ?? -1];
  if (declared === undefined || declared === null || home === undefined) return '?';
  const ranges = declared.ranges.map(({ start, end }) => [start - home.start, end - home.start]);
  const blocks = plan.blocks.filter((block) => block.region === region);
  return [
    id,
    declared.compat,
    ...ranges,
    home.end - home.start,
    home.kind,
    home.kmemByType,
    home.encrypted,
    home.namespace !== null,
    home.align,
    ...blocks.map(({ start }) => start - home.start),
  ].join(' ');
}

/** What tells two devices apart; null when they are alike. */
export function differenceOf(context: SymmetryContext, left: number, right: number): string | null {
  const { plan, model, recoverable } = context;
  const regions = [left, right].map((device) => plan.devices[device]?.region ?? -1);
  const homes = regions.map((region) => plan.regions[region]);
  const [one, two] = homes;
  if (one === undefined || two === undefined || one === two) return 'they share a region';
  const hasOne = (region: number): boolean =>
    plan.devices.filter((device) => device.region === region).length === 1;
  if (!regions.every(hasOne)) return 'a region of theirs has more devices';
  if (one.namespace !== null || two.namespace !== null) return 'they lie in a namespace';
  if (shapeOf(context, left) !== shapeOf(context, right)) return 'size, blocks or kind differ';
  if ((two.start - one.start) % model.machine.blockSize !== 0n)
    return 'one begins within a memory block';
  if (one.end >= FAR || two.end >= FAR) return 'one lies beyond 16 TiB';
  if (!regions.every((region) => hasOwnNode(context, region)))
    return 'their memory shares a node, whose zones tell positions apart';
  if (treeDiffers(context, one, two)) return 'the boot tree around them differs';
  if ([left, right].some((device) => recoverable.includes(device)))
    return '`recoverable` is asked for one of them';
  const names = [left, right].flatMap((device) => namesOfDevice(plan, device));
  return isNamed(context, names) ? 'a property of your own can tell them apart' : null;
}
