/** Faults of scripts and menus: code and place of each, all at once. */
import { describe, expect, it } from 'vitest';
import { compileActor } from '../../src/userland/compileActor.ts';
import {
  bare,
  faults,
  indented,
  menuActor,
  scriptActor,
  scriptFaults,
  UNIVERSE,
} from './support.ts';

const STATE = '/sys/devices/system/memory/memory32/state';

describe('a fault', () => {
  it.each([
    ['if true; then', ['1:14 DAX200']],
    ['case x in x) ;& y) ;; esac', ['1:11 DAX201']],
    [
      'x=$(cat /sys/devices/system/memory/auto_online_blocks)\ncase $x in *e) ;; esac',
      ['2:12 DAX212'],
    ],
    ['(true)', ['1:1 DAX201']],
    ['modprobe kmem &', ['1:1 DAX201']],
    ['echo {1..3}', ['1:6 DAX201']],
    ['[[ a =~ a ]]', ['1:4 DAX204']],
    ['f() { f; }\nf', ['1:7 DAX201']],
    ['f() { frob; }', ['1:7 DAX202']],
    ['return 1', ['1:1 DAX201']],
    [`x=$(ls /sys)\necho $x > ${STATE}`, ['2:6 DAX212']],
    ['grep a b && true', ['1:1 DAX201']],
    ['echo $1', ['1:6 DAX212']],
    ['shift', ['1:1 DAX204']],
    ["trap 'true' ERR", ['1:1 DAX201']],
    ['numactl --membind=1 frob', ['1:1 DAX202']],
    ['logger $(frob)', ['1:1 DAX202', '1:8 DAX201']],
    [`echo a | grep b > ${STATE}`, ['1:1 DAX201', '1:10 DAX202']],
    ['true\n  modprob kmem', ['2:3 DAX202']],
    ['daxctl frob dax0.0\ndaxctl online-memory dax9.0', ['1:1 DAX204', '2:1 DAX211']],
    ['modprobe nvme', ['1:1 DAX204']],
    ['udevadm trigger --attr-match=x', ['1:1 DAX204']],
    ['[ -x /sys ]', ['1:1 DAX204']],
    [`cat ${STATE} > ${STATE}`, [`1:${8 + STATE.length} DAX205`]],
    [`sudo echo offline > ${STATE}`, ['1:21 DAX205']],
    ['echo a > /sys/bus/dax/drivers/kmem/bnd', ['1:10 DAX210']],
    ['echo a > /etc/passwd', ['1:10 DAX210']],
    ['echo offline > /sys/devices/system/memory/memory7/state', ['1:16 DAX211']],
    ['open /dev/dax7.0', ['1:1 DAX211']],
    ['for d in /sys/bus/dax/devices/pmem*; do echo $d; done', ['1:10 DAX211']],
    [`x=$(cat ${STATE})\necho a > /sys/$x`, ['2:10 DAX212']],
    [`x=$(cat ${STATE})\necho "a$x" > ${STATE}`, ['2:6 DAX212']],
    [`echo $nowhere > ${STATE}`, ['1:6 DAX213']],
    ['n=0\nwhile true; do n=$((n + 1)); sleep 1; done', ['2:1 DAX214']],
    ['while true; do :; done', ['1:1 DAX214']],
  ])('is placed in %s', (text, expected) => {
    expect(scriptFaults(text)).toEqual(expected);
  });

  it('is placed in the file that the script is part of', () => {
    expect(faults(scriptActor(indented('true\n  nonsense')))).toEqual(['11:7 DAX202']);
  });

  it('comes together with all the others, and no program', () => {
    const text = `nonsense\necho a > /sys/none\nfor x in a b; do daxctl $x; done`;
    const { program, diagnostics } = compileActor(scriptActor(bare(text)), UNIVERSE);

    expect(diagnostics.map(({ code }) => code)).toEqual(['DAX202', 'DAX210', 'DAX204']);
    expect(program).toBeNull();
  });

  it('of an unsupported construct is found where no way leads', () => {
    expect(scriptFaults('exit\n(true)')).toEqual(['2:1 DAX201']);
  });

  it('names the nearest path, with the objects that were written', () => {
    const text = 'echo a > /sys/bus/dax/devices/dax1.0/sizes';
    const [fault] = compileActor(scriptActor(bare(text)), UNIVERSE).diagnostics;

    expect(fault?.hint).toBe('did you mean /sys/bus/dax/devices/dax1.0/size');
  });

  it('names the blocks that can exist', () => {
    const text = 'echo online > /sys/devices/system/memory/memory1/state';
    const [fault] = compileActor(scriptActor(bare(text)), UNIVERSE).diagnostics;

    expect(fault?.hint).toBe('its blocks are memory9-memory10, memory32-memory33');
  });
});

describe('a menu', () => {
  it('has one program for each entry', () => {
    const actor = menuActor('modprobe kmem', `echo online > ${STATE}`);
    const { program } = compileActor(actor, UNIVERSE);

    expect(program?.programs.map(({ instructions }) => instructions.length)).toEqual([1, 1]);
    expect(program?.times).toBe(3);
  });

  it.each([
    ['modprobe kmem; modprobe device_dax'],
    ['modprobe kmem && reboot'],
    ['if true; then reboot; fi'],
    ['true'],
    ['sleep 1'],
  ])('refuses the entry %s', (entry) => {
    expect(faults(menuActor(entry))).toEqual(['1:1 DAX215']);
  });
});
