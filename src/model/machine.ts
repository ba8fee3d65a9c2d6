/**
 * Builds the machine of a model: the state at boot, before a dax driver claims anything.
 */
import { diagnose } from '../errors.js';
import {
  BLOCK_BYTES_MAX,
  BLOCK_BYTES_MIN,
  endOfRamBytes,
  memoryBlockSizeBytes,
  windowsIn,
} from './blockSize.js';
import { type Context, fileAt, report, sizeAt, textAt } from './context.js';
import { buildFirmware, checkPublished } from './firmware.js';
import { parseIomem } from './iomem.js';
import { checkMachine } from './machineChecks.js';
import type { DaxRegion, IomemNode, Machine, Range } from './model.js';
import { formatSize, isPowerOfTwo } from './quantity.js';
import { buildLayout, type Layout } from './regions.js';
import type { MachineFile } from './schema.js';

/** What mm/memory_hotplug.c has when no boot option says otherwise. */
const AUTO_MOVABLE_RATIO = 301;

const DRIVERS = ['device_dax', 'kmem', 'fsdev_dax'] as const;

/** What systemd-detect-virt prints; a guest that is not named is one of KVM. */
function virtOf({ hypervisor = false }: MachineFile): string {
  if (typeof hypervisor === 'string') return hypervisor;
  return hypervisor ? 'kvm' : 'none';
}

/** Builds the machine and checks its parts against each other; `release` such as v5.1. */
export function buildMachine(context: Context, written: MachineFile, release: string): Machine {
  const policy = written.auto_online_blocks ?? 'offline';
  const memoryLimit = memoryLimitOf(context, written);
  const layout = buildLayout(context, written, policy);
  const listing = listingOf(context, written);
  const iomem = listing === null ? [] : withoutClaims(context, listing, layout);
  const firmware = buildFirmware(context, written);
  const machine: Machine = {
    blockSize: blockSizeOf(context, written, {
      release,
      endOfRam: listing === null ? null : endOfRamBytes(iomem, memoryLimit),
      windows: [...windowsIn(iomem), ...(firmware?.windows ?? [])],
    }),
    autoOnlineBlocks: policy,
    virt: virtOf(written),
    possibleNodes: written.possible_nodes ?? null,
    autoMovable: autoMovableOf(written),
    memmapOnMemory: written.memmap_on_memory ?? false,
    movableNode: written.movable_node ?? false,
    memoryLimit,
    iomem,
    ...layout,
    modules: {
      device_dax: written.modules?.device_dax ?? 'loaded',
      kmem: written.modules?.kmem ?? 'loaded',
      fsdev_dax: written.modules?.fsdev_dax ?? 'not-loaded',
    },
    ids: {
      device_dax: written.ids?.device_dax ?? [],
      kmem: written.ids?.kmem ?? [],
      fsdev_dax: written.ids?.fsdev_dax ?? [],
    },
    firmware,
  };
  checkIds(context, written);
  checkMachine(context, machine);
  checkPublished(context, machine);
  return machine;
}

function autoMovableOf(written: MachineFile): Machine['autoMovable'] {
  const { auto_movable: policy } = written;
  if (policy === undefined) return null;
  return { ratio: policy.ratio ?? AUTO_MOVABLE_RATIO, numaAware: policy.numa_aware ?? true };
}

function memoryLimitOf(context: Context, written: MachineFile): bigint | null {
  if (written.mem_limit === undefined) return null;
  const path = ['machine', 'mem_limit'];
  const bytes = sizeAt(context, written.mem_limit, path);
  if (bytes === 0n) {
    const values = { expected: 'mem= in bytes or a binary unit, or no such key' };
    report(context, 'DAX044', path, 'a machine without any memory does not boot', values);
  }
  return bytes;
}

function blockSizeOf(
  context: Context,
  written: MachineFile,
  boot: { release: string; endOfRam: bigint | null; windows: readonly Range[] },
): bigint {
  if (written.block_size === 'auto') {
    // A listing with faults says nothing of the end of RAM: those faults are enough.
    if (boot.endOfRam === null) return BLOCK_BYTES_MIN;
    if (boot.endOfRam === 0n) {
      const path = ['machine', 'block_size'];
      report(context, 'DAX023', path, '`auto` needs System RAM in the iomem listing, found none');
    }
    const hypervisor = virtOf(written) !== 'none';
    const { release, windows } = boot;
    return memoryBlockSizeBytes(boot.endOfRam, { hypervisor, release, windows });
  }
  const path = ['machine', 'block_size'];
  const bytes = sizeAt(context, written.block_size, path);
  if (isPowerOfTwo(bytes) && bytes >= BLOCK_BYTES_MIN && bytes <= BLOCK_BYTES_MAX) return bytes;
  const message = `a memory block cannot have ${formatSize(bytes)}`;
  report(context, 'DAX023', path, message);
  return BLOCK_BYTES_MIN;
}

/**
 * The listing, pasted or from a file: empty when there is none, null (with faults) when damaged.
 */
function listingOf(context: Context, written: MachineFile): readonly IomemNode[] | null {
  const pasted = ['machine', 'iomem'];
  const named = ['machine', 'iomem_file'];
  if (written.iomem !== undefined && written.iomem_file !== undefined) {
    const keys = '`iomem` and `iomem_file`';
    report(context, 'DAX017', context.source.keyPlaceOf(named), `found both ${keys}`, { keys });
  }
  const texts = [
    written.iomem === undefined ? null : textAt(context, pasted),
    written.iomem_file === undefined ? null : fileAt(context, written.iomem_file, named),
  ].filter((text) => text !== null);
  if (texts.length === 0) return hasListing(written) ? null : [];
  let nodes: readonly IomemNode[] | null = null;
  for (const text of texts) {
    const listing = parseIomem(text.text, text.place);
    context.faults.push(...listing.diagnostics);
    context.warnings.push(...listing.warnings);
    // Checking devices against a damaged listing would only echo its faults.
    nodes = listing.diagnostics.length === 0 ? listing.nodes : null;
  }
  return nodes;
}

function hasListing(written: MachineFile): boolean {
  return written.iomem !== undefined || written.iomem_file !== undefined;
}

/**
 * Leaves out what the model's own devices and namespaces claim, as in a listing of a running
 * machine.
 *
 * A device's node goes with all below it (its System RAM); a namespace's node leaves its children
 * behind.
 */
function withoutClaims(
  context: Context,
  nodes: readonly IomemNode[],
  layout: Layout,
): readonly IomemNode[] {
  const devices = new Set(layout.devices.map((device) => device.name));
  const namespaces = new Set(layout.regions.map(namespaceOf).filter((name) => name !== null));
  const visit = (node: IomemNode): readonly IomemNode[] => {
    const isDevice = devices.has(node.name);
    if (!isDevice && !namespaces.has(node.name)) {
      return [{ ...node, children: node.children.flatMap(visit) }];
    }
    const what = isDevice ? 'a device' : 'a namespace';
    const message = `\`${node.name}\` is ${what} of this model`;
    context.warnings.push(diagnose('DAX114', node.place, message));
    return isDevice ? [] : node.children.flatMap(visit);
  };
  return nodes.flatMap(visit);
}

function namespaceOf(region: DaxRegion): string | null {
  return region.namespace?.name ?? null;
}

function checkIds(context: Context, written: MachineFile): void {
  for (const driver of DRIVERS) {
    const ids = written.ids?.[driver] ?? [];
    for (const [index, id] of ids.entries()) {
      const first = ids.indexOf(id);
      if (first === index) continue;
      const { line, column } = context.source.placeOf(['machine', 'ids', driver, first]);
      const values = { place: `line ${line}, column ${column}` };
      const path = ['machine', 'ids', driver, index];
      report(context, 'DAX046', path, `${driver} has the id \`${id}\` twice`, values);
    }
  }
}
