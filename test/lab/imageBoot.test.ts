/**
 * Guests that boot: kernels of Debian's, with the compiled agent and with the shell agent. Needs
 * QEMU, and a network or what was downloaded before; without them it says so, and fails in CI.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentLine, type Reply } from '../../src/lab/guest/agent.js';
import { Qemu } from '../../src/lab/guest/qemu.js';
import { type Agent, makeAgent } from '../../src/lab/image/agent.js';
import { findKernel } from '../../src/lab/image/findKernel.js';
import { buildInitramfs, type Initramfs } from '../../src/lab/image/initramfs.js';
import type { KernelImage } from '../../src/lab/image/kernelImage.js';
import type { Rig } from '../../src/lab/rig.js';
import { LAB_CACHE, lacksGuest, SETUP_MILLISECONDS, type Series } from '../support/lab.js';

const MEBIBYTE = 1n << 20n;

/** One region of 2 GiB at 4 GiB, on node 1. */
const RIG: Rig = {
  kind: 'soft-reserved',
  lowBytes: 512n * MEBIBYTE,
  nodes: [{ bytes: 512n * MEBIBYTE }, { bytes: 2048n * MEBIBYTE }],
  parameters: ['memmap=2G%0x100000000-1+0xefffffff'],
  machine: '',
  memoryOptions: '',
  devices: [],
  insert: ['device_dax', 'dax_hmem', 'kmem', 'memory_notifier_error_inject'],
  carry: [],
  spans: [],
  directories: new Map(),
};

const BOOT_SECONDS = 90;

interface Booted {
  readonly ask: (line: string, task?: number | 'a') => Promise<Reply>;
  readonly stop: () => Promise<void>;
}

/** Boots a guest and waits until its agent answers. */
async function boot(kernel: KernelImage, image: Initramfs, directory: string): Promise<Booted> {
  const initramfs = join(directory, 'initramfs');
  writeFileSync(initramfs, image.bytes);
  const qemu = await Qemu.start({
    ...{ vmlinux: kernel.kernel, initramfs, rig: RIG, directory, line: image.line },
    ...{ accelerator: 'tcg', processors: 1 },
  });
  const agent = await AgentLine.open(join(directory, 'agent.sock'));
  const ask = (line: string, task: number | 'a' = 0): Promise<Reply> =>
    agent.ask(task, line, BOOT_SECONDS);
  const stop = async (): Promise<void> => {
    agent.close();
    await qemu.stop();
  };
  // What is asked before the agent is there may be lost, and it says "ready" unasked.
  for (let tries = 0; tries < BOOT_SECONDS; tries++) {
    const { value } = await agent.ask('a', `echo try${tries}`, 1);
    if (value.startsWith('try')) return { ask, stop };
  }
  const console = qemu.console().split('\n').slice(-20).join('\n');
  await stop();
  throw new Error(`the guest did not come up:\n${console}`);
}

const REGION_BLOCK = 'read /sys/devices/system/memory/memory34/state';
const STATE = 'write /sys/devices/system/memory/memory34/state';
const KMEM = '/sys/bus/dax/drivers/kmem';

/** What a guest is asked, and what each came to. */
const DIALOGUE: readonly (readonly [request: string, result: string, value: string])[] = [
  ['exists /sys/bus/dax/devices/dax0.0', 'ok', ''],
  ['exists /sys/bus/dax/devices/dax0.9', 'ENOENT', ''],
  [`write ${KMEM}/new_id dax0.0`, 'ok', ''],
  ['write /sys/bus/dax/drivers/device_dax/unbind dax0.0', 'ENODEV', ''],
  [REGION_BLOCK, 'ok', 'offline'],
  [`${STATE} bogus`, 'EINVAL', ''],
  [
    'write /sys/kernel/debug/notifier-error-inject/memory/actions/MEM_GOING_ONLINE/error -12',
    'ok',
    '',
  ],
  [`${STATE} online_movable`, 'ENOMEM', ''],
  [
    'write /sys/kernel/debug/notifier-error-inject/memory/actions/MEM_GOING_ONLINE/error 0',
    'ok',
    '',
  ],
  [`${STATE} online_movable`, 'ok', ''],
  [REGION_BLOCK, 'ok', 'online'],
  ['remove notifier_error_inject', 'EAGAIN', ''],
  [`${STATE} offline`, 'ok', ''],
  [`write ${KMEM}/unbind dax0.0`, 'ok', ''],
  [REGION_BLOCK, 'ENOENT', ''],
  ['read /sys/bus/dax/devices/dax0.0/size', 'ok', '2147483648'],
  ['write /sys/nosuch 1', 'EACCES', ''],
  ['remove kmem', 'ok', ''],
  ['remove kmem', 'ENOENT', ''],
  ['insert nosuch', 'ENOENT', ''],
  ['insert kmem', 'ok', ''],
  ['insert kmem', 'EEXIST', ''],
];

type Guest = readonly [version: Series, kind: Agent['kind']];

const GUESTS: readonly Guest[] = [
  ['6.12', 'compiled'],
  ['6.1', 'compiled'],
  ['6.12', 'shell'],
];

const skipped = new Set<string>();
for (const [version, kind] of GUESTS) {
  const tool = kind === 'shell' ? 'busybox' : 'cc';
  const what = `a guest with the ${kind} agent`;
  if (await lacksGuest(what, version, [tool])) skipped.add([version, kind].join());
}

describe.each(GUESTS)('a guest with kernel %s and the %s agent', (version, kind) => {
  describe.skipIf(skipped.has([version, kind].join()))('', () => {
    let directory = '';
    let guest: Booted | null = null;
    let image: Initramfs | null = null;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'daxcheck-boot-'));
      const kernel = await findKernel({ kind: 'debian', version }, { cache: LAB_CACHE });
      const agent = await makeAgent(LAB_CACHE, kind === 'shell' ? null : undefined);
      expect(agent.kind).toBe(kind);
      const insert = RIG.insert.map((name) => ({ name }));
      image = await buildInitramfs(kernel, { agent, insert });
      guest = await boot(kernel, image, directory);
    }, SETUP_MILLISECONDS);

    afterAll(async () => {
      await guest?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    const asked = (line: string): Promise<Reply> => {
      if (guest === null) throw new Error('no guest');
      return guest.ask(line);
    };

    it('has inserted its modules, each after what it needs', async () => {
      const { value } = await asked('read /proc/modules');

      // The newest comes first.
      const there = value.split(';').map((line) => line.split(' ')[0] ?? '');
      expect(there.reverse()).toEqual(image?.inserted);
    });

    it('shows the machine, and then only what has changed', async () => {
      const all = await asked('observe 32');
      const nothing = await asked('observe 32');

      expect(all.changed.get('iomem')).toMatch(/100000000-17fffffff : Soft Reserved/);
      expect(all.changed.get('dax/dax0.0/size')).toBe('2147483648');
      expect(all.changed.get('auto_online_blocks')).toBe('offline');
      expect([...all.changed.keys()].filter((key) => /^block\/\d\//.test(key))).toEqual([]);
      expect([...nothing.changed.keys(), ...nothing.gone]).toEqual([]);
    });

    it('answers as the kernel does', async () => {
      // From the same driver on every kernel: 6.12 binds kmem by itself.
      for (const driver of ['device_dax', 'kmem']) {
        await asked(`write /sys/bus/dax/drivers/${driver}/unbind dax0.0`);
      }
      const answers: (readonly [string, string, string])[] = [];

      for (const [request] of DIALOGUE) {
        const { result, value } = await asked(request);
        answers.push([request, result, value]);
      }

      expect(answers).toEqual(DIALOGUE);
    });

    it('tells what is gone, and the messages of the kernel with what caused them', async () => {
      await asked(`write ${KMEM}/new_id dax0.0`);
      await asked(`${STATE} online_movable`);
      const before = await asked('observe 32');

      const unbound = await asked(`write ${KMEM}/unbind dax0.0`);
      const silent = await asked('exists /sys');

      expect(before.changed.get('block/34/state')).toBe('online');
      expect(unbound.result).toBe('ok');
      expect(unbound.messages.map(({ text }) => text).join('\n')).toMatch(/cannot be hotremoved/);
      expect(silent.messages).toEqual([]);
    });
  });
});
