/**
 * What `daxctl list`, `ndctl list` and `cxl list` print, in every dialect since v65: with and
 * without -u, one object or an array of them, devices alone, below a daxregion, or below a
 * namespace.
 *
 * An object is known by its keys and not by the tool that printed it, so that one reader takes the
 * output of every command.
 * Source: ndctl util/json.c, daxctl/json.c, cxl/json.c, v65 to v81.
 */

import type { DriverName, Place, Range } from '../model/model.js';
import { overlaps } from '../model/quantity.js';
import { DEVICE_PATTERN } from '../model/schema.js';
import { shownPlace } from './agree.js';
import {
  addAlign,
  addNode,
  type DeviceFacts,
  deviceOf,
  type Facts,
  refuse,
  type Size,
  warn,
} from './facts.js';
import { type JsonObject, type JsonValue, readJson } from './jsonText.js';
import { parseHumanSize } from './size.js';

const ADDRESS_LIMIT = 1n << 64n;

const DRIVERS: ReadonlyMap<string, DriverName> = new Map([
  ['devdax', 'device_dax'],
  ['system-ram', 'kmem'],
  ['famfs', 'fsdev_dax'],
]);

const asObject = (value: JsonValue | undefined): JsonObject | null =>
  value?.kind === 'object' ? value : null;

const itemsOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  value?.kind === 'array' ? value.items : [];

const textOf = (value: JsonValue | undefined): string | null =>
  value?.kind === 'string' ? value.text : null;

/** Reads a size in bytes or for people; a fault or a warning where it is neither. */
function sizeOf(facts: Facts, value: JsonValue | undefined, key: string): Size | null {
  if (value === undefined) return null;
  if (value.kind === 'number' && /^[0-9]+$/.test(value.text)) {
    const bytes = BigInt(value.text);
    if (bytes < ADDRESS_LIMIT) return { low: bytes, high: bytes };
  }
  if (value.kind === 'string') {
    const size = /^[0-9]{1,20}$/.test(value.text)
      ? { low: BigInt(value.text), high: BigInt(value.text) }
      : parseHumanSize(value.text);
    if (size !== null && size.low !== size.high) {
      const message = `\`${key}\` is \`${value.text}\`: rounded for people`;
      warn(facts, 'DAX503', value.place, message);
    }
    if (size !== null) return size;
  }
  const text = 'text' in value ? value.text.slice(0, 40) : value.kind;
  const expected = 'bytes, or a size as -u prints it';
  refuse(facts, 'DAX509', value.place, `\`${key}\` is \`${text}\``, { expected });
  return null;
}

/** Reads an address: a number, or hex in a string. */
function addressOf(facts: Facts, value: JsonValue | undefined, key: string): bigint | null {
  if (value === undefined) return null;
  const text = value.kind === 'number' || value.kind === 'string' ? value.text : '';
  if (/^[0-9]{1,20}$|^0x[0-9a-fA-F]{1,16}$/.test(text)) {
    const address = BigInt(text);
    if (address < ADDRESS_LIMIT) return address;
  }
  const expected = 'an address of 64 bits';
  refuse(facts, 'DAX509', value.place, `\`${key}\` is \`${text.slice(0, 40)}\``, { expected });
  return null;
}

/** Reads a whole number that fits; null (with a fault) where it is none. */
function countOf(facts: Facts, value: JsonValue | undefined, key: string): number | null {
  if (value === undefined) return null;
  const text = value.kind === 'number' ? value.text : '';
  if (/^-?[0-9]{1,9}$/.test(text)) return Number(text);
  refuse(facts, 'DAX509', value.place, `\`${key}\` is no whole number`, {
    expected: 'a number as the tool prints it',
  });
  return null;
}

/** `numa_node` is what target_node was called before it was released. */
function readNode(facts: Facts, device: DeviceFacts, object: JsonObject): void {
  const early = object.members.get('numa_node');
  const value = object.members.get('target_node') ?? early;
  const node = countOf(facts, value, 'target_node');
  const mode = object.members.get('mode');
  // Both keys are of v66; what is memory has a node, whatever was left out.
  if (value === undefined && mode !== undefined && textOf(mode) !== 'system-ram') {
    device.nodeless.push({ value: null, place: mode.place });
  }
  if (node === null || value === undefined) return;
  if (value === early) {
    warn(facts, 'DAX507', value.place, '`numa_node` of a daxctl that was never released', {
      taken: '`target_node`',
    });
  }
  addNode(facts, device, node, value.place);
}

function readDriver(facts: Facts, device: DeviceFacts, object: JsonObject): void {
  const mode = object.members.get('mode');
  const state = object.members.get('state');
  if (textOf(state) === 'disabled' && state !== undefined) {
    device.drivers.push({ value: null, place: state.place });
    return;
  }
  if (mode === undefined) return;
  const driver = DRIVERS.get(textOf(mode) ?? '');
  if (driver === undefined) {
    refuse(facts, 'DAX509', mode.place, `\`mode\` is \`${textOf(mode) ?? mode.kind}\``, {
      expected: 'devdax, system-ram or famfs',
    });
    return;
  }
  device.drivers.push({ value: driver, place: mode.place });
}

function readMappings(facts: Facts, device: DeviceFacts, value: JsonValue | undefined): void {
  const ranges: Range[] = [];
  const places: Place[] = [];
  for (const item of itemsOf(value)) {
    const object = asObject(item);
    const start = addressOf(facts, object?.members.get('start'), 'start');
    const end = addressOf(facts, object?.members.get('end'), 'end');
    if (start === null || end === null) return;
    if (end < start) {
      const expected = 'an end that is not before the start';
      refuse(facts, 'DAX509', item.place, 'a mapping ends before it starts', { expected });
      return;
    }
    const before = places[ranges.findIndex((range) => overlaps(range, { start, end }))];
    if (before !== undefined) {
      const message = `a mapping of ${device.name} overlaps that in ${shownPlace(before)}`;
      refuse(facts, 'DAX510', item.place, message);
      return;
    }
    ranges.push({ start, end });
    places.push(item.place);
  }
  if (value === undefined || ranges.length === 0) return;
  const sorted = ranges.sort((left, right) => (left.start < right.start ? -1 : 1));
  device.ranges.push({ value: sorted, place: value.place });
}

function readDevice(facts: Facts, object: JsonObject): string | null {
  const chardev = object.members.get('chardev');
  const name = textOf(chardev);
  if (chardev === undefined || name === null || !DEVICE_PATTERN.test(name)) {
    const place = chardev?.place ?? object.place;
    refuse(facts, 'DAX509', place, `\`${name ?? '?'}\` is no dax device`, {
      expected: 'a name such as dax0.0',
    });
    return null;
  }
  const size = sizeOf(facts, object.members.get('size'), 'size');
  // A device of no bytes is the seed that waits for the next create.
  if (size?.high === 0n) return null;
  const device = deviceOf(facts, name);
  if (size !== null) device.sizes.push({ value: size, place: placeOf(object, 'size') });
  const align = sizeOf(facts, object.members.get('align'), 'align');
  if (align !== null && align.low === align.high) {
    addAlign(facts, device, align.low, placeOf(object, 'align'));
  }
  readNode(facts, device, object);
  readDriver(facts, device, object);
  readMappings(facts, device, object.members.get('mappings'));
  for (const [key, into] of [
    ['online_memblocks', device.onlineBlocks],
    ['total_memblocks', device.totalBlocks],
  ] as const) {
    const count = countOf(facts, object.members.get(key), key);
    if (count !== null) into.push({ value: count, place: placeOf(object, key) });
  }
  const movable = object.members.get('movable');
  if (movable?.kind === 'word' && movable.text !== 'null') {
    device.movable.push({ value: movable.text === 'true', place: movable.place });
  }
  return name;
}

const placeOf = (object: JsonObject, key: string): Place =>
  object.members.get(key)?.place ?? object.place;

function readRegion(facts: Facts, object: JsonObject, place: Place, isOfNamespace: boolean): void {
  const id = countOf(facts, object.members.get('id'), 'id') ?? 0;
  const path = textOf(object.members.get('path'));
  const size = sizeOf(facts, object.members.get('size'), 'size');
  const devices: string[] = [];
  const listed = object.members.get('devices');
  for (const item of itemsOf(listed)) {
    const device = asObject(item);
    const name = device === null ? null : readDevice(facts, device);
    if (name !== null) devices.push(name);
  }
  if (isOfNamespace && listed === undefined) {
    const message = 'the dax region of this namespace has no device: adding one may have failed';
    warn(facts, 'DAX508', place, message);
  }
  const isStatic = isOfNamespace || path?.includes('ndbus') === true;
  const isDynamic = path !== null && /hmem|cxl|ACPI0017|dax_region/i.test(path);
  if (isStatic || isDynamic) {
    const value = isStatic ? 'static' : 'dynamic';
    for (const name of devices) deviceOf(facts, name).kinds.push({ value, place });
  }
  facts.regions.push({ id, path, size, devices, place });
}

/** Sizes that say something of the machine, but of none of its dax devices: looked at for -u. */
const SIZE_KEYS = ['size', 'available_size', 'max_available_extent', 'pmem_size'] as const;

function readNamespace(facts: Facts, object: JsonObject): void {
  const dev = object.members.get('dev');
  facts.namespaces.push({ value: textOf(dev) ?? '', place: placeOf(object, 'dev') });
  sizeOf(facts, object.members.get('size'), 'size');
  const region = object.members.get('daxregion');
  const inside = asObject(region);
  if (inside !== null && region !== undefined) {
    readRegion(facts, inside, region.place, true);
    for (const item of itemsOf(inside.members.get('devices'))) {
      nameNamespace(facts, textOf(asObject(item)?.members.get('chardev')), dev);
    }
  }
  const chardev = textOf(object.members.get('chardev'));
  if (chardev === null || !DEVICE_PATTERN.test(chardev)) return;
  const device = deviceOf(facts, chardev);
  device.kinds.push({ value: 'static', place: placeOf(object, 'chardev') });
  nameNamespace(facts, chardev, dev);
}

function nameNamespace(facts: Facts, device: string | null, dev: JsonValue | undefined): void {
  const name = textOf(dev);
  if (device === null || name === null || dev === undefined) return;
  if (facts.devices.has(device)) {
    deviceOf(facts, device).namespaces.push({ value: name, place: dev.place });
  }
}

function readCxlRegion(facts: Facts, object: JsonObject): void {
  const name = textOf(object.members.get('region')) ?? '';
  const size = sizeOf(facts, object.members.get('size'), 'size');
  const start = addressOf(facts, object.members.get('resource'), 'resource');
  if (start !== null && size !== null && size.low === size.high && size.low > 0n) {
    facts.cxlRegions.push({ name, start, end: start + size.low - 1n, place: object.place });
  }
  const region = object.members.get('daxregion');
  const inside = asObject(region);
  if (inside === null || region === undefined) return;
  readRegion(facts, inside, region.place, false);
  for (const item of itemsOf(inside.members.get('devices'))) {
    const name = textOf(asObject(item)?.members.get('chardev'));
    if (name === null || !facts.devices.has(name)) continue;
    deviceOf(facts, name).kinds.push({ value: 'dynamic', place: region.place });
  }
}

/** Groups and buses: what is inside counts. */
const CONTAINERS = /^(regions|memdevs|buses|ports|decoders|namespaces|dimms|endpoints)(:.*)?$/;

function readObject(facts: Facts, object: JsonObject): boolean {
  const { members } = object;
  const dev = textOf(members.get('dev'));
  if (dev?.startsWith('namespace') === true) readNamespace(facts, object);
  else if (members.has('chardev')) readDevice(facts, object);
  else if (members.has('region') && members.has('size')) readCxlRegion(facts, object);
  else if (members.has('id') && (members.has('size') || members.has('devices'))) {
    readRegion(facts, object, object.place, false);
  } else if (dev !== null || members.has('memdev') || members.has('provider')) {
    for (const key of SIZE_KEYS) {
      const value = members.get(key);
      // The largest free extent of some kernels is a negative number, and says nothing.
      if (value?.kind !== 'number') sizeOf(facts, value, key);
    }
  } else if (![...members.keys()].some((key) => CONTAINERS.test(key))) return false;
  for (const [key, value] of members) {
    if (!CONTAINERS.test(key)) continue;
    for (const item of itemsOf(value)) readItem(facts, item);
  }
  return true;
}

function readItem(facts: Facts, value: JsonValue): void {
  const object = asObject(value);
  if (object !== null && readObject(facts, object)) return;
  refuse(facts, 'DAX504', value.place, 'found an item that no list command prints');
}

/** Reads the output of a list command. */
export function readToolList(text: string, file: string, facts: Facts): void {
  for (const value of readJson(text, file, facts)) {
    if (value.kind === 'array') for (const item of value.items) readItem(facts, item);
    else readItem(facts, value);
  }
}
