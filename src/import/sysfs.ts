/**
 * What /sys tells: memory blocks, their size and policy, dax devices with ranges, nodes and
 * drivers.
 *
 * Source: drivers/base/memory.c (block_size_bytes, state, valid_zones), drivers/dax/bus.c
 * (resource, size, target_node, align, mappingN), drivers/nvdimm/dax_devs.c and pfn_devs.c
 * (resource and size of the parent), v5.1 to v6.19.
 */
import type { DriverName, OnlinePolicy, Place, Range } from '../model/model.js';
import { DEVICE_PATTERN } from '../model/schema.js';
import {
  addAlign,
  addBlockSize,
  addNode,
  type BlockRun,
  type DeviceFacts,
  deviceOf,
  type Facts,
  refuse,
  warn,
} from './facts.js';
import type { FileTree } from './tree.js';

const MEMORY = 'sys/devices/system/memory';
const DEVICES = 'sys/bus/dax/devices';
const DRIVERS = 'sys/bus/dax/drivers';

export const POLICIES: readonly OnlinePolicy[] = [
  'offline',
  'online',
  'online_kernel',
  'online_movable',
];

interface Value {
  readonly text: string;
  readonly place: Place;
}

function valueAt(tree: FileTree, path: string): Value | null {
  const text = tree.read(path);
  if (text === null) return null;
  return { text: text.trim(), place: { file: tree.shown(path), line: 1, column: 1 } };
}

/** A number in hex with or without 0x, or in decimal; null (with a fault) when it is none. */
function numberAt(facts: Facts, tree: FileTree, path: string, base: 'hex' | 'c'): bigint | null {
  const value = valueAt(tree, path);
  // An empty file is what an archive keeps of one that could not be read.
  if (value === null || value.text === '') return null;
  const { text, place } = value;
  if (base === 'hex' && /^[0-9a-fA-F]{1,16}$/.test(text)) return BigInt(`0x${text}`);
  if (/^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text) && BigInt(text) < 1n << 64n) {
    return BigInt(text);
  }
  refuse(facts, 'DAX509', place, `found \`${text.slice(0, 40)}\``, { expected: 'a number' });
  return null;
}

function readBlock(tree: FileTree, folder: string, range: Range): BlockRun {
  const node = tree.names(folder).find((name) => /^node[0-9]{1,4}$/.test(name));
  return {
    ...range,
    state: valueAt(tree, `${folder}/state`)?.text ?? '',
    zones: valueAt(tree, `${folder}/valid_zones`)?.text ?? null,
    node: node === undefined ? null : Number(node.slice('node'.length)),
    place: { file: tree.shown(`${folder}/state`), line: 1, column: 1 },
  };
}

const isLike = (left: BlockRun, right: BlockRun): boolean =>
  left.end + 1n === right.start &&
  left.state === right.state &&
  left.zones === right.zones &&
  left.node === right.node;

function readBlocks(facts: Facts, tree: FileTree): void {
  const path = `${MEMORY}/block_size_bytes`;
  const size = numberAt(facts, tree, path, 'hex');
  if (size === null || size === 0n) return;
  addBlockSize(facts, size, { file: tree.shown(path), line: 1, column: 1 });
  const indices = tree
    .names(MEMORY)
    .flatMap((name) => (/^memory[0-9]{1,9}$/.test(name) ? [Number(name.slice(6))] : []))
    .sort((left, right) => left - right);
  let run = null as BlockRun | null;
  for (const index of indices) {
    const start = BigInt(index) * size;
    const block = readBlock(tree, `${MEMORY}/memory${index}`, { start, end: start + size - 1n });
    if (run !== null && isLike(run, block)) run = { ...run, end: block.end };
    else {
      if (run !== null) facts.blocks.push(run);
      run = block;
    }
  }
  if (run !== null) facts.blocks.push(run);
}

function readPolicy(facts: Facts, tree: FileTree): void {
  const found = valueAt(tree, `${MEMORY}/auto_online_blocks`);
  if (found === null || found.text === '') return;
  const policy = POLICIES.find((name) => name === found.text);
  if (policy !== undefined) facts.policies.push({ value: policy, place: found.place });
  else {
    const expected = POLICIES.join(', ');
    refuse(facts, 'DAX509', found.place, `found \`${found.text.slice(0, 40)}\``, { expected });
  }
}

function readParameter(facts: Facts, tree: FileTree): void {
  const path = 'sys/module/memory_hotplug/parameters/memmap_on_memory';
  const found = valueAt(tree, path);
  if (found === null || found.text === '') return;
  facts.memmapOnMemory.push({ value: !/^(N|n|0)/.test(found.text), place: found.place });
}

const DRIVER_NAMES: readonly DriverName[] = ['kmem', 'device_dax', 'fsdev_dax'];

function driverOf(tree: FileTree, name: string): { value: DriverName | null; place: Place } | null {
  if (tree.names(DRIVERS).length === 0) return null;
  const value = DRIVER_NAMES.find((driver) => tree.names(`${DRIVERS}/${driver}`).includes(name));
  const file = tree.shown(value === undefined ? DRIVERS : `${DRIVERS}/${value}/${name}`);
  return { value: value ?? null, place: { file, line: 1, column: 1 } };
}

/** Ranges of a device: its mappings, its resource and size, or those of the pmem device above. */
function readRanges(facts: Facts, tree: FileTree, device: DeviceFacts, folder: string): void {
  const mappings = tree.names(folder).filter((name) => /^mapping[0-9]+$/.test(name));
  const ranges: Range[] = [];
  for (const mapping of mappings) {
    const start = numberAt(facts, tree, `${folder}/${mapping}/start`, 'c');
    const end = numberAt(facts, tree, `${folder}/${mapping}/end`, 'c');
    if (start !== null && end !== null && start <= end) ranges.push({ start, end });
  }
  const size = numberAt(facts, tree, `${folder}/size`, 'c');
  const sizePath = { file: tree.shown(`${folder}/size`), line: 1, column: 1 };
  if (size !== null) device.sizes.push({ value: { low: size, high: size }, place: sizePath });
  if (ranges.length > 0 && ranges.length === mappings.length) {
    const sorted = ranges.sort((left, right) => (left.start < right.start ? -1 : 1));
    const file = tree.shown(`${folder}/${mappings[0]}/start`);
    device.ranges.push({ value: sorted, place: { file, line: 1, column: 1 } });
    return;
  }
  const above = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
  for (const path of [`${folder}/resource`, `${above}/resource`]) {
    const start = numberAt(facts, tree, path, 'c');
    // Readers other than root see zero.
    if (start === null || start === 0n || size === null || size === 0n) continue;
    const place = { file: tree.shown(path), line: 1, column: 1 };
    device.ranges.push({ value: [{ start, end: start + size - 1n }], place });
    return;
  }
}

function readDevice(facts: Facts, tree: FileTree, name: string): void {
  const folder = tree.real(`${DEVICES}/${name}`);
  if (folder === null) return;
  const size = numberAt(facts, tree, `${folder}/size`, 'c');
  // A device of no bytes is the seed that waits for the next create.
  if (size === 0n) return;
  const device = deviceOf(facts, name);
  readRanges(facts, tree, device, folder);
  const node = valueAt(tree, `${folder}/target_node`);
  if (node !== null && /^-?[0-9]{1,9}$/.test(node.text)) {
    addNode(facts, device, Number(node.text), node.place);
  }
  const above = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
  const align =
    numberAt(facts, tree, `${folder}/align`, 'c') ?? numberAt(facts, tree, `${above}/align`, 'c');
  const place = { file: tree.shown(folder), line: 1, column: 1 };
  if (align !== null) addAlign(facts, device, align, place);
  const driver = driverOf(tree, name);
  if (driver !== null) device.drivers.push(driver);
  if (/\/ndbus/.test(folder)) device.kinds.push({ value: 'static', place });
  else if (/\/(hmem\.|ACPI0017|dax_region)/.test(folder)) {
    device.kinds.push({ value: 'dynamic', place });
  }
  const namespace = valueAt(tree, `${above}/namespace`);
  if (namespace !== null && /^namespace[0-9]+\.[0-9]+$/.test(namespace.text)) {
    device.namespaces.push({ value: namespace.text, place: namespace.place });
  }
}

/** Reads what a tree that holds `sys` tells. */
export function readSysfs(tree: FileTree, facts: Facts): void {
  readBlocks(facts, tree);
  readPolicy(facts, tree);
  readParameter(facts, tree);
  const names = tree.names(DEVICES).filter((name) => DEVICE_PATTERN.test(name));
  for (const name of names) readDevice(facts, tree, name);
  const hasMemory = tree.names(MEMORY).length > 0;
  if (!hasMemory && names.length === 0) {
    const place = { file: tree.shown('sys'), line: 1, column: 1 };
    const taken = 'nothing is taken from it';
    warn(facts, 'DAX502', place, `found neither ${MEMORY} nor ${DEVICES}`, { taken });
  }
}
