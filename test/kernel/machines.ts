/**
 * The machines of the tables, and the words the tables use: state letters, cells, listings.
 *
 * A cell is written as the papers write it: an errno name, or `ok`, and behind it the state letter
 * when the action changes the state. State letters are those of kernel/dax.md section 6: U unbound,
 * D on device_dax, K on kmem with every block offline, Ko on kmem with some block online, X unbound
 * with memory left behind.
 */
import type { RunRecord } from '../../src/verdict/trace.js';

export type StateLetter = 'U' | 'D' | 'K' | 'Ko' | 'X';

export const DEVICE_DAX = '/sys/bus/dax/drivers/device_dax';
export const KMEM = '/sys/bus/dax/drivers/kmem';
export const DEVICES = '/sys/bus/dax/devices';
export const MEMORY = '/sys/devices/system/memory';

/** Two whole blocks, memory40 and memory41, on a node of their own, on device_dax. */
export const TWO_BLOCKS = `
block_size: 128M
iomem: |
  00000000-3fffffff : System RAM
  140000000-14fffffff : Persistent Memory
dax:
  dax0.0: { range: 140000000-14fffffff, target_node: 1, driver: device_dax }
`;

/** As TWO_BLOCKS, with one block only: a path that goes through every block goes through one. */
export const ONE_BLOCK = TWO_BLOCKS.replaceAll('14fffffff', '147ffffff');

/** Five blocks, memory40 to memory44. */
export const FIVE_BLOCKS = TWO_BLOCKS.replaceAll('14fffffff', '167ffffff');

/** 96 MiB that hold no whole block of 128 MiB. */
export const NO_BLOCK = `
block_size: 128M
iomem: |
  00000000-3fffffff : System RAM
  140000000-14fffffff : Persistent Memory
dax:
  dax0.0: { range: 140200000-1461fffff, target_node: 1, driver: device_dax }
`;

/** A region whose firmware names no node. */
export const NO_NODE = TWO_BLOCKS.replace('target_node: 1', 'target_node: none');

/** The machine of kernel/dax.md section 5: a namespace with 130 MiB of metadata. */
export const PAPER_NAMESPACE = `
block_size: 128M
iomem: |
  00000000-7fffffff : System RAM
  140000000-33fffffff : Persistent Memory
dax:
  dax0.0:
    range: 148200000-33fffffff
    target_node: 1
    driver: device_dax
    namespace: { name: namespace0.0, metadata: 130M }
`;

/** Adds a key to a machine's text. */
export function withKey(machine: string, key: string): string {
  return `${key}\n${machine.trimStart()}`;
}

/** Says which of the states of dax.md section 6 dax0.0 is in. */
export function stateLetter(record: RunRecord): StateLetter {
  const device = record.devices.find(({ name }) => name === 'dax0.0');
  const isOnline = record.blocks.some(({ state }) => state === 'online');
  if (device?.driver === 'device_dax') return 'D';
  if (device?.driver === 'kmem') return isOnline ? 'Ko' : 'K';
  return record.blocks.length > 0 ? 'X' : 'U';
}

/** Writes a record's /proc/iomem as the kernel prints it to root, without flags. */
export function listing(record: RunRecord): string {
  const lines = record.iomem.map(([start, end, name, depth]) => {
    const range = `${hex(start)}-${hex(end)}`;
    return `${'  '.repeat(depth)}${range} : ${name}`;
  });
  return `${lines.join('\n')}\n`;
}

/** Finds the record of the last command that a run went through. */
export function last(records: readonly RunRecord[]): RunRecord {
  const record = records.at(-1);
  if (record === undefined) throw new Error('the run has no record');
  return record;
}

function hex(address: string): string {
  return address.replace(/^0x/, '').padStart(8, '0');
}
