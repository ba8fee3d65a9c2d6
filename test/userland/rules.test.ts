/** udev rules: what they compile to, and their faults. */
import { describe, expect, it } from 'vitest';
import { compileActor } from '../../src/userland/compileActor.ts';
import { faults, rulesActor, rulesListing, UNIVERSE } from './support.ts';

const STATE = '/sys$devpath/state';

const ONE_LINE =
  'SUBSYSTEM=="memory", ACTION=="add", TEST=="state", ATTR{state}=="offline", ATTR{state}="online"';

const BY_MACHINE = `# online every new block, movable on bare metal
SUBSYSTEM!="memory", GOTO="end"
ACTION!="add", GOTO="end"
PROGRAM="/bin/uname -m", RESULT=="s390*", GOTO="end"
ATTR{state}!="offline", GOTO="end"
ENV{.movable}="online"
PROGRAM="/bin/sh -c 'systemd-detect-virt || :'", RESULT=="none", ENV{.movable}="online_movable"
ATTR{state}="$env{.movable}"
LABEL="end"
`;

describe('rules', () => {
  it('write to the block of an added memory device', () => {
    expect(rulesListing(ONE_LINE)).toEqual([
      'event memory add',
      'jump-if-failed 7',
      `read ${STATE} attr_state`,
      'jump-if-failed 7',
      `equal $attr_state 'offline'`,
      'jump-if-failed 7',
      `write ${STATE} 'online'`,
      `assign attr_state ''`,
    ]);
  });

  it.each([
    ['none', 'online_movable'],
    ['kvm', 'online'],
  ])('know what the machine is: %s gives %s', (virt, value) => {
    expect(rulesListing(BY_MACHINE, { ...UNIVERSE, virt })).toEqual([
      'event dax *',
      'jump-if-ok 9',
      'event * add',
      'jump-if-failed 9',
      `read ${STATE} attr_state`,
      'jump-if-failed 8',
      `equal $attr_state 'offline'`,
      'jump-if-failed 9',
      `write ${STATE} '${value}'`,
      `assign attr_state ''`,
    ]);
  });

  it.each([
    ['/usr/bin/systemd-detect-virt --vm', 'none', 'online'],
    ["/bin/sh -c '/usr/bin/systemd-detect-virt --vm || :'", 'none', 'online_movable'],
    ['/usr/bin/systemd-detect-virt --vm', 'kvm', 'online'],
  ])('ask %s, which prints %s and on bare metal fails, and write %s', (program, virt, value) => {
    const text = BY_MACHINE.replace("/bin/sh -c 'systemd-detect-virt || :'", program);
    const lines = rulesListing(text, { ...UNIVERSE, virt });

    expect(lines.filter((line) => line.startsWith('write'))).toEqual([`write ${STATE} '${value}'`]);
  });

  it('keep a property for run time where a rule may have set it', () => {
    const text = `SUBSYSTEM!="memory", GOTO="end"
ENV{.zone}="online"
ACTION=="change", ENV{.zone}="online_kernel"
ATTR{state}="$env{.zone}"
LABEL="end"`;

    expect(rulesListing(text)).toEqual([
      'event dax *',
      'jump-if-ok 7',
      `assign env__zone 'online'`,
      'event * change',
      'jump-if-failed 6',
      `assign env__zone 'online_kernel'`,
      `write ${STATE} $env__zone`,
      `assign env__zone ''`,
    ]);
  });

  it('run a command for a dax device by its name', () => {
    const text = `SUBSYSTEM=="dax", KERNEL=="dax*", ACTION=="add", \\
  RUN+="/bin/sh -c 'echo %k > /sys/bus/dax/drivers/kmem/new_id'"`;

    expect(rulesListing(text)).toEqual([
      'event dax add',
      'jump-if-failed 3',
      'write /sys/bus/dax/drivers/kmem/new_id $kernel',
    ]);
  });

  it('run commands after the rules that follow', () => {
    const text = `SUBSYSTEM=="memory", ACTION=="add", \\
  RUN+="/bin/sh -c 'echo 1 > /sys$devpath/online'"
SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online_movable"`;
    const writes = rulesListing(text).filter((line) => line.startsWith('write'));

    expect(writes).toEqual([`write ${STATE} 'online_movable'`, "write /sys$devpath/online '1'"]);
  });

  it("look at the kernel's policy, an attribute of the parent of memory blocks", () => {
    const text = `SUBSYSTEM!="memory", GOTO="end"
ATTRS{auto_online_blocks}=="offline", GOTO="end"
ATTR{state}="online"
LABEL="end"`;

    expect(rulesListing(text)).toEqual([
      'event dax *',
      'jump-if-ok 7',
      'read /sys/devices/system/memory/auto_online_blocks attr_auto_online_blocks',
      'jump-if-failed 6',
      `equal $attr_auto_online_blocks 'offline'`,
      'jump-if-ok 7',
      `write ${STATE} 'online'`,
      `assign attr_auto_online_blocks ''`,
    ]);
  });

  it('find no such attribute above a dax device, whatever is asked of it', () => {
    const text =
      'SUBSYSTEM=="dax", ATTRS{auto_online_blocks}!="offline", RUN+="/usr/bin/daxctl list"';

    expect(rulesListing(text)).toEqual([]);
  });

  it('tell single devices apart by KERNEL', () => {
    const text = 'SUBSYSTEM=="memory", KERNEL=="memory3[0-2]|memory9", ATTR{online}="1"';

    expect(rulesListing(text)).toEqual([
      'event memory *',
      'jump-if-failed 7',
      `equal $kernel 'memory9'`,
      'jump-if-ok 6',
      `equal $kernel 'memory32'`,
      'jump-if-failed 7',
      "write /sys$devpath/online '1'",
    ]);
  });

  it('take alternatives of values', () => {
    const text =
      'SUBSYSTEM=="memory", ACTION=="add|online", ATTR{removable}=="1", ATTR{state}="offline"';
    const lines = rulesListing(text);

    expect(lines.filter((line) => line.startsWith('event'))).toEqual([
      'event memory *',
      'event * add',
      'event * online',
    ]);
  });

  it.each([
    ['none', false],
    ['kvm', false],
    ['xen', true],
    ['microsoft', true],
  ])('ask the firmware whether they are for this machine: %s, %s', (virt, applies) => {
    const text = `ATTR{[dmi/id]sys_vendor}=="Microsoft*", \\
 ATTR{[dmi/id]product_name}=="Virtual Machine", GOTO="guest"
ATTR{[dmi/id]sys_vendor}=="Xen", GOTO="guest"
GOTO="end"
LABEL="guest"
SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online"
LABEL="end"`;
    const lines = rulesListing(text, { ...UNIVERSE, virt });

    expect(lines.includes(`write ${STATE} 'online'`)).toBe(applies);
  });

  it('pass over what is for other devices, whatever it asks and does', () => {
    const others = `SUBSYSTEM=="scsi", ENV{DEVTYPE}=="scsi_device", TEST!="[module/sg]", \\
 RUN+="modprobe -b sg"
KERNEL=="sd*[!0-9]", SUBSYSTEMS=="scsi", DRIVERS=="zfcp", SYMLINK+="disk/$attr{wwpn}"
SUBSYSTEM=="cpu", DEVPATH=="/devices/system/cpu/*", TEST=="online", ATTR{online}="1"
ACTION=="bind", SUBSYSTEM=="usb", IMPORT{builtin}="hwdb"
`;

    expect(rulesListing(others + ONE_LINE)).toEqual(rulesListing(ONE_LINE));
  });

  it('drop a rule that no event can match', () => {
    expect(rulesListing('SUBSYSTEM=="cpu", ATTR{online}="1"')).toEqual([]);
  });
});

describe('a fault in rules', () => {
  it.each([
    ['SUBSYSTEM=="memory" nonsense', ['1:21 DAX220']],
    ['SUBSYSTEM=memory', ['1:1 DAX220']],
    ['# fine\n  FOO=="a"', ['2:3 DAX221']],
    ['SUBSYSTEM=="memory", ATTR{foo}="1"', ['1:22 DAX221']],
    ['SUBSYSTEM=="memory", ATTRS{state}=="online"', ['1:22 DAX221']],
    ['ATTRS{auto_online_blocks}="offline"', ['1:1 DAX221', '1:1 DAX222']],
    ['SUBSYSTEM=="memory", \\\n FOO+="systemd"', ['2:2 DAX221']],
    ['SUBSYSTEM="memory"', ['1:1 DAX221', '1:1 DAX222']],
    ['ACTION=="add", GOTO="nowhere"', ['1:16 DAX223']],
    ['LABEL="a"\nACTION=="add", GOTO="a"', ['2:16 DAX223']],
    ['SUBSYSTEM=="dax", TAG+="systemd", ENV{SYSTEMD_WANTS}+="x.service"', ['1:35 DAX221']],
    ['ENV{.x}+="online"', ['1:1 DAX222']],
    ['DEVPATH=="/devices/pci*", ATTR{state}="online"', ['1:1 DAX224']],
    ['PROGRAM="/bin/true"', ['1:1 DAX224']],
    ['ATTR{state}="$attr{online}"', ['1:1 DAX224']],
    ['SUBSYSTEM=="dax", RUN+="/usr/bin/daxctl %k"', ['1:19 DAX204']],
    ['ATTR{[dmi/id]sys_vendor}=="QEMU", ATTR{state}="online"', ['1:1 DAX221']],
    ['SUBSYSTEM=="cpu", NONSENSE=="1"', ['1:19 DAX221']],
    ['SUBSYSTEM=="cpu", GOTO="nowhere"', ['1:19 DAX223']],
    ['SUBSYSTEM=="cpu", SUBSYSTEM="memory"', ['1:19 DAX222']],
    ['SUBSYSTEM!="cpu", TEST=="[module/sg]"', ['1:19 DAX224']],
  ])('is placed in %s', (text, expected) => {
    expect(faults(rulesActor(text))).toEqual(expected);
  });
});

describe('rules of distributions', () => {
  it('may speak of other subsystems by paths that are not known', () => {
    const rule = 'DEVPATH=="/devices/system/cpu/cpu*", SUBSYSTEM=="cpu", ATTR{online}="1"';

    expect(rulesListing(rule)).toEqual([]);
  });

  it.each([
    ['none', 0],
    ['xen', 0],
    ['microsoft', 1],
  ])('ask the firmware which hypervisor it is: %s', (virt, writes) => {
    const rules = [
      'ATTR{[dmi/id]sys_vendor}=="Microsoft Corporation", \\',
      'ATTR{[dmi/id]product_name}=="Virtual*", GOTO="apply"',
      'GOTO="end"',
      'LABEL="apply"',
      'SUBSYSTEM=="memory", ATTR{state}="online"',
      'LABEL="end"',
    ].join('\n');
    const listing = rulesListing(rules, { ...UNIVERSE, virt });

    expect(listing.filter((line) => line.includes('write'))).toHaveLength(writes);
  });

  it.each([
    ['SUBSYSTEM=="dax", ATTR{state}=="unplugged", ATTR{state}="online"', 2],
    ['ACTION=="add", ATTR{state}="online"', 1],
    ['ATTR{state}=="offline", ATTR{state}="unplugged"', 2],
    ['ATTR{state}=="offline", ATTR{state}="online"', 0],
    ['SUBSYSTEM=="memory", ATTR{state}="online"', 0],
  ])('are refused where they could mean the state of a dax device: %s', (rule, faults) => {
    const universe = { ...UNIVERSE, hasDaxState: true };
    const { diagnostics } = compileActor(rulesActor(rule), universe);

    expect(diagnostics.map(({ code }) => code)).toEqual(Array(faults).fill('DAX221'));
    expect(compileActor(rulesActor(rule), UNIVERSE).diagnostics).toEqual([]);
  });
});
