/** Files that commands write: whole or not at all, and nothing that is there is lost by half. */
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { writeNew, writeWhole } from '../../src/cli/writeWhole.js';
import { collect } from './terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;

/** A new folder. */
function makeFolder(): string {
  const folder = join(root, String(++count));
  mkdirSync(folder);
  return folder;
}

/** A file, and a second name of what is in it: that stays as it was where the file is replaced. */
function makeFile(name: string): { file: string; before: string; folder: string } {
  const folder = makeFolder();
  const [file, before] = [join(folder, name), join(folder, 'before')];
  writeFileSync(file, 'old');
  linkSync(file, before);
  return { file, before, folder };
}

const MODEL = 'models/bugs/toctou-unbind.yaml';
const TRACE = 'toctou-unbind.recoverable.dax0.0.itf.json';
const LISTING = ['--iomem', 'models/machines/cxl-off-grain.iomem', '--block-size', '2G'];
const EXPLORE = ['explore', '--quiet', MODEL];

describe('a file that a command writes', () => {
  it.each<[string, string, (file: string, folder: string) => string[]]>([
    ['explore --html', 'x.html', (file) => [...EXPLORE, '--html', file]],
    ['explore --graph', 'x.dot', (file) => [...EXPLORE, '--graph', file]],
    ['explore --sarif', 'x.sarif', (file) => [...EXPLORE, '--sarif', file]],
    ['explore --trace-dir', TRACE, (_file, folder) => [...EXPLORE, '--trace-dir', folder]],
    ['capacity --svg', 'x.svg', (file) => ['capacity', ...LISTING, '--svg', file]],
    ['gate --junit', 'x.xml', (file) => ['gate', MODEL, '--jobs', '1', '--junit', file]],
  ])('by %s is replaced as a whole', async (_what, name, words) => {
    const { file, before, folder } = makeFile(name);
    await runCommandLine(words(file, folder), collect());
    expect(readFileSync(before, 'utf8')).toBe('old');
    expect(readFileSync(file, 'utf8').length).toBeGreaterThan(100);
    expect(readdirSync(folder).sort()).toEqual(['before', name].sort());
  });

  it('by show --script is replaced as a whole, and can be run', async () => {
    const folder = makeFolder();
    await runCommandLine([...EXPLORE, '--trace-dir', folder], collect());
    const { file, before } = makeFile('x.sh');
    const words = ['show', join(folder, TRACE), '--script', file];
    expect(await runCommandLine(words, collect())).toBe(0);
    expect(readFileSync(before, 'utf8')).toBe('old');
    expect(statSync(file).mode & 0o777).toBe(0o755);
  });
});

describe('writing a file', () => {
  it('makes the folders above it', () => {
    const file = join(makeFolder(), 'a', 'b', 'text');
    writeWhole(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('keeps its permissions', () => {
    const { file } = makeFile('private');
    chmodSync(file, 0o600);
    writeWhole(file, 'new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('writes to what a link points to', () => {
    const { file, folder } = makeFile('text');
    const link = join(folder, 'link');
    symlinkSync('text', link);
    writeWhole(link, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['before', 'link', 'text']);
  });

  it('leaves a file alone to which nothing is new', () => {
    const { file, before } = makeFile('text');
    writeWhole(file, 'old');
    expect(statSync(file).ino).toBe(statSync(before).ino);
  });
});

describe('writing a new file', () => {
  it('leaves what is there as it is', () => {
    const { file } = makeFile('text');
    expect(writeNew(file, 'new')).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('writes where nothing is', () => {
    const file = join(makeFolder(), 'text');
    expect(writeNew(file, 'new')).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('fails where there is no folder for it', () => {
    expect(() => writeNew(join(makeFolder(), 'missing', 'text'), 'new')).toThrow('ENOENT');
  });
});
