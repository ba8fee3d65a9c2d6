/**
 * The recovery menu of the property `recoverable`: what a fresh administrator may do, one system
 * call each.
 *
 * Take each block offline; unbind from either driver; new_id, remove_id and bind on either driver;
 * create a CXL region again; enable a namespace again.
 */
import type { DriverName, Model, Place } from '../model/model.js';
import type { ActorProgram, Instruction, Program, SysfsFile } from '../userland/program.js';
import type { Plan } from './universe.js';

const DRIVERS: readonly DriverName[] = ['device_dax', 'kmem'];

function write(file: SysfsFile, value: string, path: string, place: Place): Program {
  const instruction: Instruction = {
    op: 'write',
    file,
    value: { kind: 'constant', text: value },
    place,
    text: `echo ${value} > ${path}`,
  };
  return { instructions: [instruction] };
}

type RegionDeed = 'create-region' | 'destroy-region' | 'enable-memdev';

function onRegion(deed: RegionDeed, region: string, name: string, place: Place): Program {
  const text = `cxl ${deed} ${name}`;
  return { instructions: [{ op: 'beneath', deed, first: false, region, place, text }] };
}

/**
 * CXL regions of the firmware's that can be set up anew. One whose memory device was disabled stays
 * behind without a target: the device is enabled again, and the region destroyed before.
 */
function createRegions(plan: Plan, place: Place): readonly Program[] {
  const { cxlRegions = [], cxlMemdevs = [] } = plan.universe;
  return [
    ...cxlRegions.map((region) => onRegion('create-region', region, region, place)),
    ...cxlMemdevs.flatMap(({ name, region }) => [
      onRegion('enable-memdev', region, name, place),
      onRegion('destroy-region', region, region, place),
    ]),
  ];
}

/** Namespaces that can be enabled again, with the dax devices on them. */
function enableNamespaces(plan: Plan, place: Place): readonly Program[] {
  return plan.universe.regions.flatMap(({ name, namespace }) =>
    namespace === null
      ? []
      : [
          {
            instructions: [
              {
                op: 'namespace',
                verb: 'enable',
                region: name,
                place,
                text: `ndctl enable-namespace ${namespace}`,
              },
            ],
          },
        ],
  );
}

/** Compiles the menu as if it were an actor's. */
export function compileRecovery(plan: Plan, model: Model): ActorProgram {
  const { place } = model.kernel;
  const offline = plan.blocks.map(({ index }) =>
    write(
      { kind: 'block', block: index, attr: 'state' },
      'offline',
      `/sys/devices/system/memory/memory${index}/state`,
      place,
    ),
  );
  const driverWrites = plan.devices.flatMap(({ name }) =>
    DRIVERS.flatMap((driver) =>
      (['unbind', 'new_id', 'remove_id', 'bind'] as const).map((attr) =>
        write(
          { kind: 'driver', driver, attr },
          name,
          `/sys/bus/dax/drivers/${driver}/${attr}`,
          place,
        ),
      ),
    ),
  );
  return {
    actor: 'recovery',
    kind: 'any',
    programs: [
      ...offline,
      ...driverWrites,
      ...createRegions(plan, place),
      ...enableNamespaces(plan, place),
    ],
    variables: [],
    times: null,
    workers: 1,
    coldplug: false,
  };
}
