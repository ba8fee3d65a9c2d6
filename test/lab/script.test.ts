/** The text of a trace as a shell script, and what shells say of it. */
import { describe, expect, it } from 'vitest';
import {
  MISSING_SHELLS,
  modelAt,
  runShell,
  SHELLS,
  scriptFor,
  scriptsOf,
  type Written,
} from './scriptFixtures.js';

if (MISSING_SHELLS.length > 0) {
  process.stdout.write(`skipped: scripts are not read by ${MISSING_SHELLS.join(', ')}\n`);
}

/** A leak, a tool against udev, and a deadlock. */
const GOLDEN = {
  leak: 'models/bugs/kmem-small-range-leak.yaml',
  'daxctl-and-udev': 'models/bugs/daxctl-devdax-window.yaml',
  deadlock: 'models/bugs/dl1-size-against-unbind.yaml',
} as const;

/** Processes, modules, faults, firmware, own properties, loops, menus, old kernels. */
const VARIED = [
  'models/bugs/pinned-page-freed.yaml',
  'models/bugs/pinned-page-kept.yaml',
  'models/bugs/toctou-unbind.yaml',
  'models/bugs/kmem-addfail-leak.yaml',
  'models/bugs/state-sticky-flag.yaml',
  'models/bugs/hmat-notifier-self.yaml',
  'models/bugs/ndctl-active-memory.yaml',
  'models/bugs/nd-uuid-abba.yaml',
  'models/bugs/fs-holder-race.yaml',
  'models/bugs/l6-size-killed.yaml',
  'models/lifecycle/readme.yaml',
  'models/lifecycle/unload-takes-cxl.yaml',
  'models/lifecycle/restore-two-workers.yaml',
  'models/lifecycle/reboot-is-no-recovery.yaml',
  'models/properties/own.yaml',
  'models/properties/eventually-udev.yaml',
] as const;

const written = new Map<string, readonly Written[]>();
for (const file of [...Object.values(GOLDEN), ...VARIED]) {
  written.set(file, await scriptsOf(modelAt(file)));
}
const all = [...written.values()].flat();

describe('a script', () => {
  it.each(Object.entries(GOLDEN))('says what it does, step by step: %s', async (name, file) => {
    const [first] = written.get(file) ?? [];

    await expect(first?.own).toMatchFileSnapshot(`golden/${name}.sh`);
  });

  it('is made of every trace', () => {
    const without = [...written].filter(([, scripts]) => scripts.length === 0);

    expect(without).toEqual([]);
  });

  it.each(SHELLS)('is read by %s', (shell) => {
    const complaints = all.map(({ script }) => runShell(shell, script, { check: true }));

    expect(complaints.filter(({ status, out }) => status !== 0 || out !== '')).toEqual([]);
  });

  it.skipIf(MISSING_SHELLS.includes('shellcheck'))('has nothing that shellcheck minds', () => {
    // It takes seconds for each.
    const some = Object.values(GOLDEN).flatMap((file) => written.get(file) ?? []);
    const complaints = some.map(({ script }) => runShell(['shellcheck', '-s', 'sh'], script));

    expect(complaints.filter(({ status, out }) => status !== 0 || out !== '')).toEqual([]);
  });

  it.each(SHELLS)(
    'without a confirmation tells what it would do, and does nothing: %s',
    (shell) => {
      const [leak] = written.get(GOLDEN.leak) ?? [];
      const { status, out } = runShell(shell, leak?.script ?? '');

      expect(status).toBe(4);
      expect(out).toBe(
        [
          'TAP version 13',
          '# this takes dax0.0 (100000000-107ffffff + 110000000-1103fffff) for its own',
          '#   unbind dax0.0 from kmem',
          '# What is stored there, and what runs in memory that comes from there, can be lost.',
          '# It may leave memory claimed, until the machine is booted again.',
          '# usage: trace.sh --i-know-this-can-lose-data [repeat N [--between COMMAND]]',
          '#   repeat N           N rounds, until the machine is not back in its initial state',
          '#   --between COMMAND  run by sh between two rounds: brings it back',
          '#   TIMEOUT=SECONDS    in the environment: when a call counts as one that hangs (10)',
          '1..0 # SKIP not confirmed: nothing was changed',
          '',
        ].join('\n'),
      );
    },
  );

  it('has the shell variables of the model filled in', () => {
    const [loop] = written.get('models/lifecycle/restore-two-workers.yaml') ?? [];

    expect(loop?.own).not.toMatch(/^\tcall .*[$]/m);
  });

  it('waits before a call that another one must be waiting for', () => {
    const [pinned] = written.get('models/bugs/pinned-page-freed.yaml') ?? [];

    expect(pinned?.own).toContain(
      '\tcall process pause 1\n\tcall process process unpin /dev/dax0.0\n',
    );
    expect(pinned?.own).not.toContain('A script cannot force');
  });

  it('comes with a C file only where a process maps a device', () => {
    const mapping = [...written].filter(([, scripts]) => scripts.some((it) => it.process !== null));

    expect(mapping.map(([file]) => file)).toEqual([
      'models/bugs/pinned-page-freed.yaml',
      'models/bugs/pinned-page-kept.yaml',
    ]);
    expect(mapping[0]?.[1][0]?.process).toContain('Build: cc -O2 -Wall -o trace trace.c');
  });

  it('stops before a fault that no file of a kernel brings about', async () => {
    const { own } = await scriptFor(modelAt('models/bugs/kmem-addfail-leak.yaml'));

    expect(own).toContain("cannot 'no file of a stock kernel makes this happen: add_memory fails");
  });

  it('begins where the kernel has booted', () => {
    const [self] = written.get('models/bugs/hmat-notifier-self.yaml') ?? [];

    expect(self?.own).not.toContain('hmat_init');
    expect(self?.own).toMatch(/^\tcall admin command 'modprobe dax_hmem'$/m);
  });
});
