/** How guests run: under KVM or translated, and QEMU's arguments. */
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseAccelerator } from '../../src/lab/accelerator.js';
import { qemuArguments } from '../../src/lab/guest/qemu.js';
import { type Rig, rigOf } from '../../src/lab/rig.js';
import { menuOf, UNBIND } from './playFixtures.js';

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'daxcheck-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** Counts how often it was tried. */
function trial(result: boolean): { readonly starts: () => Promise<boolean>; tries: number } {
  const it = {
    tries: 0,
    starts: async () => {
      it.tries++;
      return result;
    },
  };
  return it;
}

function hasKvm(device = '/dev/kvm'): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

describe('the accelerator', () => {
  it.each(['kvm', 'tcg'] as const)('is %s where the user says so, untried', async (wish) => {
    const { starts, ...counted } = trial(false);
    expect(await chooseAccelerator(wish, cache, starts)).toBe(wish);
    expect(counted.tries).toBe(0);
    expect(readdirSync(cache)).toEqual([]);
  });

  it.each([true, false])('is tried once where there is a device, and kept: %s', async (isGood) => {
    const kvm = trial(isGood);
    const place = join(cache, 'new');
    const answers = [
      await chooseAccelerator('auto', place, kvm.starts),
      await chooseAccelerator('auto', place, kvm.starts),
    ];
    const expected = hasKvm() && isGood ? 'kvm' : 'tcg';
    expect(answers).toEqual([expected, expected]);
    expect(kvm.tries).toBe(hasKvm() ? 1 : 0);
    expect(existsSync(place)).toBe(hasKvm());
  });
});

function rig(): Rig {
  const answer = rigOf(menuOf([UNBIND]).model);
  if (answer.rig === undefined) throw new Error(answer.reasons.join());
  return answer.rig;
}

const boot = {
  ...{ vmlinux: '/k/vmlinux', initramfs: '/k/initramfs', directory: '/d', processors: 2 },
  ...{ accelerator: 'tcg' as const, line: 'virtio' as const },
};

/** What stands behind an option, each time that it is there. */
const valuesOf = (option: string, list: readonly string[]): readonly string[] =>
  list.flatMap((one, index) => (one === option ? [list[index + 1] ?? ''] : []));

describe('the arguments of QEMU', () => {
  it('are a machine with the memory of the rig, node by node, and all processors on node 0', () => {
    const list = qemuArguments({ ...boot, rig: rig() });
    expect(valuesOf('-m', list)).toEqual(['896M']);
    expect(valuesOf('-M', list)).toEqual(['q35,max-ram-below-4g=512M']);
    expect(valuesOf('-smp', list)).toEqual(['2']);
    expect(valuesOf('-numa', list)).toEqual([
      'node,nodeid=0,cpus=0-1,memdev=m0',
      'node,nodeid=1,memdev=m1',
    ]);
    expect(valuesOf('-object', list)).toEqual([
      'memory-backend-ram,id=m0,size=512M,reserve=off',
      'memory-backend-ram,id=m1,size=384M,reserve=off',
    ]);
  });

  it('add up to the memory of the nodes, and give one without memory none', () => {
    const nodes = [{ bytes: 512n << 20n }, { bytes: 0n }];
    const list = qemuArguments({ ...boot, rig: { ...rig(), nodes, memoryOptions: ',slots=1' } });
    expect(valuesOf('-m', list)).toEqual(['512M,slots=1']);
    expect(valuesOf('-numa', list)[1]).toBe('node,nodeid=1');
    expect(valuesOf('-object', list)).toHaveLength(1);
  });

  it('put the parameters of the rig behind those of the lab', () => {
    const [line = ''] = valuesOf('-append', qemuArguments({ ...boot, rig: rig() }));
    expect(line).toMatch(/(^| )memhp_default_state=offline( |$)/);
    expect(line.endsWith(' memmap=0x18000000%0x100000000-1+0xefffffff')).toBe(true);
  });

  it('take the processor as it is under KVM, and one that can be translated else', () => {
    const kvm = qemuArguments({ ...boot, rig: rig(), accelerator: 'kvm' });
    expect([valuesOf('-accel', kvm), valuesOf('-cpu', kvm)]).toEqual([['kvm'], ['host']]);
    const tcg = qemuArguments({ ...boot, rig: rig() });
    expect([valuesOf('-accel', tcg), valuesOf('-cpu', tcg)]).toEqual([['tcg'], ['qemu64,-cx16']]);
  });

  it('reach the agent by a virtio port or by the second serial port', () => {
    const virtio = qemuArguments({ ...boot, rig: rig() });
    expect(valuesOf('-serial', virtio)).toEqual(['chardev:console']);
    expect(valuesOf('-device', virtio)).toContain('virtserialport,chardev=agent,name=agent');
    const serial = qemuArguments({ ...boot, rig: rig(), line: 'serial' });
    expect(valuesOf('-serial', serial)).toEqual(['chardev:console', 'chardev:agent']);
    expect(valuesOf('-device', serial)).toEqual([]);
  });

  it('have all sockets, the console and the snapshots in the folder of the guest', () => {
    const list = qemuArguments({ ...boot, rig: rig() });
    const places = list.flatMap((one) => /(?:path=|unix:|file=)([^,]+)/.exec(one)?.[1] ?? []);
    const names = ['console.log', 'agent.sock', 'qmp.sock', 'snapshots.qcow2'];
    expect(places).toEqual(names.map((name) => `/d/${name}`));
  });
});
