/**
 * Scripts of a leak and of refusals, run in a guest with a real kernel. Needs QEMU, a static
 * busybox, and a network or what was downloaded before; without them it says so, and fails in CI.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Qemu } from '../../src/lab/guest/qemu.js';
import { fileEntry } from '../../src/lab/image/cpio.js';
import { findKernel } from '../../src/lab/image/findKernel.js';
import { buildInitramfs } from '../../src/lab/image/initramfs.js';
import { findProgram } from '../../src/lab/image/programs.js';
import { rigOf } from '../../src/lab/rig.js';
import { LAB_CACHE, lacksGuest, SETUP_MILLISECONDS } from '../support/lab.js';
import { modelAt, scriptFor } from './scriptFixtures.js';

/** To end what hangs; a busy host takes a while. */
const SECONDS_MAX = 300;

/** A region of 512 MiB with one device, as a kernel leaves it after boot, but for its driver. */
const modelText = (script: readonly string[]): string => `format: 1
title: a script in a guest
kernel: v6.12.117
machine:
  block_size: 128M
  iomem: |
    100000000-11fffffff : Soft Reserved
  regions:
    hmem.0: { range: 100000000-11fffffff, kind: dynamic, target_node: 1, kmem: true }
  dax:
    dax0.0: { region: hmem.0, range: 100000000-11fffffff }
actors:
  admin: |
${script.map((line) => `    ${line}`).join('\n')}
properties:
  to-the-end: '!threads["admin"].done'
check: [to-the-end]
`;

const KMEM = '/sys/bus/dax/drivers/kmem';
const BLOCK = '/sys/devices/system/memory/memory33/state';

const REFUSALS = [
  `echo dax0.0 > ${KMEM}/unbind`,
  `echo dax0.0 > ${KMEM}/bind`,
  `echo dax0.0 > ${KMEM}/bind`,
  'echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind',
  'echo 0x8000000 > /sys/bus/dax/devices/dax0.0/size',
  `echo offline > ${BLOCK}`,
  `echo online_movable > ${BLOCK}`,
  `echo nonsense > ${BLOCK}`,
  `echo offline > ${BLOCK}`,
  `echo dax0.0 > ${KMEM}/unbind`,
];

const LEAK = [
  `echo dax0.0 > ${KMEM}/bind`,
  `echo online_movable > ${BLOCK}`,
  `echo dax0.0 > ${KMEM}/unbind`,
  `echo offline > ${BLOCK}`,
  `echo dax0.0 > ${KMEM}/bind`,
];

const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
exec >/dev/console 2>&1 </dev/console
while read -r name parameters; do insmod /modules/$name.ko; done </modules/order
echo dax0.0 >${KMEM}/unbind
for script in refusals leak leak; do
	sh /scripts/$script.sh --i-know-this-can-lose-data
	echo "status $?"
done
echo 'the guest ends'
poweroff -f
`;

async function scriptOfLines(lines: readonly string[], directory: string): Promise<string> {
  const file = join(directory, 'model.yaml');
  writeFileSync(file, modelText(lines));
  return (await scriptFor(modelAt(file))).script;
}

/** What the guest's console shows until it ends. */
async function bootWith(directory: string): Promise<string> {
  const kernel = await findKernel({ kind: 'debian', version: '6.12' }, { cache: LAB_CACHE });
  const scripts = {
    refusals: await scriptOfLines(REFUSALS, directory),
    leak: await scriptOfLines(LEAK, directory),
  };
  const { rig } = rigOf(modelAt(join(directory, 'model.yaml')));
  if (rig === undefined) throw new Error('no rig');
  const busybox = readFileSync(findProgram('busybox') ?? '');
  const entries = [fileEntry('init', INIT, true), fileEntry('bin/busybox', busybox, true)];
  const files = Object.entries(scripts).map(([name, text]) =>
    fileEntry(`scripts/${name}.sh`, text),
  );
  const built = await buildInitramfs(kernel, {
    agent: { kind: 'shell', entries, reason: null },
    insert: rig.insert.map((name) => ({ name, isOptional: true })),
    files,
  });
  const initramfs = join(directory, 'initramfs');
  writeFileSync(initramfs, built.bytes);
  const boot = { rig, directory, initramfs, vmlinux: kernel.kernel, line: 'serial' as const };
  const qemu = await Qemu.start({ ...boot, accelerator: 'tcg', processors: 1 });
  try {
    for (let seconds = 0; seconds < SECONDS_MAX && !qemu.hasEnded; seconds++) {
      if (qemu.console().includes('the guest ends')) break;
      await sleep(1000);
    }
    return qemu.console().replaceAll('\r', '');
  } finally {
    await qemu.stop();
  }
}

const isSkipped = await lacksGuest('a script in a guest', '6.12', ['busybox']);

describe.skipIf(isSkipped)('in a guest', () => {
  it(
    'scripts of refusals and of a leak pass, and a second run is refused',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'daxcheck-script-'));
      const console = await bootWith(directory);
      rmSync(directory, { recursive: true, force: true });

      const lines = console.split('\n');
      const told = lines.filter((line) => /^(?:ok|not ok|status|1\.\.|#) ?/.test(line));
      const results = told.filter((line) => !/^# (?:dmesg|trace):/.test(line));
      expect(results).toMatchSnapshot();
    },
    SETUP_MILLISECONDS,
  );
});
