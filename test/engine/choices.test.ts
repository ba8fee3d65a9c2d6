/** A step may leave as many things open as it has blocks to bring online. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import { modelOf } from '../support/run.ts';

/** One bind; kmem brings every block of the device online, and faults may refuse each. */
function bindModel(blocks: number, faults: string): string {
  const end = (0x140000000 + blocks * 0x8000000 - 1).toString(16);
  return `format: 1
title: a bind that brings blocks online
kernel: v6.12
machine:
  block_size: 128M
  auto_online_blocks: online_movable
  iomem: |
    00000000-3fffffff : System RAM
    140000000-${end} : Persistent Memory
  dax:
    dax0.0: { range: 140000000-${end}, target_node: 1 }
  ids: { kmem: [dax0.0] }
actors:
  admin: echo dax0.0 > /sys/bus/dax/drivers/kmem/bind
faults: [${faults}]
check: [no-crash]
`;
}

const NOTIFIER = ['-ENOMEM', '-EPERM', '-EBUSY']
  .map((errno) => `{ fault: 'MEM_GOING_ONLINE ${errno}', times: 9 }`)
  .join(', ');

describe('faults while a bind brings blocks online', () => {
  it('may come at any of twelve blocks, once', async () => {
    const { transitions } = await explore(modelOf(bindModel(12, "'MEM_GOING_ONLINE -ENOMEM'")));

    // At none, or at one of them.
    expect(transitions).toBe(13);
  });

  it('may be any of three errnos at each of four blocks (#4)', async () => {
    const { transitions } = await explore(modelOf(bindModel(4, NOTIFIER)));

    // Who is refused leaves the blocks behind as they are.
    expect(transitions).toBe(1 + 4 * 3);
  });
});
