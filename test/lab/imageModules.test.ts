/** Modules in the order in which they must be inserted, from every kind of folder that has some. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ModuleWish,
  moduleName,
  openModules,
  planModules,
  readSoftdep,
} from '../../src/lab/image/modules.js';
import { makeModule } from './imageElf.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daxcheck-modules-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(path: string, contents: Uint8Array | string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
}

const order = async (...names: readonly string[]): Promise<readonly string[]> =>
  (
    await planModules(
      openModules(folder),
      names.map((name) => ({ name })),
    )
  ).modules.map(({ name }) => name);

describe('the name of a module', () => {
  it('has underscores, and neither folder nor suffix', () => {
    expect(moduleName('kernel/lib/memory-notifier-error-inject.ko.xz')).toBe(
      'memory_notifier_error_inject',
    );
    expect(moduleName('drivers/dax/kmem.o')).toBe('kmem');
    expect(moduleName('dax-hmem')).toBe('dax_hmem');
  });
});

describe('a soft dependency', () => {
  it('tells what comes before and what comes after', () => {
    expect(readSoftdep('pre: cxl-acpi a post: b')).toEqual({
      before: ['cxl_acpi', 'a'],
      after: ['b'],
    });
  });
});

describe('installed modules', () => {
  it('come after what they depend on, directly or not', async () => {
    put('kernel/nd_pmem.ko', makeModule('license=GPL', 'depends=libnvdimm,nd-btt'));
    put('kernel/nd-btt.ko', makeModule('depends=libnvdimm'));
    put('kernel/libnvdimm.ko', makeModule('depends='));

    expect(await order('nd_pmem')).toEqual(['libnvdimm', 'nd_btt', 'nd_pmem']);
  });

  it('come after a soft dependency where the kernel has it, and without it else', async () => {
    put('kernel/dax_hmem.ko', makeModule('softdep=pre: cxl_acpi missing', 'depends='));
    put('kernel/cxl_acpi.ko', makeModule('depends='));

    expect(await order('dax_hmem')).toEqual(['cxl_acpi', 'dax_hmem']);
  });

  it('keep the order of the wishes, each once', async () => {
    put('kernel/b.ko', makeModule('depends=a'));
    put('kernel/a.ko', makeModule('depends='));
    put('kernel/c.ko', makeModule('depends='));

    expect(await order('c', 'b', 'a')).toEqual(['c', 'a', 'b']);
  });

  it('are left out where they are compiled in', async () => {
    put('kernel/kmem.ko', makeModule('depends=device_dax'));
    put('modules.builtin', 'kernel/drivers/dax/device_dax.ko\n');

    const plan = await planModules(openModules(folder), [{ name: 'device_dax' }, { name: 'kmem' }]);

    expect(plan.modules.map(({ name }) => name)).toEqual(['kmem']);
    expect(plan.builtin).toEqual(['device_dax']);
  });

  it('are unpacked', async () => {
    const module = makeModule('depends=');
    put('kernel/a.ko.gz', gzipSync(module));

    const plan = await planModules(openModules(folder), [{ name: 'a' }]);

    expect(Buffer.from(plan.modules[0]?.bytes ?? []).equals(module)).toBe(true);
  });

  it('have the parameters of the wish, and those that come along have none', async () => {
    put('kernel/a.ko', makeModule('depends='));
    put('kernel/b.ko', makeModule('depends=a'));

    const plan = await planModules(openModules(folder), [{ name: 'b', parameters: 'x=1 y=2' }]);

    expect(plan.modules.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['a', ''],
      ['b', 'x=1 y=2'],
    ]);
  });

  it('are all named when they are missing, but for those that may be', async () => {
    put('kernel/a.ko', makeModule('depends='));
    const there: ModuleWish[] = [{ name: 'a' }, { name: 'dax_cxl', isOptional: true }];
    const missing: ModuleWish[] = [{ name: 'kmem' }, { name: 'device_dax' }];
    const tree = openModules(folder);

    expect((await planModules(tree, there)).absent).toEqual(['dax_cxl']);
    await expect(planModules(tree, [...there, ...missing])).rejects.toThrow(/: kmem, device_dax;/);
  });
});

describe('the modules of a build tree', () => {
  it.each([['drivers/dax/kmem.o'], ['drivers/dax/kmem.ko'], ['kernel/drivers/dax/kmem.ko']])(
    'are found by modules.order, written as %s',
    async (line) => {
      put('include/config/kernel.release', '6.19.0\n');
      put('modules.order', `${line}\nkernel/torture.o\n`);
      put('drivers/dax/kmem.ko', makeModule('depends='));
      put('kernel/torture.ko', makeModule('depends='));

      expect(await order('kmem', 'torture')).toEqual(['kmem', 'torture']);
    },
  );

  it('may all be compiled in', async () => {
    put('include/config/kernel.release', '6.19.0\n');
    put('modules.builtin', 'kernel/drivers/dax/kmem.ko\n');

    expect(await order('kmem')).toEqual([]);
  });
});
