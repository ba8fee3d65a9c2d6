/**
 * Several udev workers: events of different objects in any order, those of one in order and never
 * two at a time.
 */
import { describe, expect, it } from 'vitest';
import {
  INSTRUCTION_IDLE,
  THREAD_BYTES,
  THREAD_EVENT_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  ThreadKind,
} from '../../assembly/layout.ts';
import { compileModel } from '../../src/compile/scenario.ts';
import { openKernelEngine } from '../../src/kernelEngine.ts';
import { parseModel } from '../../src/model/load.ts';

/** A device of two blocks, and rules that write to a block and look at it again. */
const MODEL = `
format: 1
title: workers
kernel: v6.12
granularity: step
machine:
  block_size: 128M
  iomem: |
    00001000-0009ffff : System RAM
    140000000-14fffffff : Persistent Memory
  dax:
    dax0.0: { range: 140000000-14fffffff, target_node: 1, driver: kmem, blocks: offline }
actors:
  admin: |
    udevadm trigger --action=add
    udevadm trigger --action=change
  udev:
    workers: WORKERS
    rules: |
      SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"
      SUBSYSTEM=="memory", ACTION=="change", ATTR{state}=="online", ATTR{state}="offline"
`;

/** The events that workers have in hand at once, in every state: sorted object numbers. */
function inHand(workers: number): ReadonlySet<string> {
  const loaded = parseModel(MODEL.trim().replace('WORKERS', `${workers}`), 'model.yaml', () => {
    throw new Error('no other file is named');
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const scenario = compileModel(loaded.model);
  const engine = openKernelEngine(scenario, { debug: false });
  engine.replay.initial(0);
  const threads = scenario.threads.flatMap(({ kind }, index) =>
    kind === ThreadKind.Udev ? [index] : [],
  );
  const seen = new Set<string>();
  const found = new Set<string>();
  const open: Uint8Array[] = [engine.replay.state()];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const key = Buffer.from(state).toString('latin1');
    if (seen.has(key)) continue;
    seen.add(key);
    const view = new DataView(state.buffer, state.byteOffset);
    const objects = threads.flatMap((thread) => {
      const at = scenario.state.threadsAt + thread * THREAD_BYTES;
      const busy = view.getUint16(at + THREAD_INSTRUCTION_OFFSET, true) !== INSTRUCTION_IDLE;
      return busy ? [view.getUint8(at + THREAD_EVENT_OFFSET)] : [];
    });
    found.add(objects.sort().join(' '));
    for (const next of engine.successors.expand(state).successors) open.push(next.state.slice());
  }
  return found;
}

describe('udev', () => {
  it('with one worker has one event in hand', () => {
    expect([...inHand(1)].sort()).toEqual(['', '0', '1']);
  });

  it('with two workers has events of two objects in hand, and never two of one', () => {
    expect([...inHand(2)].sort()).toEqual(['', '0', '0 1', '1']);
  });
});
