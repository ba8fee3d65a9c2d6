/**
 * The kernel's messages and uevents in words, with the addresses of the objects that they speak of.
 */
import {
  EVENT_ADD,
  EVENT_BIND,
  EVENT_CHANGE,
  EVENT_OFFLINE,
  EVENT_ONLINE,
  EVENT_REMOVE,
  EVENT_UNBIND,
  Message,
  Publication,
} from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';
import { compareReleases } from '../kernel/releases.js';
import type { Range } from '../model/model.js';
import { alignDown, alignUp } from '../model/quantity.js';
import type { MachineView } from './trace.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function usable({ start, end }: Range, block: bigint): Range {
  const first = alignUp(start, block);
  return { start: first, end: alignDown(end + 1n, block) - 1n };
}

const span = ({ start, end }: Range): string => `${hex(start)}-${hex(end)}`;

/** An address as the kernel's %pa prints it. */
const wide = (value: bigint): string => `0x${value.toString(16).padStart(16, '0')}`;

const wrapped = (value: bigint): bigint => BigInt.asUintN(64, value);

/** What v5.1 asks for, with the kernel's wraparound; its end is the address after the last. */
function asked({ start, end }: Range, block: bigint): Range {
  const first = alignUp(start, block);
  const size = wrapped(end - start + 1n - (first - start));
  return { start: first, end: wrapped(first + size - (size % block)) };
}

/** The first memory block in a range that is not offline, as the refusal to remove names it. */
function onlined(machine: MachineView, { start, end }: Range, block: bigint): Range {
  const found = machine.blocks.find(({ index, state }) => {
    const first = BigInt(index) * block;
    return state !== 'offline' && first >= start && first <= end;
  });
  const first = BigInt(found?.index ?? 0) * block;
  return { start: first, end: first + block - 1n };
}

/** Text of a message of drivers/dax from v7.1 on. Source: drivers/dax/kmem.c, super.c, v7.3. */
function laterText(message: Message, name: string, errno: number): string {
  if (message === Message.NullOperations)
    return `BUG: kernel NULL pointer dereference in dax_holder_notify_failure() of ${name}`;
  return message === Message.StuckOnline
    ? `kmem ${name}: Hotplug regions stuck online until reboot`
    : `kmem ${name}: hotremove failed, device left online: -${errno}`;
}

/** Drivers by their numbers. */
const DRIVERS = ['', 'device_dax', 'kmem', '', 'fsdev_dax'];

/**
 * A probe that failed: up to v6.8 a line of the driver, from v6.9 on one of the device.
 * Source: drivers/base/dd.c call_driver_probe(), v6.8 and v6.12.
 */
function probeFailed(driver: string, name: string, errno: number, scenario: ScenarioWords): string {
  const error = `failed with error -${errno}`;
  return compareReleases(scenario.model.kernel.release, 'v6.9') >= 0
    ? `${driver} ${name}: probe with driver ${driver} ${error}`
    : `${driver}: probe of ${name} ${error}`;
}

/**
 * Text of a kernel message. Source: drivers/dax/kmem.c, drivers/dax/device.c,
 * mm/memory_hotplug.c, kernel/resource.c, v5.1 and v6.12.
 */
export function messageText(
  message: Message,
  object: number,
  range: number,
  machine: MachineView,
  scenario: ScenarioWords,
): string {
  const device = machine.devices[object];
  const name = device?.name ?? '?';
  const full = device?.ranges[range] ?? { start: 0n, end: 0n };
  const block = scenario.model.machine.blockSize;
  const kmem = span(usable(full, block));
  const multi = scenario.kernel.features.has('multi-range');
  const mapping = `kmem ${name}: mapping${range}: `;
  switch (message) {
    case Message.HmemClaimFailed:
    case Message.HmemAlreadyClaimed:
    case Message.CxlCannotInsert:
    case Message.RegionProbeFailed:
    case Message.NullRegion:
    case Message.CxlPortNotEnabled:
    case Message.NdDeletedTwice:
    case Message.NdParentFreed:
      return beneathText(message, object, range, scenario);
    case Message.CouldNotReserveRange:
      return multi
        ? `device_dax ${name}: mapping${range}: ${span(full)} could not reserve range`
        : `device_dax ${name}: could not reserve region [mem ${span(full)}]`;
    case Message.CouldNotReserveRegion: {
      if (multi) return `${mapping}${kmem} could not reserve region`;
      const { start, end } = asked(full, block);
      return `kmem ${name}: could not reserve region [${wide(start)}-${wide(end)}]`;
    }
    case Message.CannotBeHotremoved:
      if (scenario.kernel.features.has('kmem-state'))
        return `${mapping}${kmem} stuck online until reboot`;
      return multi
        ? `${mapping}${kmem} cannot be hotremoved until the next reboot`
        : `kmem ${name}: DAX region [mem ${kmem}] cannot be hotremoved until the next reboot`;
    case Message.RemoveFailedOnlined: {
      const { start, end } = onlined(machine, usable(full, block), block);
      return `removing memory fails, because memory [${wide(start)}-${wide(end)}] is onlined`;
    }
    case Message.RejectedNode:
      return multi
        ? `kmem ${name}: rejecting DAX region with invalid node: -1`
        : `kmem ${name}: rejecting DAX region [mem ${span(full)}] with invalid node: -1`;
    case Message.RejectedEmpty:
      return `kmem ${name}: rejecting DAX region without any memory after alignment`;
    case Message.TooSmall:
      return `${mapping}${span(full)} too small after alignment`;
    case Message.AddMemoryFailed:
      return `${mapping}${kmem} memory add failed`;
    case Message.NonexistentResource:
      return `resource: Trying to free nonexistent resource <${span(full)}>`;
    case Message.HotremoveFailed:
    case Message.NullOperations:
    case Message.StuckOnline:
      return laterText(message, name, range);
    case Message.ProbeFailed:
      return probeFailed(DRIVERS[range >> 8] ?? '?', name, range & 0xff, scenario);
    case Message.PageMapLeft:
      return `${DRIVERS[range] ?? '?'} ${name}: dynamic-dax with pre-populated page map`;
    case Message.NullDereference:
      return [
        'BUG: kernel NULL pointer dereference in dev_dax_kmem_remove()',
        `of ${name}, mapping${range}`,
      ].join(' ');
  }
}

/**
 * Text of a message about a range that the firmware names. Source: drivers/base/platform.c
 * platform_device_add(); drivers/dax/hmem/device.c hmem_register_one(), v5.10;
 * drivers/cxl/core/region.c construct_region(); drivers/base/dd.c, v6.12.
 */
function beneathText(
  message: Message,
  index: number,
  errno: number,
  scenario: ScenarioWords,
): string {
  const publication = scenario.plan.publications[index];
  const name = publication?.name ?? '?';
  const memory = `[mem ${span(publication ?? { start: 0n, end: 0n })}]`;
  switch (message) {
    case Message.HmemClaimFailed:
      return `platform ${name}: failed to claim resource 0: ${memory}`;
    case Message.HmemAlreadyClaimed:
      return `HMEM: skip ${memory}, already claimed`;
    case Message.CxlPortNotEnabled:
      return 'cxl_mem mem0: CXL port topology port1 not enabled';
    case Message.NullRegion:
      return 'BUG: kernel NULL pointer dereference in cxl_region_perf_attrs_callback()';
    case Message.NdDeletedTwice:
      return 'BUG: kernel NULL pointer dereference in klist_put(), of device_del()';
    case Message.NdParentFreed:
      return 'BUG: KASAN: use-after-free in nd_async_device_register()';
    case Message.CxlCannotInsert:
      return `construct_region: ${name} cannot insert resource`;
    default: {
      const isCxl = publication?.kind === Publication.CxlRegion;
      const driver = isCxl ? 'cxl_dax_region' : 'hmem';
      const device = isCxl ? (publication.region ?? '?') : name;
      return probeFailed(driver, device, errno, scenario);
    }
  }
}

const ACTIONS: readonly (readonly [number, string])[] = [
  [EVENT_ADD, 'add'],
  [EVENT_REMOVE, 'remove'],
  [EVENT_CHANGE, 'change'],
  [EVENT_ONLINE, 'online'],
  [EVENT_OFFLINE, 'offline'],
  [EVENT_BIND, 'bind'],
  [EVENT_UNBIND, 'unbind'],
];

/**
 * A uevent in udev's own words: the kernel sends it (kind 0 a memory block's, 1 a dax device's), or
 * udev takes it up (2 and 3).
 */
export function ueventText(
  kind: number,
  object: number,
  action: number,
  scenario: ScenarioWords,
): string {
  const verb = ACTIONS.find(([bit]) => bit === action)?.[1] ?? '?';
  const path =
    kind % 2 === 0
      ? `/devices/system/memory/memory${scenario.plan.blocks[object]?.index ?? '?'} (memory)`
      : `/bus/dax/devices/${scenario.plan.devices[object]?.name ?? '?'} (dax)`;
  return kind < 2 ? `${verb} ${path}` : `udev handles: ${verb} ${path}`;
}
