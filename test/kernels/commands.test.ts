/** `daxcheck kernels` in its forms, and what a user is told of features that nobody knows. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseKernel } from '../../src/cli/options.js';
import { runCommandLine } from '../../src/cli/program.js';
import { releaseNamed } from '../../src/kernel/releases.js';
import { loadModel } from '../../src/loadModel.js';
import { collect } from '../cli/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function line(...words: readonly string[]) {
  const terminal = collect();
  const status = await runCommandLine([...words], terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

/** Writes a tree of a few files in the kernel's style, none of them the kernel's. */
function writeTree(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const FIXED = 'static void dev_dax_kmem_remove(struct dev *d)\n{\n\trc = remove_memory(a, b);\n}\n';
const TREE = {
  Makefile: 'VERSION = 5\nPATCHLEVEL = 1\nSUBLEVEL = 7\n',
  'drivers/dax/bus.c': 'struct bus_type dax_bus_type;\nint new_id;\n',
  'drivers/dax/kmem.c': FIXED,
  'drivers/base/memory.c': '',
  'kernel/resource.c': '',
  'mm/memory_hotplug.c':
    'int add_memory_resource(int nid)\n{\n\tret = create_memory_block_devices(start, size);\n}\n',
};

describe('kernels with a release', () => {
  it.each([['v6.1.192'], ['--release', '6.1.192']])('shows what it has: %s', async (...words) => {
    const { status, out } = await line('kernels', ...words);
    const features = releaseNamed('v6.1.192')?.features ?? [];
    expect(status).toBe(0);
    expect(out).toContain(`v6.1.192 (Debian 12's linux-source-6.1) has ${features.length} of`);
    expect(out).toContain('  remove-resource  (since v6.3)');
    expect(out).toMatch(/It has not: .*match-by-type/);
  });

  it('gives it as JSON', async () => {
    const { out } = await line('kernels', 'v5.1', '--json');
    expect(JSON.parse(out)).toEqual(releaseNamed('v5.1'));
  });

  it('refuses one that there is not, with the known ones', async () => {
    const { status, error } = await line('kernels', 'v6.99');
    expect(status).toBe(2);
    expect(error).toContain('v5.0 to v5.19, v6.0 to v6.19, v7.0 to v7.3');
  });
});

describe('kernels --from', () => {
  const root = writeTree('tree', TREE);

  it('tells release, features, and a kernel for a model', async () => {
    const { status, out } = await line('kernels', '--from', root);
    expect(status).toBe(0);
    expect(out).toContain('release      v5.1.7');
    expect(out).toMatch(/^kernel: \{ base: v5\.1\.7, with: \[.*kmem-hotremove.*\]/m);
    expect(out).toMatch(/^present \(\d+\):[\s\S]*^absent \(\d+\):[\s\S]*^unknown \(\d+\):/m);
  });

  it('finds an unknown function', async () => {
    const { out } = await line('kernels', '--from', root, '--json');
    const { functions } = JSON.parse(out);
    expect(functions.unknown).toContain('drivers/dax/kmem.c dev_dax_kmem_remove');
    expect(functions.missing).toContain('drivers/dax/kmem.c dev_dax_kmem_probe');
  });

  it('prints a `kernel:` that a model takes, with what is not known as a remark', async () => {
    const { out } = await line('kernels', '--from', root, '--as-kernel');
    expect(out).toMatch(/^# not known: .*\nkernel: .*\n$/);
    const path = join(folder, 'model.yaml');
    const rest = 'format: 1\ntitle: probed\nmachine: { block_size: 128M }\n';
    writeFileSync(path, `${rest}${out}`);
    const loaded = loadModel(path);
    expect(loaded.ok ? loaded.model.kernel.with : loaded.diagnostics).toContain('kmem-hotremove');
  });

  it('refuses a folder that is no kernel tree, and says what it lacks', async () => {
    const { status, error } = await line('kernels', '--from', folder);
    expect(status).toBe(2);
    expect(error).toContain('it has no drivers/dax, mm/memory_hotplug.c, kernel/resource.c');
  });

  it.each([
    ['kernels', '--as-kernel'],
    ['kernels', 'v5.1', '--from', root],
    ['kernels', '--release', 'v5.1', '--from', root],
  ])('refuses %s %s %s', async (...words) => {
    expect((await line(...words)).status).toBe(2);
  });
});

describe('a kernel in one word', () => {
  it.each([
    ['6.1', 'v6.1'],
    ['v6.1 without kmem', 'v6.1 without kmem'],
    ['v6.1 without kmem,class-compat', 'v6.1 without kmem, class-compat'],
    ['v6.1 without kmem with canary', 'v6.1 without kmem with canary'],
    ['v6.1 with canary', 'v6.1 with canary'],
  ])('%s is %s', (text, name) => {
    expect(parseKernel(text)).toBe(name);
  });
});

describe('features of which nobody knows', () => {
  const model = 'models/bugs/kmem-addfail-fixed.yaml';
  const explored = (...words: readonly string[]) =>
    line('explore', model, '--quiet', '--workers', '1', ...words);

  it('are named on stderr and in the scope, where the release may have them', async () => {
    const unknown = releaseNamed('v6.1.191')?.unknown ?? [];
    expect(unknown).toContain('kmem-skips-null-slot');
    const { error, out } = await explored('--kernel', 'v6.1.191');
    expect(error).toContain(`nobody knows whether v6.1.191 has ${unknown.join(', ')}`);
    expect(out).toContain(`left out, nobody knows: ${unknown.join(', ')}`);
  });

  it('are not told of a release that is known', async () => {
    expect((await explored()).error).toBe('');
  });

  it('are settled by naming them', async () => {
    const { error } = await explored('--kernel', 'v6.1.191', '--without', 'kmem-skips-null-slot');
    expect(error).not.toContain('kmem-skips-null-slot');
  });
});
