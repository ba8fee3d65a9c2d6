/** Kernels as files: boot images, ELF files, configurations, and their names in the model. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from '../../src/lab/image/agent.js';
import { findKernel } from '../../src/lab/image/findKernel.js';
import { buildInitramfs } from '../../src/lab/image/initramfs.js';
import { readConfig, readKernel } from '../../src/lab/image/kernelImage.js';
import { kernelOf } from '../../src/lab/image/kernelOf.js';
import { makeElf, makeModule, makeNote, PVH_NOTE } from './imageElf.ts';

const BANNER = '6.19.2-mine (me@here) #7 SMP PREEMPT_DYNAMIC';

/** A boot image as the kernel's Documentation/arch/x86/boot.rst describes it. */
function makeBzImage(payload: Uint8Array, banner = BANNER): Buffer {
  const setupSectors = 3;
  const setup = Buffer.alloc((setupSectors + 1) * 512);
  setup[0x1f1] = setupSectors;
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x20f, 0x206);
  setup.writeUInt16LE(0x400 - 0x200, 0x20e);
  setup.write(`${banner}\0`, 0x400, 'latin1');
  const before = Buffer.alloc(80);
  setup.writeUInt32LE(before.length, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([setup, before, payload, Buffer.alloc(100)]);
}

const GUEST_CONFIG = [
  ...['BLK_DEV_INITRD', 'DEVTMPFS', 'PROC_FS', 'SYSFS', 'PCI', 'ACPI_NUMA', 'SERIAL_8250'],
  ...['SERIAL_8250_CONSOLE', 'MEMORY_HOTPLUG', 'MEMORY_HOTREMOVE'],
]
  .map((option) => `CONFIG_${option}=y\n`)
  .concat('CONFIG_DEV_DAX_KMEM=m\n')
  .join('');

const PVH_KERNEL = makeElf({
  notes: Buffer.concat([makeNote('Linux', 18, Buffer.alloc(5)), PVH_NOTE]),
});

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daxcheck-kernel-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(path: string, contents: Uint8Array | string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
  return file;
}

describe('a boot image', () => {
  it('tells its release, and is unpacked to an ELF file that QEMU can start', async () => {
    const read = await readKernel(put('vmlinuz', makeBzImage(gzipSync(PVH_KERNEL))));

    expect(read.banner).toBe(BANNER);
    expect(Buffer.from(read.unpacked ?? []).equals(PVH_KERNEL)).toBe(true);
  });

  it.each([
    [
      'a kernel without the entry for it',
      gzipSync(makeElf({ notes: makeNote('Linux', 18, Buffer.alloc(4)) })),
    ],
    ['a way of packing that is not known', Buffer.from('02214c18 00000000 00000000', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('is booted as it is when there is %s in it', async (_what, payload) => {
    const read = await readKernel(put('vmlinuz', makeBzImage(payload)));

    expect(read).toEqual({ banner: BANNER, unpacked: null });
  });
});

describe('an ELF file of a kernel', () => {
  const rodata = Buffer.from(`...Linux version ${BANNER}\n\0...`);

  it('tells its release', async () => {
    const elf = makeElf({ sections: { '.rodata': rodata }, notes: PVH_NOTE });

    expect(await readKernel(put('vmlinux', elf))).toEqual({ banner: BANNER, unpacked: null });
  });

  it('is refused when QEMU cannot start it, with what to do', async () => {
    const file = put('vmlinux', makeElf({ sections: { '.rodata': rodata } }));

    await expect(readKernel(file)).rejects.toThrow(
      /CONFIG_PVH=y, or name arch\/x86\/boot\/bzImage/,
    );
  });
});

describe('what is no kernel', () => {
  it('is refused', async () => {
    await expect(readKernel(put('x', 'no kernel'))).rejects.toThrow(/is no x86 kernel/);
    await expect(readKernel(join(folder, 'nowhere'))).rejects.toThrow(/is not there/);
  });
});

describe('a configuration', () => {
  it('has values by option, and not what is off', () => {
    const text =
      '# comment\nCONFIG_DEV_DAX=m\n# CONFIG_KASAN is not set\nCONFIG_HZ=250\nCONFIG_A="b c"\n';

    expect([...readConfig(text)]).toEqual([
      ['DEV_DAX', 'm'],
      ['HZ', '250'],
      ['A', 'b c'],
    ]);
  });
});

describe("a kernel of the user's", () => {
  const image = makeBzImage(gzipSync(PVH_KERNEL));
  const own = (modules: string, vmlinuz = 'arch/x86/boot/bzImage') => ({
    kind: 'own' as const,
    vmlinuz: join(folder, vmlinuz),
    modules: join(folder, modules),
    config: null,
  });

  beforeEach(() => {
    put('arch/x86/boot/bzImage', image);
  });

  it('may be a build tree, with its configuration', async () => {
    put('include/config/kernel.release', '6.19.2-mine\n');
    put('.config', GUEST_CONFIG);
    put('modules.order', 'drivers/dax/kmem.o\n');
    put('drivers/dax/kmem.ko', makeModule('depends='));

    const kernel = await findKernel(own('.'), { cache: join(folder, 'cache') });

    expect(kernel.release).toBe('6.19.2-mine');
    expect(kernel.package).toBeNull();
    expect(kernel.config.get('DEV_DAX_KMEM')).toBe('m');
    expect([...kernel.modules.files.keys()]).toEqual(['kmem']);
    expect(readFileSync(kernel.kernel).equals(PVH_KERNEL)).toBe(true);
  });

  it.each(['mods', 'mods/lib/modules', 'mods/lib/modules/6.19.2-mine'])(
    'may have its modules installed, named by %s',
    async (modules) => {
      put('mods/lib/modules/6.19.2-mine/modules.order', 'kernel/kmem.ko\n');
      put('mods/lib/modules/6.19.2-mine/kernel/kmem.ko', makeModule('depends='));

      const kernel = await findKernel(own(modules), { cache: join(folder, 'cache') });

      expect([...kernel.modules.files.keys()]).toEqual(['kmem']);
    },
  );

  it('is unpacked anew after each build, and takes the place of the one before', async () => {
    put('modules.builtin', '');
    const cache = join(folder, 'cache');
    const first = await findKernel(own('.'), { cache });
    put('arch/x86/boot/bzImage', makeBzImage(gzipSync(Buffer.concat([PVH_KERNEL, PVH_KERNEL]))));

    const second = await findKernel(own('.'), { cache });

    expect(readFileSync(second.kernel)).toHaveLength(2 * PVH_KERNEL.length);
    expect(existsSync(first.kernel)).toBe(false);
  });

  it('is refused when it lacks what a guest needs, all of it named', async () => {
    put('modules.builtin', '');
    put('.config', GUEST_CONFIG.replace(/CONFIG_MEMORY_HOTREMOVE.*\n/, '').replace(/.*KMEM=m/, ''));

    await expect(findKernel(own('.'), { cache: join(folder, 'cache') })).rejects.toThrow(
      /MEMORY_HOTREMOVE is off: no memory is ever given back\n.*DEV_DAX_KMEM is off/,
    );
  });

  it('is refused with modules of another build', async () => {
    put('include/config/kernel.release', '6.19.2-mine\n');
    put('modules.order', 'kmem.o\n');
    put('kmem.ko', makeModule('depends=', 'vermagic=6.19.1-mine SMP preempt mod_unload '));
    const kernel = await findKernel(own('.'), { cache: join(folder, 'cache') });
    const agent: Agent = { kind: 'shell', entries: [], reason: null };

    const image = buildInitramfs(kernel, { agent, insert: [{ name: 'kmem' }] });

    await expect(image).rejects.toThrow(
      /kmem was built for 6\.19\.1-mine, and the kernel is 6\.19\.2/,
    );
  });

  it('is refused with modules of another kernel', async () => {
    put('mods/lib/modules/6.18.0/modules.order', '');

    await expect(findKernel(own('mods'), { cache: join(folder, 'cache') })).rejects.toThrow(
      /mods has no modules of kernel 6\.19\.2-mine/,
    );
  });
});

describe('the kernel of the model', () => {
  const named = (release: string, packageVersion: string | null = null, banner = release) =>
    kernelOf({ release, packageVersion, banner });

  it.each([
    ['6.1.0-56-amd64', '6.1.192-2', 'v6.1.192'],
    ['6.12.117+deb12-amd64', '6.12.117-1~deb12u1', 'v6.12.117'],
  ])("is told by the package's version for %s", (release, version, name) => {
    expect(named(release, version)).toMatchObject({
      name,
      choice: { release: name, with: [], without: [] },
      from: `Debian package ${version}`,
    });
  });

  it("is told by a banner of Debian's where the package is not known", () => {
    const banner = '6.1.0-56-amd64 (x@y) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)';

    expect(named('6.1.0-56-amd64', null, banner).name).toBe('v6.1.192');
  });

  it.each([
    ['6.19.2-mine', 'v6.19.2'],
    ['6.19.0', 'v6.19'],
    ['6.19.0-rc3+', 'v6.19'],
  ])('is told by the release of %s', (release, name) => {
    expect(named(release).name).toBe(name);
  });

  it('is asked for by --source where the model knows no such release', () => {
    expect(() => named('4.19.0-27-amd64')).toThrow(/no release that the model knows.*--source/s);
  });

  it('is refused with a source tree that is none', () => {
    expect(() => kernelOf({ release: '6.19.0', packageVersion: null, banner: '' }, folder)).toThrow(
      /is no kernel source tree/,
    );
  });
});

describe('a kernel that was downloaded before', () => {
  const path = process.env.PATH;

  afterEach(() => {
    process.env.PATH = path;
  });

  it('will do where apt cannot be had, which is told', async () => {
    const kept = 'cache/kernels/linux-image-6.12.9+bpo-amd64_6.12.9-1~bpo12+1';
    const record = { name: 'linux-image-6.12.9+bpo-amd64', version: '6.12.9-1~bpo12+1' };
    put(`${kept}/kernel.json`, JSON.stringify({ ...record, banner: 'x', kernel: 'vmlinux' }));
    put(`${kept}/usr/lib/modules/6.12.9+bpo-amd64/kernel/kmem.ko`, makeModule('depends='));
    const xz = put('bin/xz', '');
    chmodSync(xz, 0o755);
    process.env.PATH = join(folder, 'bin');
    const told: string[] = [];

    const kernel = await findKernel(
      { kind: 'debian', version: '6.12' },
      { cache: join(folder, 'cache'), tell: (line) => told.push(line) },
    );

    expect(kernel.kernel).toBe(join(folder, kept, 'vmlinux'));
    expect(kernel.packageVersion).toBe('6.12.9-1~bpo12+1');
    expect(told).toEqual([
      expect.stringMatching(/^apt-cache cannot run: .*; going on with linux-image-6\.12\.9\+bpo/),
    ]);
  });

  it('is not needed by a machine that has none: the programs are named instead', async () => {
    process.env.PATH = join(folder, 'bin');

    await expect(
      findKernel({ kind: 'debian', version: '6.12' }, { cache: join(folder, 'cache') }),
    ).rejects.toThrow(/apt-cache is not.*apt-get is not.*dpkg-deb is not.*xz is not.*zstd is not/s);
  });
});
