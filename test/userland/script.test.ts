/** Shell scripts: what each construct compiles to. */
import { describe, expect, it } from 'vitest';
import { bare, compiled, indented, listing, scriptActor } from './support.ts';

const STATE = '/sys/devices/system/memory/memory32/state';
const POLICY = '/sys/devices/system/memory/auto_online_blocks';
const KMEM = '/sys/bus/dax/drivers/kmem';

describe('a command', () => {
  it.each([
    [`echo offline > ${STATE}`, [`write ${STATE} 'offline'`]],
    [`echo -n offline >> ${STATE}`, [`write ${STATE} 'offline'`]],
    [`printf '%s' offline > ${STATE}`, [`write ${STATE} 'offline'`]],
    [`printf '%s\\n' offline > ${STATE}`, [`write ${STATE} 'offline'`]],
    [`printf offline > ${STATE}`, [`write ${STATE} 'offline'`]],
    [`echo 'a  b' c > ${KMEM}/bind`, [`write ${KMEM}/bind 'a  b c'`]],
    [`echo offline | tee ${STATE}`, [`write ${STATE} 'offline'`]],
    [`echo offline | sudo tee -a ${STATE} > /dev/null`, [`write ${STATE} 'offline'`]],
    ['echo offline > /sys/bus/memory/devices/memory32/state', [`write ${STATE} 'offline'`]],
    [`cd /sys/devices/system/memory\necho 1 > memory32/online`, [`write ${online()} '1'`]],
    [
      `echo 1 > /sys/bus/dax/devices/dax1.0/../dax_region/create`,
      [`write ${region('create')} '1'`],
    ],
    [`cat ${POLICY}`, [`read ${POLICY} _read1`, `assign _read1 ''`]],
    ['modprobe kmem', ['module load kmem']],
    ['/sbin/modprobe -r device-dax', ['module unload device_dax']],
    ['sudo rmmod kmem', ['module unload kmem']],
    ['sleep 0.5', ['sleep']],
    ['udevadm settle --timeout=3', ['settle']],
    ['reboot', ['reboot']],
    ['open /dev/dax0.0', ['process open dax0.0']],
    ['unpin /dev/dax0.0', ['process unpin dax0.0']],
    ['ndctl enable-namespace all', ['namespace enable region0']],
    ['ndctl disable-region region0', ['namespace disable region0']],
    ['ndctl clear-errors namespace0.0', ['clear-errors dax0.0']],
    ['ndctl setup-passphrase namespace0.0', ['encrypt region0']],
    ['true; :; echo done; echo note >&2; false 2>/dev/null', []],
    ['exit 1\necho offline > /sys/devices/system/memory/memory32/state', []],
  ])('compiles %s', (text, expected) => {
    expect(listing(text)).toEqual(expected);
  });
});

describe('control flow', () => {
  it('turns && and || into jumps over the next command', () => {
    const text = `echo dax0.0 > ${KMEM}/bind || echo dax0.0 > ${KMEM}/new_id && modprobe kmem`;

    expect(listing(text)).toEqual([
      `write ${KMEM}/bind 'dax0.0'`,
      'jump-if-ok 3',
      `write ${KMEM}/new_id 'dax0.0'`,
      'jump-if-failed 5',
      'module load kmem',
    ]);
  });

  it('takes each arm of if, elif and else once', () => {
    const text = [
      `x=$(cat ${STATE})`,
      `if [ "$x" = online ]; then echo offline > ${STATE}`,
      `elif [ -e ${STATE} ]; then modprobe kmem`,
      'else reboot; fi',
    ].join('\n');

    expect(listing(text)).toEqual([
      `read ${STATE} x`,
      `equal $x 'online'`,
      'jump-if-failed 5',
      `write ${STATE} 'offline'`,
      'jump 10',
      `exists ${STATE}`,
      'jump-if-failed 9',
      'module load kmem',
      'jump 10',
      'reboot',
    ]);
  });

  it('leaves after a failed command under set -e, except where its status is tested', () => {
    const text = `set -e\nmodprobe kmem\nif modprobe -r kmem; then :; fi\nmodprobe kmem || true`;

    expect(listing(text)).toEqual([
      'module load kmem',
      'jump-if-failed 4',
      'module unload kmem',
      'module load kmem',
    ]);
  });

  it('goes on after a failed command when set +e took set -e back', () => {
    expect(listing('set -e\nset +e\nmodprobe kmem\nreboot')).toEqual([
      'module load kmem',
      'reboot',
    ]);
  });

  it('keeps a retry loop one loop', () => {
    expect(listing(`until echo offline > ${STATE}; do sleep 1; done`)).toEqual([
      `write ${STATE} 'offline'`,
      'jump-if-ok 4',
      'sleep',
      'jump 0',
    ]);
  });

  it('unrolls a loop over a counter to its bound', () => {
    const text = [
      'tries=0',
      `while ! echo offline > ${STATE}; do`,
      '  tries=$((tries + 1))',
      '  [ "$tries" -ge 2 ] && { echo "still in use" >&2; exit 1; }',
      '  sleep 1',
      'done',
      'reboot',
    ].join('\n');

    expect(listing(text)).toEqual([
      `write ${STATE} 'offline'`,
      'jump-if-ok 6',
      'sleep',
      `write ${STATE} 'offline'`,
      'jump-if-ok 6',
      'exit',
      'reboot',
    ]);
  });

  it('asks for the status of the command before by $?', () => {
    expect(listing('modprobe kmem\nif [ $? -ne 0 ]; then reboot; fi')).toEqual([
      'module load kmem',
      'jump-if-ok 3',
      'reboot',
    ]);
  });
});

describe('for', () => {
  it('unrolls words, and numbers of seq', () => {
    const memory = '/sys/devices/system/memory';

    expect(listing(`for n in $(seq 32 33); do echo 0 > ${memory}/memory$n/online; done`)).toEqual([
      `write ${memory}/memory32/online '0'`,
      `write ${memory}/memory33/online '0'`,
    ]);
  });

  it('unrolls a pattern in shell order, each object behind a test that it exists', () => {
    const memory = '/sys/devices/system/memory';
    const text = `for b in ${memory}/memory*; do echo offline > $b/state; done`;

    expect(listing(text).filter((line) => line.startsWith('exists'))).toEqual([
      `exists ${memory}/memory10`,
      `exists ${memory}/memory32`,
      `exists ${memory}/memory33`,
      `exists ${memory}/memory9`,
    ]);
  });

  it('knows names cut from loop words', () => {
    const text = `for d in /sys/bus/dax/devices/dax0*; do
      n=$(basename "$d"); echo "$n" > ${KMEM}/bind; echo "\${d##*/}" > ${KMEM}/unbind
    done`;

    expect(listing(text)).toEqual([
      'exists /sys/bus/dax/devices/dax0.0',
      'jump-if-failed 4',
      `write ${KMEM}/bind 'dax0.0'`,
      `write ${KMEM}/unbind 'dax0.0'`,
    ]);
  });
});

describe('variables', () => {
  it('puts known text in and keeps what a file said for run time', () => {
    const text = `p=$(cat ${POLICY})\nnew=online\necho $new > ${POLICY}\necho "$p" > ${POLICY}`;

    expect(listing(text)).toEqual([
      `read ${POLICY} p`,
      `write ${POLICY} 'online'`,
      `write ${POLICY} $p`,
    ]);
  });

  it('keeps a variable for run time where branches set it differently', () => {
    const text = `if modprobe kmem; then d=kmem; else d=device_dax; fi\necho "$d" > ${KMEM}/bind`;

    expect(listing(text)).toEqual([
      'module load kmem',
      'jump-if-failed 4',
      `assign d 'kmem'`,
      'jump 5',
      `assign d 'device_dax'`,
      `write ${KMEM}/bind $d`,
    ]);
  });

  it('lists the variables that the program needs, in order of first use', () => {
    const text = `a=1; p=$(cat ${POLICY}); echo "$p" > ${POLICY}`;

    expect(compiled(scriptActor(bare(text))).variables).toEqual(['p']);
  });
});

describe('origins', () => {
  it('places instructions in the indented file', () => {
    const [program] = compiled(scriptActor(indented('modprobe kmem\n  reboot'))).programs;

    expect(program?.instructions.map(({ place }) => [place.line, place.column])).toEqual([
      [10, 5],
      [11, 7],
    ]);
  });

  it('shows a line with its variables put in', () => {
    const text = `d=dax0.0\necho "$d" > ${KMEM}/bind`;
    const [program] = compiled(scriptActor(bare(text))).programs;

    expect(program?.instructions[0]?.text).toBe(`echo dax0.0 > ${KMEM}/bind`);
  });
});

function online(): string {
  return '/sys/devices/system/memory/memory32/online';
}

function region(attr: string): string {
  return `/sys/devices/platform/hmem.1/dax_region/${attr}`;
}

describe('names of all devices', () => {
  it.each([
    "$(daxctl list | jq -r '.[].chardev')",
    "$(daxctl list -D | jq -r '.[] | .chardev')",
    '$(ls /sys/bus/dax/devices)',
  ])('are the words of a loop over %s', (words) => {
    const pattern = '/sys/bus/dax/devices/dax*';
    const body = 'do echo "$d" > /sys/bus/dax/drivers/kmem/bind; done';
    const writes = (text: string): readonly string[] =>
      listing(text).filter((line) => line.startsWith('write'));

    expect(writes(`for d in ${words}; ${body}`)).toEqual(
      writes(`for p in ${pattern}; do d=$(basename $p); ${body.slice(3)}`),
    );
  });
});

describe('what only prints', () => {
  it.each([
    'sudo lsmem',
    'LC_ALL=C lsmem --summary',
    'echo "$0[$$] $(date +%s): $HOSTNAME" >> /var/log/provision.log',
    'numactl -H | head -n 3 >&2',
    'cat <<END\ntext\nEND',
    'x=$(hostname); logger "$x"',
    'systemctl is-active ndctl || true',
  ])('is no instruction: %s', (text) => {
    expect(listing(text).filter((line) => !/^(?:status|jump)/.test(line))).toEqual([]);
  });
});
