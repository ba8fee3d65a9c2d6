/** Records of a short run: unbind, bind to kmem, and a line that fails. */
import type { RunRecord } from '../../src/verdict/trace.js';

const SOFT_RESERVED = ['0x100000000', '0x17fffffff', 'Soft Reserved', 0] as const;
const RANGE = ['0x100000000', '0x107ffffff'] as const;

function record(lineNumber: number, changes: Partial<RunRecord>): RunRecord {
  return {
    thread: 'admin',
    command: '',
    place: { file: 'model.yaml', line: lineNumber, column: 5 },
    result: 'ok',
    value: null,
    iomem: [SOFT_RESERVED],
    devices: [{ name: 'dax0.0', driver: null, size: '134217728', ranges: [RANGE] }],
    blocks: [],
    autoOnlineBlocks: 'offline',
    messages: [],
    ...changes,
  };
}

const KMEM_BOUND: Partial<RunRecord> = {
  iomem: [SOFT_RESERVED, [...RANGE, 'dax0.0', 1], [...RANGE, 'System RAM (kmem)', 2]],
  devices: [{ name: 'dax0.0', driver: 'kmem', size: '134217728', ranges: [RANGE] }],
  blocks: [{ name: 'memory32', state: 'offline', zones: 'Normal Movable' }],
};

export const RUN: readonly RunRecord[] = [
  record(9, { command: 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind' }),
  record(10, { command: 'echo dax0.0 > /sys/bus/dax/drivers/kmem/bind', ...KMEM_BOUND }),
  record(11, {
    command: 'cat /sys/devices/system/memory/memory32/state',
    value: 'offline',
    ...KMEM_BOUND,
  }),
  record(12, {
    command: 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind',
    result: 'EBUSY',
    ...KMEM_BOUND,
    messages: ['device_dax dax0.0: could not reserve range'],
  }),
];
