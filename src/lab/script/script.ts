/**
 * Any trace as a shell script for a developer's own machine, in the shape of a kernel selftest; and
 * the one C file that it needs where a process maps a device.
 *
 * A trace file tells of a step the user's line, in which variables, rules and tools stand; so the
 * steps are taken again on the model, and the instructions behind them are what the script does.
 */
import { readFileSync } from 'node:fs';
import { ThreadKind } from '../../../assembly/layout.js';
import { compileModel, type Scenario } from '../../compile/scenario.js';
import { openKernelEngine } from '../../kernelEngine.js';
import type { Model, Range } from '../../model/model.js';
import type { ReplayHeader } from '../../replay.js';
import type { MachineView } from '../../verdict/trace.js';
import { assetOf } from '../asset.js';
import { followCalls, type Group, groupCalls } from './calls.js';
import { predict } from './prediction.js';
import { renderScript, type ScriptPlan } from './render.js';

export interface LabScript {
  readonly script: string;
  /** Text of the C file; null when no process maps a device. */
  readonly process: string | null;
}

export type ScriptAnswer =
  | ({ readonly ok: true } & LabScript)
  /** The model has no such step any more; counted from 1. */
  | { readonly ok: false; readonly missingStep: number };

const labFile = (name: string): string => readFileSync(assetOf(name), 'utf8');

function spansOf({ plan }: Scenario): readonly Range[] {
  const all = [...plan.regions, ...plan.publications].map(({ start, end }) => ({ start, end }));
  const isNew = ({ start, end }: Range, index: number): boolean =>
    all.findIndex((other) => other.start === start && other.end === end) === index;
  return all.filter(isNew);
}

/** Files that calls use, as far as their objects exist in the initial state. */
function filesOf(groups: readonly Group[], { devices, blocks, drivers }: MachineView): string[] {
  const names = [
    ...devices.filter(({ present }) => present).map(({ name }) => name),
    ...blocks.map(({ index }) => `memory${index}`),
    ...drivers.filter(({ registered }) => registered).map(({ name }) => name),
  ];
  const files = groups.flatMap(({ calls }) =>
    calls.flatMap(({ deed }) =>
      deed?.kind === 'write' || deed?.kind === 'read' || deed?.kind === 'process'
        ? [deed.path]
        : [],
    ),
  );
  const isThere = (path: string): boolean => {
    const object = path.split('/').find((part) => /^(?:dax\d+\.\d+|memory\d+)$/.test(part));
    if (path.startsWith('/dev/')) {
      return devices.some(({ name, driver }) => path === `/dev/${name}` && driver === 'device_dax');
    }
    const driver = /^\/sys\/bus\/dax\/drivers\/(\w+)\//.exec(path)?.[1];
    if (/\/driver\/|\/mapping\d+\//.test(path)) return false;
    return [object, driver].every((name) => name === undefined || names.includes(name));
  };
  return [...new Set(files)].filter(isThere);
}

function assumedOf(machine: MachineView): string[] {
  return machine.drivers.flatMap(({ name, ids }) =>
    ids.length === 0 ? [] : [`${ids.join(', ')} was written to new_id of ${name}.`],
  );
}

/** Whether a group is only what the kernel does while it boots. */
const isBoot = (group: Group): boolean =>
  group.calls.every(({ kind }) => kind === ThreadKind.Worker);

/**
 * Makes the script of a trace.
 *
 * @param model the model of the trace, with the trace's kernel and granularity.
 * @param name of the C file and its program, without suffix.
 * Throws a ModelRejection for faults of scripts, rules and names.
 */
export function scriptOf(model: Model, header: ReplayHeader, name: string): ScriptAnswer {
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario);
  const behaviour = followCalls(engine, scenario, header);
  const { steps } = behaviour;
  if (steps.length < header.ordinals.length) return { ok: false, missingStep: steps.length + 1 };
  const groups = groupCalls(behaviour.calls);
  const [boot] = groups;
  const skipped = boot !== undefined && isBoot(boot) ? 1 : 0;
  const initial = (skipped === 1 && steps[boot?.last ?? 0]?.after) || behaviour.initial;
  const made = groups.slice(skipped);
  const spans = spansOf(scenario);
  const subject = { behaviour, spans, finding: header.finding };
  const hasProcess = made.some(({ calls }) => calls.some(({ deed }) => deed?.kind === 'process'));
  const plan: ScriptPlan = {
    model: model.file,
    title: model.title,
    kernel: scenario.kernel.name,
    finding: header.finding,
    initial,
    spans,
    blockSize: model.machine.blockSize,
    regions: [...new Set(scenario.plan.devices.map((device) => numberOf(device.name)))],
    blocks: scenario.plan.blocks.map(({ index }) => index),
    files: filesOf(made, initial),
    assumed: assumedOf(initial),
    steps: made.map((group, index) => ({
      group,
      prediction: predict(group, index === made.length - 1, subject),
    })),
    process: hasProcess ? name : null,
  };
  return {
    ok: true,
    script: renderScript(plan, labFile('script.sh')),
    process: hasProcess ? labFile('process.c').replaceAll('@NAME@', name) : null,
  };
}

/** R of daxR.I. */
const numberOf = (device: string): string => /^dax(\d+)\./.exec(device)?.[1] ?? '0';
