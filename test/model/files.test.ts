/**
 * Files of a model on disk: what is no readable text of a sane size is one fault.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILE_BYTES_MAX } from '../../src/model/files.ts';
import { loadModel } from '../../src/model/load.ts';
import { BASE, HEAD, short } from './support.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daxcheck-model-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function faults(path: string): string[] {
  const result = loadModel(path);
  return result.ok ? [] : short(result.diagnostics);
}

describe('a model file', () => {
  it('is loaded with the files that it names, relative to it', () => {
    write('iomem.txt', '00000000-1fffffff : System RAM\n');
    const path = write('a.yaml', `${HEAD}machine:\n  block_size: 128M\n  iomem_file: iomem.txt\n`);
    const result = loadModel(path);

    expect(result.ok ? result.model.machine.iomem[0]?.place.file : '').toBe(
      join(folder, 'iomem.txt'),
    );
  });

  it('that is missing has one fault', () => {
    expect(faults(join(folder, 'none.yaml'))).toEqual(['DAX001 1:1']);
  });

  it('that is a directory has one fault', () => {
    expect(faults(folder)).toEqual(['DAX002 1:1']);
  });

  it('that is a device has one fault', () => {
    expect(faults('/dev/zero')).toEqual(['DAX002 1:1']);
  });

  it('that is a pipe without a writer has one fault and does not wait', () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);

    expect(faults(path)).toEqual(['DAX002 1:1']);
  });

  it('that is no text has one fault', () => {
    const noise = new Uint8Array([0x66, 0xff, 0xfe, 0x00]);

    expect(faults(write('noise.yaml', noise))).toEqual(['DAX005 1:1']);
  });

  it('of 100 MB is not read', () => {
    const path = write('large.yaml', BASE);
    truncateSync(path, 100_000_000);

    expect(faults(path)).toEqual(['DAX004 1:1']);
  });

  it('names a listing that is too large, in the line that names it', () => {
    truncateSync(write('large.txt', ''), FILE_BYTES_MAX + 1);
    const path = write('b.yaml', `${HEAD}machine:\n  block_size: 128M\n  iomem_file: large.txt\n`);

    expect(faults(path)).toEqual(['DAX004 6:15']);
  });

  it('that names a listing of noise is refused without reading all of it', () => {
    write('lines.txt', 'noise\n'.repeat(2_000_000));
    const path = write('c.yaml', `${HEAD}machine:\n  block_size: 128M\n  iomem_file: lines.txt\n`);

    expect(faults(path).slice(-2)).toEqual(['DAX101 50:1', 'DAX015 50:1']);
  });
});
