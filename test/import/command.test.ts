import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { loadModel } from '../../src/loadModel.js';
import { collect } from '../cli/terminal.ts';
import { CXL_2G, DEVDAX_LIST, PMEM_128M, PMEM_DEVDAX } from './support.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

function put(name: string, text: string): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
  return at(name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daxcheck-import-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(...words: string[]): Promise<{ status: number; out: string; error: string }> {
  const terminal = collect();
  const status = await runCommandLine(words, terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

describe('daxcheck import', () => {
  it('writes a model that loads, with where each value comes from', async () => {
    const iomem = put('devdax.txt', PMEM_DEVDAX);
    const list = put('devdax.json', DEVDAX_LIST);
    const output = at('machine.yaml');
    const words = ['--iomem', iomem, '--daxctl', list, '--block-size', '128M', '--kernel', '6.12'];
    const { status, out } = await run('import', ...words, '-o', output);

    expect(status).toBe(0);
    expect(out).toBe(`${output} written. Next: daxcheck explore ${output}\n`);
    const text = readFileSync(output, 'utf8');
    expect(text).toMatch(new RegExp(`target_node: 2 +# ${list}:5`));
    expect(text).toContain('namespace: { name: namespace0.0, metadata: 130M }');
    const loaded = loadModel(output);
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
  });

  it('stays away from a file that is there', async () => {
    const iomem = put('there.txt', PMEM_DEVDAX);
    const output = put('there.yaml', 'mine\n');
    const { status, error } = await run('import', '--iomem', iomem, '-o', output);

    expect(status).toBe(2);
    expect(error).toContain('is there already and stays as it is');
    expect(readFileSync(output, 'utf8')).toBe('mine\n');
  });

  it('refuses a listing of zeros with its line, and prints no model', async () => {
    const iomem = put('zeros.txt', '00000000-00000000 : System RAM\n');
    const { status, out, error } = await run('import', '--iomem', iomem);

    expect(status).toBe(150);
    expect(out).toBe('');
    expect(error).toContain(`${iomem}:1:1: DAX103`);
  });

  it('names what is missing', async () => {
    const iomem = put('cxl.txt', CXL_2G);
    const { status, error } = await run('import', '--iomem', iomem);

    expect(status).toBe(150);
    expect(error).toContain('no input tells the size of a memory block\n    give it: --block-size');
  });

  it('tells warnings also of what it refuses, in front of the faults', async () => {
    const list = put('people.json', '{"chardev":"dax1.0","size":"30.57 GiB (32.83 GB)"}');
    const { status, error } = await run('import', '--daxctl', list, '--block-size', '128M');

    expect(status).toBe(150);
    expect(error).toMatch(/^warning: .*DAX503[\s\S]*DAX511/);
  });

  it.each([
    ['import', '--iomem', 'a', '--iomem', 'b'],
    ['capacity', '--lsmem', 'a', '--lsmem', 'b'],
    ['import', '--kernel', '6.1', '--kernel', '6.12'],
  ])('%s refuses a second %s', async (...words) => {
    const { status, error } = await run(...words);

    expect(status).toBe(2);
    expect(error).toContain('It is given twice');
  });

  it.each(['8.0', '6.99', '4.18'])('names the range of releases for %s', async (release) => {
    const { status, error } = await run('import', '--kernel', release);

    expect(status).toBe(2);
    expect(error).toMatch(/expected one from v5\.0 to v7\.[0-9]+/);
  });

  it('wants an input', async () => {
    const { status, error } = await run('import');

    expect(status).toBe(2);
    expect(error).toContain('no input of a machine is named');
  });

  it('reads a whole machine below a folder', async () => {
    put('root/proc/iomem', PMEM_DEVDAX);
    put('root/proc/sys/kernel/osrelease', '6.12.30\n');
    put('root/sys/devices/system/memory/block_size_bytes', '8000000\n');
    put('root/sys/devices/system/memory/auto_online_blocks', 'online_movable\n');
    put('root/sys/devices/system/memory/memory0/state', 'online\n');
    put('root/sys/bus/dax/devices/dax0.0/size', '8453619712\n');
    put('root/sys/bus/dax/devices/dax0.0/resource', '0x148200000\n');
    put('root/sys/bus/dax/devices/dax0.0/target_node', '2\n');
    put('root/sys/bus/dax/drivers/device_dax/dax0.0', '');
    put(
      'root/etc/udev/rules.d/80-memory.rules',
      'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"\n',
    );
    put('root/usr/lib/udev/rules.d/60-other.rules', 'SUBSYSTEM=="block", GOTO="end"\n');
    const output = at('live.yaml');
    const { status, error } = await run('import', '--live', at('root'), '-o', output);

    expect({ status, error }).toEqual({ status: 0, error: '' });
    const loaded = loadModel(output);
    expect(loaded.ok && loaded.model.machine.autoOnlineBlocks).toBe('online_movable');
    expect(loaded.ok && loaded.model.kernel.release).toBe('v6.12.30');
    expect(loaded.ok && loaded.model.actors.map(({ name }) => name)).toEqual(['admin', 'udev']);
  });

  it('takes an installed file of rules whole, with those for other devices', async () => {
    const iomem = put('whole.txt', PMEM_DEVDAX);
    const disks = 'KERNEL=="sd*", SUBSYSTEMS=="scsi", SYMLINK+="disk/$attr{wwpn}"';
    const rules = put('40.rules', `${disks}\nSUBSYSTEM=="memory", ATTR{state}="online"\n`);
    const output = at('whole.yaml');
    const words = ['--iomem', iomem, '--rules', rules, '--block-size', '128M'];
    const { error } = await run('import', ...words, '-o', output);

    expect(error).not.toContain('DAX502');
    expect(readFileSync(output, 'utf8')).toContain(disks);
  });

  it('leaves rules out that no model can read, and says at which line', async () => {
    const iomem = put('rules.txt', PMEM_DEVDAX);
    const rules = put('99.rules', '# mine\nSUBSYSTEM=="memory", RUN{builtin}+="kmod load x"\n');
    const output = at('rules.yaml');
    const words = ['--iomem', iomem, '--rules', rules, '--block-size', '128M'];
    const { status, error } = await run('import', ...words, '-o', output);

    expect(status).toBe(0);
    expect(error).toContain(`${rules}:2:22: DAX502`);
    const text = readFileSync(output, 'utf8');
    expect(text).not.toContain('RUN{builtin}');
    expect(text).toContain(`What they do is not explored:\n#   ${rules}\n`);
    expect(loadModel(output).ok).toBe(true);
  });

  it('tells the machine as JSON', async () => {
    const iomem = put('json.txt', PMEM_DEVDAX);
    const { status, out } = await run('import', '--iomem', iomem, '--json');

    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'import',
      file: null,
      machine: { devices: [{ name: 'dax0.0', ranges: { value: [{ start: '0x148200000' }] } }] },
    });
  });
});

describe('daxcheck capacity', () => {
  it('tells what is lost at both ends, and what other blocks would give', async () => {
    const iomem = put('capacity.txt', CXL_2G);
    const { status, out } = await run('capacity', '--iomem', iomem, '--block-size', '2G');

    expect(status).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Memory blocks of 2G (--block-size)

      device  range                  to kmem                size  blocks  usable  head   tail
      dax0.0  1050000000-304fffffff  1080000000-2fffffffff  128G      63    126G  768M  1280M

      dax0.0: starts 768M before a multiple of 2G
      dax0.0: ends 1280M behind a multiple of 2G
      dax0.0: its range is taken as all that lies between its neighbours

      device  otherwise       usable  lost
      dax0.0  blocks of 128M    128G     0
      dax0.0  blocks of 256M    128G     0
      dax0.0  blocks of 1G      127G    1G
      "
    `);
  });

  it('says that what is lost is not known where only what kmem has is', async () => {
    const iomem = put(
      'open.txt',
      `240000000-33fdfffff : Persistent Memory
  240000000-2403fffff : namespace0.0
  280000000-2bfffffff : dax0.0
    280000000-2bfffffff : System RAM (kmem)
`,
    );
    const { out } = await run('capacity', '--iomem', iomem, '--block-size', '1G');

    expect(out).toMatch(/^dax0\.0 .* 1G +1 +1G +\? +\?$/m);
    expect(out).toMatch(/^dax0\.0 +blocks of 128M +at least 1G +\?$/m);
    expect(out).toContain('the device may reach further');
  });

  it('tells what another namespace would give', async () => {
    const iomem = put('namespace.txt', PMEM_128M);
    const { out } = await run('capacity', '--iomem', iomem, '--block-size', '128M');

    expect(out).toMatchInlineSnapshot(`
      "Memory blocks of 128M (--block-size)

      device  range                to kmem               size  blocks  usable  head  tail
      dax0.0  148200000-33fffffff  150000000-33fffffff  8062M      62   7936M  126M     0

      dax0.0: starts 126M before a multiple of 128M
      dax0.0: its range is taken as all that lies between its neighbours

      device  otherwise                                                       usable   lost
      dax0.0  blocks of 256M                                                   7936M   126M
      dax0.0  blocks of 1G                                                        7G   894M
      dax0.0  blocks of 2G                                                        6G  1918M
      dax0.0  ndctl create-namespace -fe namespace0.0 -m devdax -a 2M -M dev   7936M   256M
      dax0.0  ndctl create-namespace -fe namespace0.0 -m devdax -a 2M -M mem   8064M   128M
      dax0.0  ndctl create-namespace -fe namespace0.0 -m devdax -a 1G -M dev      7G     1G
      dax0.0  ndctl create-namespace -fe namespace0.0 -m devdax -a 1G -M mem      7G     1G
      "
    `);
  });

  it('draws a picture, and gives numbers as JSON', async () => {
    const iomem = put('picture.txt', CXL_2G);
    const svg = at('capacity.svg');
    const words = ['--iomem', iomem, '--block-size', '2G', '--svg', svg, '--json'];
    const { out } = await run('capacity', ...words);

    expect(JSON.parse(out)).toMatchObject({
      kind: 'capacity',
      rows: [{ name: 'dax0.0', bars: [{ blocks: '63', head: '805306368', tail: '1342177280' }] }],
    });
    const picture = readFileSync(svg, 'utf8');
    expect(picture).toMatch(/^<svg [\s\S]*<title id="capacity-title">[\s\S]*<\/svg>\n$/);
    expect(picture).toContain('63 blocks, 126G usable; lost 768M in front, 1280M behind');
  });

  it('says that no whole block fits', async () => {
    const list = put(
      'small.json',
      '[{"chardev":"dax1.0","size":262144000,"target_node":1,"mode":"devdax",' +
        '"mappings":[{"start":4294967296,"end":4557111295}]}]',
    );
    const { out } = await run('capacity', '--daxctl', list, '--block-size', '2G');

    expect(out).toContain(
      'dax1.0: no whole block of 2G lies in 100000000-10f9fffff: kmem refuses it',
    );
  });
});
