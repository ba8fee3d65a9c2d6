/**
 * What a verdict speaks of, in one line, and what it does not.
 */
import type { Scenario } from '../compile/scenario.js';

const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** Devices, blocks, actors and faults of the model, then what no model has. */
export function scopeOf(scenario: Scenario): string {
  const { model, plan, threads } = scenario;
  const actors = threads.map(({ name }) => name).join(', ');
  const faults =
    model.faults.length === 0
      ? 'no faults'
      : model.faults
          .map(
            ({ point, errno, times }) => `${point}${errno === null ? '' : ` ${errno}`} x${times}`,
          )
          .join(', ');
  const devices = plan.devices.filter(({ declared }) => declared !== null).length;
  const published = plan.publications.length;
  const { havoc } = plan.universe;
  const files = havoc?.files?.join(', ') ?? 'all files but sizes and mappings';
  const anything =
    havoc === undefined || havoc.noted.size === 0
      ? []
      : [`${count(havoc.noted.size, 'line')} taken for anything done to ${files}`];
  const { alsoGone, unknown } = scenario.kernel;
  const gone =
    alsoGone.length > 0 ? [`kernel features gone with them: ${alsoGone.join(', ')}`] : [];
  const open = unknown.length > 0 ? [`left out, nobody knows: ${unknown.join(', ')}`] : [];
  return [
    ...gone,
    ...open,
    count(devices, 'device'),
    ...(published > 0 ? [count(published, 'range of the firmware', 'ranges of the firmware')] : []),
    `${count(plan.blocks.length, 'block')} of ${model.machine.blockSize >> 20n} MiB`,
    ...(model.cut === undefined ? [] : [model.cut.text]),
    `actors ${actors}`,
    faults,
    ...anything,
    'not modelled: boot memory blocks, memory failures, CPU hotplug',
  ].join('; ');
}
