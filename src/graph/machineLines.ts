/**
 * What userland sees of a machine, a line each: equal lines, and nobody can tell two states apart
 * without doing something.
 */
import type { BlockView, IomemLine, MachineView } from '../verdict/trace.js';

const hex = (address: bigint): string => address.toString(16).padStart(8, '0');

const iomemLine = ({ start, end, name, depth }: IomemLine): string =>
  `${'  '.repeat(depth)}${hex(start)}-${hex(end)} : ${name}`;

/** Neighbouring blocks that are alike share a line. */
function blockLines(blocks: readonly BlockView[]): readonly string[] {
  const runs: { first: number; last: number; says: string }[] = [];
  for (const { index, state, zones } of blocks) {
    const says = `${state}, ${zones}`;
    const run = runs.at(-1);
    if (run !== undefined && run.last + 1 === index && run.says === says) run.last = index;
    else runs.push({ first: index, last: index, says });
  }
  return runs.map(({ first, last, says }) =>
    first === last ? `memory${first}: ${says}` : `memory${first}-${last}: ${says}`,
  );
}

/** Lists them: /proc/iomem, devices, memory blocks, drivers with their ids, the policy. */
export function machineLines(view: MachineView): readonly string[] {
  const devices = view.devices
    .filter(({ present }) => present)
    .map(({ name, driver, size }) => `${name}: ${driver ?? 'no driver'}, size ${size}`);
  const drivers = view.drivers.map(({ name, registered, ids }) => {
    const named = ids.length === 0 ? '' : `, ids ${ids.join(' ')}`;
    return `${name}: ${registered ? 'loaded' : 'not loaded'}${named}`;
  });
  return [
    ...view.iomem.map(iomemLine),
    ...devices,
    ...blockLines(view.blocks),
    ...drivers,
    `auto_online_blocks: ${view.autoOnlineBlocks}`,
  ];
}
