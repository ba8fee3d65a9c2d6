/**
 * The header's words that say what memory the machine has and how memory is hot-added.
 */
import { Header } from '../../assembly/layout.js';
import { ramBytes } from '../model/blockSize.js';
import type { Machine } from '../model/model.js';

const low = (value: bigint): number => Number(value & 0xffffffffn);
const high = (value: bigint): number => Number(value >> 32n);

/** Nodes from 32 on are always possible. */
const possibleMask = ({ possibleNodes }: Machine): number =>
  possibleNodes === null
    ? 0xffffffff
    : possibleNodes.reduce((mask, node) => (node < 32 ? mask | (1 << node) : mask), 0) >>> 0;

/** Words of the header, each with what it holds. */
export function memoryWords(machine: Machine): readonly (readonly [Header, number])[] {
  const limit = machine.memoryLimit ?? (1n << 64n) - 1n;
  const early = ramBytes(machine.iomem);
  return [
    [Header.BlockBytesLow, low(machine.blockSize)],
    [Header.BlockBytesHigh, high(machine.blockSize)],
    [Header.MemoryLimitLow, low(limit)],
    [Header.MemoryLimitHigh, high(limit)],
    [Header.MovableNode, machine.movableNode ? 1 : 0],
    [Header.MemmapOnMemory, machine.memmapOnMemory ? 1 : 0],
    [Header.AutoMovableRatio, machine.autoMovable?.ratio ?? 0],
    [Header.AutoMovableNuma, machine.autoMovable?.numaAware === true ? 1 : 0],
    [Header.PossibleNodes, possibleMask(machine)],
    [Header.EarlyBytesLow, low(early)],
    [Header.EarlyBytesHigh, high(early)],
  ];
}
