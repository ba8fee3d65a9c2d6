/**
 * What ndctl and cxl do beneath a dax device, and what they look at before.
 *
 * Source: pmem/ndctl ndctl/lib/libndctl.c ndctl_namespace_disable_safe(), ndctl/namespace.c
 * namespace_prep_reconfig(), namespace_reconfig(), do_xaction_namespace(); cxl/region.c
 * disable_region(), v81. Simplified: labels and info blocks are written by no step.
 */
import type { Invocation } from '../sh/command.js';
import { type Context, withStatus } from '../sh/context.js';
import type { Environment } from '../sh/environment.js';
import type { UniverseDevice, UniverseRegion } from '../universe.js';
import { featuresOf } from './command.js';
import { askMemory } from './libdaxctl.js';
import { askNoneOnline, countOnline, offlineBlocks } from './memory.js';
import {
  EBUSY,
  jump,
  label,
  look,
  mark,
  type Outcome,
  put,
  type Tool,
  tell,
  unless,
  when,
} from './tool.js';

/** What is done to a namespace. */
export type NamespaceVerb = 'disable' | 'enable' | 'destroy' | 'create';

interface NamespaceCommand {
  readonly verb: NamespaceVerb;
  readonly force: boolean;
  readonly regions: readonly UniverseRegion[];
}

const NO_OPTIONS = {
  mode: null,
  online: true,
  movable: true,
  force: false,
  size: null,
  align: null,
} as const;

/** Tool records for the devices of a region; `end` ends what is done to the region. */
function toolsOf(
  context: Context,
  call: Invocation,
  region: UniverseRegion,
  end: (outcome: Outcome) => void,
): readonly Tool[] {
  const features = featuresOf(context.universe);
  const base = { context, at: call.at, name: call.name, features, options: NO_OPTIONS, end };
  const own = context.universe.devices.filter((device) => device.region === region.name);
  return own.map((device: UniverseDevice) => ({ ...base, device }));
}

function setStatus(tool: Pick<Tool, 'context' | 'at'>, outcome: Outcome): void {
  if (outcome === 'errno') put(tool, { op: 'negate' });
  else put(tool, { op: 'status', value: outcome <= 1 ? outcome : 256 - outcome });
}

/**
 * Ends where memory of the device is online. Source: ndctl_dax_has_active_memory(): the look at the
 * blocks and what is done then are two steps.
 */
function refuseActiveMemory(tool: Tool): void {
  if (!tool.features.has('active-memory-check')) return;
  const idle = label(tool);
  askMemory(tool);
  unless(tool, idle);
  countOnline(tool);
  askNoneOnline(tool);
  when(tool, idle);
  tell(tool, 'active as system-ram, refusing to disable');
  tool.end(EBUSY);
  mark(tool, idle);
}

/** Unbinds the namespace's driver, or binds it. What disabling answers is not looked at. */
function change(tool: Tool, verb: 'enable' | 'disable', region: UniverseRegion): void {
  const text = `ndctl ${verb}-namespace ${region.namespace ?? region.name}`;
  put(tool, { op: 'namespace', verb, region: region.name }, text);
}

/** Compiles ndctl disable-, enable-, destroy- and create-namespace. */
export function compileNamespace(
  context: Context,
  call: Invocation,
  { verb, force, regions }: NamespaceCommand,
): Environment {
  for (const region of regions) {
    const place = { context, at: call.at };
    const next = context.builder.label();
    const end = (outcome: Outcome): void => {
      setStatus(place, outcome);
      put(place, { op: 'jump', to: next });
    };
    const [tool, ...others] = toolsOf(context, call, region, end);
    if (tool !== undefined) {
      if (verb !== 'enable') prepare([tool, ...others], region, { verb, force });
      if (verb === 'create' || verb === 'enable') change(tool, 'enable', region);
      if (verb === 'disable' || verb === 'destroy') setStatus(place, 0);
    }
    context.builder.mark(next);
  }
  return withStatus(call.env, 'runtime');
}

/** Makes sure that nobody uses the namespace, and disables it. */
function prepare(
  tools: readonly Tool[],
  region: UniverseRegion,
  { verb, force }: Pick<NamespaceCommand, 'verb' | 'force'>,
): void {
  const [first] = tools;
  if (first === undefined) return;
  if (verb !== 'disable' && !force) {
    const inactive = label(first);
    look(first, { kind: 'device-directory', device: first.device.name });
    unless(first, inactive);
    tell(first, 'namespace is active, specify --force for re-configuration');
    first.end(EBUSY);
    mark(first, inactive);
  }
  for (const tool of tools) refuseActiveMemory(tool);
  change(first, 'disable', region);
}

interface RegionCommand {
  readonly force: boolean;
  readonly region: UniverseRegion;
}

/**
 * What cxl destroy-region --force does first, since v79: memory of the region that is online is
 * taken offline; where that fails it goes on.
 */
export function offlineBefore(context: Context, call: Invocation, name: string): void {
  const region = context.universe.regions.find((each) => each.name === `dax_${name}`);
  if (region === undefined) return;
  for (const tool of toolsOf(context, call, region, () => undefined)) {
    if (!tool.features.has('region-offline')) continue;
    const passed = label(tool);
    const skip = (): void => jump(tool, passed);
    askMemory(tool);
    unless(tool, passed);
    offlineBlocks({ ...tool, end: skip }, skip);
    mark(tool, passed);
  }
}

/**
 * Compiles cxl disable-region: memory that is online is taken offline first, since v79; where that
 * fails, only --force goes on.
 */
export function compileRegionDisable(
  context: Context,
  call: Invocation,
  { force, region }: RegionCommand,
): Environment {
  const place = { context, at: call.at };
  const done = context.builder.label();
  const fail = (): void => {
    put(place, { op: 'status', value: 1 });
    put(place, { op: 'jump', to: done });
  };
  for (const tool of toolsOf(context, call, region, fail)) {
    if (!tool.features.has('region-offline')) continue;
    const passed = label(tool);
    const memory = label(tool);
    const forced = (): void => (force ? jump(tool, passed) : fail());
    askMemory(tool);
    when(tool, memory);
    if (tool.features.has('region-devdax')) jump(tool, passed);
    else fail();
    mark(tool, memory);
    offlineBlocks({ ...tool, end: forced }, () => jump(tool, passed));
    mark(tool, passed);
  }
  put(
    place,
    {
      op: 'write',
      file: { kind: 'provider', driver: 'cxl_dax_region', attr: 'unbind' },
      value: { kind: 'constant', text: region.name },
    },
    `echo ${region.name} > /sys/bus/cxl/drivers/cxl_dax_region/unbind # cxl`,
  );
  context.builder.mark(done);
  return withStatus(call.env, 'runtime');
}
