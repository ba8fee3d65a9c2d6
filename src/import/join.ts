/**
 * One machine out of the facts of all inputs: what they agree on, what is missing and assumed with
 * a warning, and what they contradict each other in.
 */
import { RELEASES } from '../kernel/releases.js';
import { endOfRamBytes, memoryBlockSizeBytes, windowsIn } from '../model/blockSize.js';
import type { IomemNode, OnlinePolicy, Place, Range } from '../model/model.js';
import { formatRange, formatSize, isPowerOfTwo, overlaps } from '../model/quantity.js';
import { DEVICE_PATTERN } from '../model/schema.js';
import { agreed } from './agree.js';
import { bytesOf } from './capacity.js';
import { deviceOf, type Facts, refuse, warn } from './facts.js';
import { joinDevice } from './joinDevice.js';
import { type Claim, claimsOf } from './listing.js';
import { type ImportedDevice, type ImportedMachine, type Known, shownOrigin } from './machine.js';
import { warnOfNodes } from './nodes.js';
import { nothingToModel } from './nothing.js';
import { releaseOf } from './release.js';

/** What the user says on the command line; it is taken before any input. */
export interface Wishes {
  /** The value of `kernel:` in a model: a release, or what a source tree was probed to be. */
  readonly kernel?: string;
  readonly blockSize?: bigint;
  /** Only these devices; the others stay lines of the listing. */
  readonly devices?: readonly string[];
}

/** Where nothing tells the release: the one that `daxcheck init` writes. */
const ASSUMED_KERNEL = 'v6.12';

const MIB = 1n << 20n;

const fromUser = (option: string): { readonly place: Place } => ({
  place: { file: option, line: 1, column: 1 },
});

/** What no input tells has no place in one. */
const NOWHERE: Place = { file: 'import', line: 1, column: 1 };

function kernelOf(facts: Facts, wishes: Wishes): Known<string> {
  if (wishes.kernel !== undefined) return { value: wishes.kernel, origin: fromUser('--kernel') };
  const known = agreed(facts, 'the release of the kernel', facts.releases, (text) => text);
  const how = 'name it with --kernel, or probe its source with --source';
  if (known === null) {
    const assumed = `unknown; explored as ${ASSUMED_KERNEL}`;
    warn(facts, 'DAX519', NOWHERE, 'no input tells the release of the kernel', {
      assumed,
      how,
    });
    return { value: ASSUMED_KERNEL, origin: { assumed } };
  }
  const place = 'place' in known.origin ? known.origin.place : NOWHERE;
  const release = releaseOf(known.value);
  if (release === null) {
    const last = RELEASES.at(-1)?.name ?? '';
    const message = `no modelled release is \`${known.value.slice(0, 60)}\` (v5.0 to ${last})`;
    refuse(facts, 'DAX511', place, message, { how });
    return { value: ASSUMED_KERNEL, origin: { assumed: 'unknown' } };
  }
  if (!release.isMainline) {
    const message = `\`${known.value.slice(0, 60)}\` is a distribution's kernel`;
    const assumed = `taken as ${release.name}; what was backported is not known`;
    warn(facts, 'DAX519', place, message, { assumed, how });
  }
  return { value: release.name, origin: known.origin };
}

/** The size of a block that a count of blocks and what kmem has make together. */
function countedSize(facts: Facts, claims: readonly Claim[]): Known<bigint> | null {
  for (const { name, node, isKmem } of claims) {
    const total = deviceOf(facts, name).totalBlocks[0];
    if (!isKmem || total === undefined || total.value <= 0) continue;
    const bytes = bytesOf(node) / BigInt(total.value);
    if (bytes * BigInt(total.value) !== bytesOf(node) || !isPowerOfTwo(bytes)) continue;
    return { value: bytes, origin: { place: total.place } };
  }
  return null;
}

/** x86 has System RAM in its first mebibyte; others do not pick the size as it does. */
const isX86 = (nodes: readonly IomemNode[]): boolean =>
  nodes.some(({ name, start }) => name === 'System RAM' && start < MIB);

function blockSizeOf(
  facts: Facts,
  wishes: Wishes,
  claims: readonly Claim[],
): Known<bigint | 'auto'> | null {
  if (wishes.blockSize !== undefined) {
    return { value: wishes.blockSize, origin: fromUser('--block-size') };
  }
  const known = agreed(facts, 'the size of a memory block', facts.blockSizes, formatSize);
  if (known !== null) return known;
  const counted = countedSize(facts, claims);
  if (counted !== null) return counted;
  const nodes = facts.listing?.value ?? [];
  const how = 'name it with --block-size, or give --lsmem or --sysfs';
  if (!isX86(nodes)) {
    const message = 'no input tells the size of a memory block';
    refuse(facts, 'DAX511', NOWHERE, message, {
      how: '--block-size 128M (in hex: /sys/devices/system/memory/block_size_bytes)',
    });
    return null;
  }
  const assumed = 'as x86 picks it from the end of RAM, on bare metal';
  warn(facts, 'DAX512', NOWHERE, 'no input tells the size of a memory block', {
    assumed: `taken ${assumed}`,
    how,
  });
  return { value: 'auto', origin: { assumed } };
}

/** Bytes of a block, also where x86 picks them. */
export function blockBytes(
  size: bigint | 'auto',
  nodes: readonly IomemNode[],
  kernel: string,
): bigint {
  if (size !== 'auto') return size;
  const release = /v[0-9]+\.[0-9]+(\.[0-9]+)?/.exec(kernel)?.[0] ?? ASSUMED_KERNEL;
  const boot = { hypervisor: false, release, windows: windowsIn(nodes) };
  return memoryBlockSizeBytes(endOfRamBytes(nodes, null), boot);
}

function policyOf(facts: Facts): Known<OnlinePolicy> {
  for (const told of [facts.policies, facts.bootPolicies, facts.defaultPolicies]) {
    const known = agreed(facts, 'auto_online_blocks', told, (policy) => policy);
    if (known !== null) return known;
  }
  const assumed = 'taken as offline';
  warn(facts, 'DAX519', NOWHERE, 'no input tells auto_online_blocks', {
    assumed,
    how: 'give --sysfs, --cmdline or --config',
  });
  return { value: 'offline', origin: { assumed } };
}

/**
 * The listing without what the model's devices claim: the model makes these claims itself. A
 * namespace's metadata go as well.
 */
function withoutClaims(
  nodes: readonly IomemNode[],
  devices: readonly ImportedDevice[],
): readonly IomemNode[] {
  const names = new Set(devices.flatMap(({ name, namespace }) => [name, namespace?.name ?? name]));
  return nodes.flatMap((node) =>
    names.has(node.name) ? [] : [{ ...node, children: withoutClaims(node.children, devices) }],
  );
}

/** The listing without any dax device: what kmem added is not RAM at boot. */
function atBoot(nodes: readonly IomemNode[]): readonly IomemNode[] {
  return nodes.flatMap((node) =>
    DEVICE_PATTERN.test(node.name) ? [] : [{ ...node, children: atBoot(node.children) }],
  );
}

/** System RAM as the blocks tell of it, where there is no listing. */
function fromBlocks(facts: Facts, devices: readonly ImportedDevice[]): readonly IomemNode[] {
  const taken = devices.flatMap(({ ranges }) => ranges.value);
  const nodes: IomemNode[] = [];
  for (const run of facts.blocks) {
    if (taken.some((range) => overlaps(range, run))) continue;
    const last = nodes.at(-1);
    if (last !== undefined && last.end + 1n === run.start) {
      nodes[nodes.length - 1] = { ...last, end: run.end };
      continue;
    }
    const { start, end, place } = run;
    nodes.push({ start, end, name: 'System RAM', children: [], place });
  }
  return nodes;
}

function iomemOf(
  facts: Facts,
  devices: readonly ImportedDevice[],
): Pick<ImportedMachine, 'iomem' | 'listing'> {
  const { listing } = facts;
  if (listing !== null) {
    return { iomem: withoutClaims(listing.value, devices), listing: { place: listing.place } };
  }
  const hasBlocks = facts.blocks.length > 0;
  const assumed = hasBlocks
    ? 'System RAM is taken from the memory blocks; nothing else is in the way'
    : 'nothing else is in the way';
  warn(facts, 'DAX519', NOWHERE, 'there is no listing of /proc/iomem', {
    assumed,
    how: 'give --iomem, read as root',
  });
  return { iomem: fromBlocks(facts, devices), listing: { assumed } };
}

/** Gives out the lowest nodes that no input names. */
function nodesOf(facts: Facts): () => number {
  const used = new Set(
    [
      ...[...facts.devices.values()].flatMap(({ nodes }) => nodes.map(({ value }) => value)),
      ...facts.blocks.map(({ node }) => node),
      0,
    ].filter((node) => node !== null),
  );
  return () => {
    let node = 0;
    while (used.has(node)) node += 1;
    used.add(node);
    return node;
  };
}

const byDevice = (left: string, right: string): number =>
  left.localeCompare(right, 'en', { numeric: true });

function namesOf(facts: Facts, claims: readonly Claim[], wishes: Wishes): string[] {
  const known = new Set([...facts.devices.keys(), ...claims.map(({ name }) => name)]);
  const wanted = wishes.devices;
  for (const name of wanted ?? []) {
    if (known.has(name)) continue;
    const there = known.size === 0 ? 'no input names a device' : [...known].join(', ');
    refuse(facts, 'DAX511', NOWHERE, `no input tells of ${name}`, { how: there });
  }
  return [...known].filter((name) => wanted?.includes(name) ?? true).sort(byDevice);
}

/** Two lines of the same device: a listing that was pasted together. */
function claimOf(facts: Facts, claims: readonly Claim[], name: string): Claim | null {
  const [first, second] = claims.filter((claim) => claim.name === name);
  if (first !== undefined && second !== undefined) {
    const message = `${name} is in line ${first.node.place.line} and here`;
    refuse(facts, 'DAX510', second.node.place, message);
  }
  return first ?? null;
}

const shownOf = (device: ImportedDevice, range: Range): string =>
  `${device.name} has ${formatRange(range)}`;

/** Refuses ranges that overlap, of one device or of two, with the places of both. */
function checkOverlaps(facts: Facts, devices: readonly ImportedDevice[]): void {
  const all = devices.flatMap((device) => device.ranges.value.map((range) => ({ device, range })));
  all.forEach(({ device, range }, index) => {
    const other = all.slice(0, index).find((one) => overlaps(one.range, range));
    if (other === undefined) return;
    const { origin } = device.ranges;
    const place = 'place' in origin ? origin.place : NOWHERE;
    const from = shownOrigin(other.device.ranges.origin);
    const before = `${shownOf(other.device, other.range)} (${from})`;
    refuse(facts, 'DAX510', place, `${shownOf(device, range)}, which overlaps: ${before}`);
  });
}

/**
 * Makes one machine of the facts; null where something is missing that cannot be assumed, or the
 * inputs contradict each other: `facts.faults` then says what.
 */
export function joinFacts(facts: Facts, wishes: Wishes = {}): ImportedMachine | null {
  if (facts.faults.length > 0) return null;
  const claims = claimsOf(facts.listing?.value ?? []);
  const kernel = kernelOf(facts, wishes);
  const blockSize = blockSizeOf(facts, wishes, claims);
  const policy = policyOf(facts);
  const bytes =
    blockSize === null
      ? null
      : blockBytes(blockSize.value, atBoot(facts.listing?.value ?? []), kernel.value);
  const isWished = wishes.blockSize !== undefined;
  const around = {
    facts,
    blockSize: bytes,
    isWished,
    policy: policy.value,
    freeNode: nodesOf(facts),
  };
  const devices = namesOf(facts, claims, wishes).flatMap((name) => {
    const device = joinDevice(deviceOf(facts, name), claimOf(facts, claims, name), around);
    return device === null ? [] : [device];
  });
  if (devices.length === 0 && facts.faults.length === 0) nothingToModel(facts, NOWHERE);
  checkOverlaps(facts, devices);
  warnOfNodes(facts, devices);
  const { iomem, listing } = iomemOf(facts, devices);
  const memmap = agreed(facts, 'memmap_on_memory', facts.memmapOnMemory, String);
  if (facts.faults.length > 0 || blockSize === null) return null;
  return {
    kernel,
    blockSize,
    policy,
    memmapOnMemory: memmap,
    movableNode: facts.movableNode.some(({ value }) => value),
    iomem,
    listing,
    devices,
    rules: facts.rules.map(({ value, place }) => ({ text: value, place })),
    rulesLeftOut: [],
  };
}
