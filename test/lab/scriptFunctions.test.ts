/**
 * The functions that every script is made of, on a machine that is a file: what a step prints, when
 * it stops, and which status it ends with. Each shell that is there runs each case.
 */
import { describe, expect, it } from 'vitest';
import { FUNCTIONS_TEXT, type Ran, runShell, SHELLS } from './scriptFixtures.js';

/** A machine of two facts, which a write changes; its messages are lines of a file. */
const MACHINE = `
look() { cat "$dir/world"; }
id() { echo 0; }
hold_udev() { :; }
mark_log() { can_log=true; : >"$dir/log"; }
new_messages() { cat "$dir/log"; }
check_machine() {
	[ -e "$dir/world" ] || printf '%s\\n' 'driver of dax0.0: none' 'memory32: offline' >"$dir/world"
	look >"$dir/before"
	grep -q 'driver of dax0.0: none' "$dir/world" && : >"$dir/lacks" && return
	echo 'this machine has, the trace not: driver of dax0.0: kmem' >"$dir/lacks"
}
do_write() {
	case $2 in
	hang) exec sleep 20 ;;
	fail) echo EBUSY; return ;;
	say) echo "$1" >>"$dir/log"; echo ok; return ;;
	esac
	sed "s/^$2: .*/$2: $1/" "$dir/world" >"$dir/next"
	mv "$dir/next" "$dir/world"
	echo ok
}
`;

const CONFIRM = '--i-know-this-can-lose-data';

function play(
  shell: readonly string[],
  steps: string,
  { count = 1, words = [] }: { count?: number; words?: readonly string[] } = {},
): Ran {
  const head = `NAME=no-leak KERNEL=v6.12 STEPS=${count} INJECTED=\nwarning() { :; }\n`;
  const body = `start_processes() { :; }\nsteps() {\n${steps}\n}\n${FUNCTIONS_TEXT}${MACHINE}`;
  const ran = runShell(shell, `${head}${body}main "$@"\n`, { words: [CONFIRM, ...words] });
  return { ...ran, out: ran.out.replace(/^# trace: .*\n/m, '') };
}

const BIND = "\tcall admin write kmem 'driver of dax0.0'";
const BOUND = 'admin: ok\n- driver of dax0.0: none\n+ driver of dax0.0: kmem';
const expecting = (title: string, lines: string): string =>
  `\texpect '${title}' <<'PREDICTED'\n${lines}\nPREDICTED`;

describe.each(SHELLS)('a script in %s', (shell) => {
  it('passes when each call returns and changes what is predicted', () => {
    const { status, out } = play(shell, `${BIND}\n${expecting('bind', BOUND)}`);

    expect(out).toBe('TAP version 13\n1..1\nok 1 bind as predicted\n');
    expect(status).toBe(0);
  });

  it('fails with what differs, and leaves the rest', () => {
    const second = `\tcall admin read x\n${expecting('read', 'admin: ok')}`;
    const steps = `${BIND}\n${expecting('bind', 'admin: EBUSY')}\n${second}`;
    const { status, out } = play(shell, steps, { count: 2 });

    const [version, plan, first, ...rest] = out.trimEnd().split('\n');
    expect([version, plan, first]).toEqual(['TAP version 13', '1..2', 'not ok 1 bind']);
    expect(rest.slice(0, -1).sort()).toEqual([
      '# predicted, not seen: admin: EBUSY',
      '# seen, not predicted: + driver of dax0.0: kmem',
      '# seen, not predicted: - driver of dax0.0: none',
      '# seen, not predicted: admin: ok',
    ]);
    expect(rest.at(-1)).toBe('ok 2 read # SKIP the machine is not where the trace is since step 1');
    expect(status).toBe(1);
  });

  it('sees a change that nobody predicted', () => {
    const { status, out } = play(shell, `${BIND}\n${expecting('bind', 'admin: ok')}`);

    expect(out).toContain('# seen, not predicted: + driver of dax0.0: kmem\n');
    expect(status).toBe(1);
  });

  it('fails where a message is missing, and goes on', () => {
    const first = `\tcall admin write hello say\n${expecting('say', 'admin: ok\ndmesg: goodbye')}`;
    const { status, out } = play(shell, `${first}\n${BIND}\n${expecting('bind', BOUND)}`, {
      count: 2,
    });

    expect(out.split('\n').slice(2)).toEqual([
      'not ok 1 say',
      '# predicted, not seen: dmesg: goodbye',
      '# dmesg: hello',
      'ok 2 bind as predicted',
      '',
    ]);
    expect(status).toBe(1);
  });

  it('takes a message by a part of its line, and none for granted that reports a defect', () => {
    const calls = '\tcall admin write "kmem dax0.0: mapping1 stuck" say\n';
    const { out } = play(shell, `${calls}${expecting('a', 'admin: ok\ndmesg: mapping1')}`);
    const report = '\tcall admin write "WARNING: CPU: 0 PID: 1" say\n';
    const reported = play(shell, `${report}${expecting('a', 'admin: ok')}`);
    const wanted = play(shell, `${report}${expecting('a', 'admin: any\nstate: any\ncrash: any')}`);

    expect(out).toContain('ok 1 a as predicted\n');
    expect(reported.out).toContain('not ok 1 a\n# seen, not predicted: dmesg: WARNING: CPU: 0');
    expect(wanted.out).toContain('\nok 1 a as predicted\n');
  });

  it('tells who hangs, and passes when that was predicted', () => {
    const calls = `\tcall one write x hang\n\tcall two write x fail\n`;
    const predicted = 'one: hangs\ntwo: EBUSY\nstate: any';
    const steps = `\tTIMEOUT=1\n${calls}${expecting('both', predicted)}`;
    const { status, out } = play(shell, steps);

    expect(out).toMatch(/^ok 1 both as predicted\n# one hangs; stack of its task:$/m);
    expect(out).not.toContain('two hangs');
    expect(status).toBe(0);
  });

  it('counts the calls of one thread, whatever their order', () => {
    const calls = '\tcall one write x fail\n\tcall one write x say\n\tcall one write x fail\n';
    const right = play(shell, `${calls}${expecting('a', 'one: EBUSY\none: EBUSY\none: ok')}`);
    const wrong = play(shell, `${calls}${expecting('a', 'one: EBUSY\none: ok\none: ok')}`);

    expect(right.status).toBe(0);
    expect(wrong.out).toContain(
      '# seen, not predicted: one: EBUSY\n# predicted, not seen: one: ok\n',
    );
  });

  it('stops with status 4 before what it cannot do', () => {
    const cannot = "\tcannot 'no such file'\n\tcall admin read x\n";
    const second = `${cannot}${expecting('fail', 'admin: ok')}`;
    const steps = `${BIND}\n${expecting('bind', BOUND)}\n${second}`;
    const { status, out } = play(shell, steps, { count: 2 });

    expect(out.split('\n').slice(2)).toEqual([
      'ok 1 bind as predicted',
      '# stopped: no such file',
      'ok 2 fail # SKIP no such file',
      '',
    ]);
    expect(status).toBe(4);
  });

  it('counts the rounds in which it was seen, until the machine is another one', () => {
    const steps = `${BIND}\n${expecting('bind', BOUND)}`;
    const { status, out } = play(shell, steps, { words: ['repeat', '5'] });

    expect(out).toBe(
      [
        'TAP version 13',
        '1..1',
        '# round 1: as predicted',
        '# no further round: the machine is not in the initial state again',
        '#   this machine has, the trace not: driver of dax0.0: kmem',
        'ok 1 no-leak: seen 1 of 1',
        '',
      ].join('\n'),
    );
    expect(status).toBe(0);
  });

  it('runs a command between rounds, and fails when none was as predicted', () => {
    const steps = `${BIND}\n${expecting('bind', 'admin: EBUSY')}`;
    const back = 'sed -i s/kmem/none/ "$dir/world"';
    const script = `\texport dir\n${steps}`;
    const { status, out } = play(shell, script, { words: ['repeat', '3', '--between', back] });

    expect(out).toContain('# round 3: the machine is not where the trace is since step 1\n');
    expect(out).toContain('not ok 1 no-leak: seen 0 of 3\n');
    expect(status).toBe(1);
  });

  it.each([
    ['dd: error writing: Device or resource busy', 'EBUSY'],
    ['dd: error writing: Resource busy', 'EBUSY'],
    ['dd: error writing: No such device', 'ENODEV'],
    ['dd: error writing: No such device or address', 'ENXIO'],
    ['dd: failed to open: No such file or directory', 'ENOENT'],
    ['dd: failed to open: Permission denied', 'EACCES'],
    ['dd: error writing: Operation not permitted', 'EPERM'],
    ['dd: error writing: Invalid argument', 'EINVAL'],
    ['dd: error writing: Cannot allocate memory', 'ENOMEM'],
    ['dd: error writing: Out of memory', 'ENOMEM'],
    ['dd: error writing: Interrupted system call', 'EINTR'],
    ['dd: error writing: No space left on device', 'ENOSPC'],
    ['dd: error writing: Numerical result out of range', 'ERANGE'],
    ['dd: error writing: Operation not supported', 'EOPNOTSUPP'],
    ['dd: error writing: Argument list too long', 'E2BIG'],
    ['dd: error writing: Bad address', 'EFAULT'],
    ['modprobe: FATAL: Module kmem is in use.', 'EAGAIN'],
    ["rmmod: can't unload module 'kmem': Resource temporarily unavailable", 'EAGAIN'],
    ['insmod: File exists', 'EEXIST'],
    ['dd: error writing: Unknown error 517', 'EPROBE_DEFER'],
  ])('knows an errno by its text: %s', (text, name) => {
    const { out } = runShell(shell, `${FUNCTIONS_TEXT}errno_of "${text}"\n`);

    expect(out).toBe(`${name}\n`);
  });
});
