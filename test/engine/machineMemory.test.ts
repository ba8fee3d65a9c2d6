/** What the machine has, read from made-up trees of /proc and /sys, and from the real ones. */
import { describe, expect, it } from 'vitest';
import {
  machineRoom,
  type ReadText,
  type Room,
  shellRooms,
} from '../../src/engine/machineMemory.ts';
import { makeThreadRoom } from '../../src/engine/memoryLimit.ts';

const MIB = 2 ** 20;
const V2_MOUNT = '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate';
const V1_MOUNT = '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';

const tree =
  (files: { readonly [path: string]: string }): ReadText =>
  (path) =>
    files[path] ?? null;

const MEMINFO = 'MemTotal:       8388608 kB\nMemAvailable:   6291456 kB\n';

describe('the memory that the machine has', () => {
  it('is what the kernel calls available where no group has a limit', () => {
    const room = machineRoom(
      tree({
        '/proc/meminfo': MEMINFO,
        '/proc/self/cgroup': '0::/user.slice\n',
        '/proc/self/mountinfo': V2_MOUNT,
        '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
        '/sys/fs/cgroup/user.slice/memory.high': 'max\n',
      }),
    );

    expect(room).toEqual({
      bytes: 6144 * MIB,
      limitBytes: 8192 * MIB,
      source: 'MemAvailable of /proc/meminfo',
    });
  });

  it('is what memory.max leaves, files in the cache not counted (v2)', () => {
    const room = machineRoom(
      tree({
        '/proc/meminfo': MEMINFO,
        '/proc/self/cgroup': '0::/a/b\n',
        '/proc/self/mountinfo': V2_MOUNT,
        '/sys/fs/cgroup/a/b/memory.max': `${512 * MIB}\n`,
        '/sys/fs/cgroup/a/b/memory.high': 'max\n',
        '/sys/fs/cgroup/a/b/memory.current': `${200 * MIB}\n`,
        '/sys/fs/cgroup/a/b/memory.stat': [
          'anon 1',
          `inactive_file ${90 * MIB}`,
          `active_file ${10 * MIB}`,
        ].join('\n'),
      }),
    );

    expect(room).toEqual({
      bytes: 412 * MIB,
      limitBytes: 512 * MIB,
      source: '/sys/fs/cgroup/a/b/memory.max',
    });
  });

  it('takes the tightest limit of the groups above, memory.high too', () => {
    const files = {
      '/proc/self/cgroup': '0::/a/b/c\n',
      '/proc/self/mountinfo': V2_MOUNT,
      '/sys/fs/cgroup/a/b/c/memory.max': `${900 * MIB}\n`,
      '/sys/fs/cgroup/a/b/memory.max': 'max\n',
      '/sys/fs/cgroup/a/memory.max': `${800 * MIB}\n`,
      '/sys/fs/cgroup/a/memory.high': `${700 * MIB}\n`,
    };

    expect(machineRoom(tree(files))?.source).toBe('/sys/fs/cgroup/a/memory.high');
  });

  it('is what memory.limit_in_bytes leaves (v1), and no limit is none', () => {
    const files = {
      '/proc/meminfo': MEMINFO,
      '/proc/self/cgroup': '5:cpu,cpuacct:/x\n4:memory:/box/7\n0::/\n',
      '/proc/self/mountinfo': V1_MOUNT,
      '/sys/fs/cgroup/memory/box/7/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/box/memory.limit_in_bytes': `${300 * MIB}\n`,
      '/sys/fs/cgroup/memory/box/memory.usage_in_bytes': `${100 * MIB}\n`,
      '/sys/fs/cgroup/memory/box/memory.stat': `total_inactive_file ${40 * MIB}\n`,
    };

    expect(machineRoom(tree(files))).toEqual({
      bytes: 240 * MIB,
      limitBytes: 300 * MIB,
      source: '/sys/fs/cgroup/memory/box/memory.limit_in_bytes',
    });
  });

  it('finds its group in a container, where the mount shows only that', () => {
    const files = {
      '/proc/self/cgroup': '4:memory:/docker/abc\n',
      '/proc/self/mountinfo':
        '35 31 0:32 /docker/abc /sys/fs/cgroup/my\\040memory rw shared:9 - cgroup cgroup rw,memory',
      '/sys/fs/cgroup/my memory/memory.limit_in_bytes': `${64 * MIB}\n`,
    };

    expect(machineRoom(tree(files))?.source).toBe('/sys/fs/cgroup/my memory/memory.limit_in_bytes');
  });

  it('takes the mount for a group that lies outside it', () => {
    const files = {
      '/proc/self/cgroup': '0::/../other\n',
      '/proc/self/mountinfo': V2_MOUNT,
      '/sys/fs/cgroup/memory.max': `${64 * MIB}\n`,
    };

    expect(machineRoom(tree(files))?.bytes).toBe(64 * MIB);
  });

  it('never is less than nothing', () => {
    const files = {
      '/proc/self/cgroup': '0::/a\n',
      '/proc/self/mountinfo': V2_MOUNT,
      '/sys/fs/cgroup/a/memory.max': `${64 * MIB}\n`,
      '/sys/fs/cgroup/a/memory.current': `${65 * MIB}\n`,
    };

    expect(machineRoom(tree(files))?.bytes).toBe(0);
  });

  it('is what ulimit -d leaves', () => {
    const files = {
      '/proc/meminfo': MEMINFO,
      '/proc/self/limits': `Max data size       ${100 * MIB}    unlimited    bytes\n`,
      '/proc/self/status': 'VmData:\t   51200 kB\n',
    };

    expect(machineRoom(tree(files))).toEqual({
      bytes: 50 * MIB,
      limitBytes: 100 * MIB,
      source: 'ulimit -d',
    });
  });

  it('is what ulimit -v leaves', () => {
    const files = {
      '/proc/meminfo': MEMINFO,
      '/proc/self/limits': `Max address space   ${900 * MIB}    unlimited    bytes\n`,
      '/proc/self/status': 'VmSize:\t  819200 kB\nVmData:\t   51200 kB\n',
    };

    expect(machineRoom(tree(files))).toEqual({
      bytes: 100 * MIB,
      limitBytes: 900 * MIB,
      source: 'ulimit -v',
    });
  });

  it('is unknown where nothing can be read', () => {
    expect(machineRoom(tree({}))).toBeNull();
    expect(
      machineRoom(tree({ '/proc/self/mountinfo': 'x\ny - \n', '/proc/self/cgroup': '::\n' })),
    ).toBeNull();
  });

  it.runIf(process.platform === 'linux')('is more than nothing here, and has a source', () => {
    const room = machineRoom();

    expect(room?.bytes).toBeGreaterThan(0);
    expect(room?.bytes).toBeLessThanOrEqual(room?.limitBytes ?? 0);
    expect(room?.source).not.toBe('');
  });
});

describe('the limits of the shell', () => {
  const sourcesOf = (limits: string): string[] =>
    shellRooms(tree({ '/proc/self/limits': limits })).map(({ source }) => source);

  it('are the soft ones, and none when they are unlimited', () => {
    const both =
      'Max data size             1024                 unlimited            bytes\n' +
      'Max address space         4294967296           unlimited            bytes\n';

    expect(sourcesOf(both)).toEqual(['ulimit -v', 'ulimit -d']);
    expect(sourcesOf(both.replaceAll(/\b(1024|4294967296)\b/g, 'unlimited'))).toEqual([]);
    expect(sourcesOf('')).toEqual([]);
  });
});

describe('the room for threads', () => {
  const roomsAt = (usedMib: number): Room[] => [
    { bytes: (2000 - usedMib) * MIB, limitBytes: 2000 * MIB, source: 'ulimit -v' },
  ];

  it('has no end without a limit', () => {
    expect(makeThreadRoom(() => [])()).toBe(Number.POSITIVE_INFINITY);
  });

  it('is what is left now, by what the process had taken at the start', () => {
    let used = 172;
    const threads = makeThreadRoom(() => roomsAt(used));

    expect(threads()).toBe(6);
    used = 1390;
    expect(threads()).toBe(2);
    used = 1990;
    expect(threads()).toBe(0);
  });

  it('takes no more than 1 GiB for a thread, whatever else the process holds', () => {
    expect(makeThreadRoom(() => roomsAt(970))()).toBe(1);
  });
});
