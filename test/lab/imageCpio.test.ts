/** The archive of a guest's first file system, read back by another reader and by cpio itself. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CpioEntry, fileEntry, writeCpio } from '../../src/lab/image/cpio.js';
import { findProgram } from '../../src/lab/image/programs.js';
import { FC, SEED_TITLE } from '../support/fc.ts';

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly data: string;
}

/** Reads "newc" as the kernel's init/initramfs.c does: one field after the other. */
function readCpio(archive: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; ; ) {
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const path = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    const data = (at + 110 + nameSize + 3) & ~3;
    if (path === 'TRAILER!!!') return entries;
    entries.push({ path, mode, data: archive.toString('hex', data, data + size) });
    at = (data + size + 3) & ~3;
  }
}

const paths = fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,12}$/), { minLength: 1, maxLength: 8 });

describe(`an archive (${SEED_TITLE})`, () => {
  it('is read back as what was written, whatever the lengths of names and data', () => {
    fc.assert(
      fc.property(paths, fc.uint8Array({ maxLength: 70 }), (names, data) => {
        const entries: CpioEntry[] = names.map((path) => fileEntry(path, data));

        const read = readCpio(writeCpio(entries));

        expect(read).toEqual(
          names.map((path) => ({
            path,
            mode: 0o100644,
            data: Buffer.from(data).toString('hex'),
          })),
        );
      }),
      FC,
    );
  });

  it('has every folder before what lies in it', () => {
    const archive = writeCpio([
      fileEntry('modules/kmem.ko', 'module'),
      fileEntry('usr/share/rules/one', 'rule'),
      fileEntry('init', 'agent', true),
    ]);

    expect(readCpio(archive).map(({ path, mode }) => `${path} ${mode.toString(8)}`)).toEqual([
      'modules 40755',
      'usr 40755',
      'usr/share 40755',
      'usr/share/rules 40755',
      'modules/kmem.ko 100644',
      'usr/share/rules/one 100644',
      'init 100755',
    ]);
  });

  const cpio = findProgram('cpio');
  if (cpio === null) process.stdout.write('skipped: cpio is not installed, so it reads nothing\n');

  it.skipIf(cpio === null)('is listed by cpio', () => {
    const archive = writeCpio([fileEntry('a', 'x'), fileEntry('modules/b.ko', 'yz')]);

    const listed = execFileSync('cpio', ['-t', '--quiet'], { input: archive }).toString();

    expect(listed.trim().split('\n')).toEqual(['modules', 'a', 'modules/b.ko']);
  });
});
