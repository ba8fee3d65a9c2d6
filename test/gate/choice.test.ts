/** Which models a gate explores: all below a folder, those of a pattern, those that changed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { EXIT } from '../../src/errors.ts';
import { matcherOf, modelFiles } from '../../src/gate/models.ts';
import { collect } from '../cli/terminal.ts';
import { folderOf, gate, modelText, readLines } from './support.ts';

const LISTING = `00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
140000000-14fffffff : Persistent Memory
`;

/** A model whose listing is in a file. */
const WITH_FILE = modelText().replace(
  / {2}iomem: \|\n( {4}.*\n)+/,
  '  iomem_file: ../host.iomem\n',
);

function git(root: string, ...words: readonly string[]): void {
  const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'commit.gpgsign=false'];
  const done = spawnSync('git', ['-C', root, ...who, ...words], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
}

/** A repository with a commit of three models, one of which names a file. */
function repository(): string {
  const root = folderOf({
    'host.iomem': LISTING,
    'models/a.yaml': modelText(),
    'models/b.yaml': WITH_FILE,
    'models/c.yaml': modelText(),
  });
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '-m', 'first');
  return root;
}

/** The models that a gate explores. */
async function explored(root: string, options: object) {
  const { status, out, error } = await gate(join(root, 'models'), { json: true, ...options });
  const rows = out === '' ? [] : readLines(out).filter(({ kind }) => kind === 'model');
  return { status, error, models: rows.map(({ model }) => String(model).replace('ROOT/', '')) };
}

describe('--changed', () => {
  it('explores nothing where nothing changed, and passes', async () => {
    const { status, models, error } = await explored(repository(), { changed: true });

    expect(models).toEqual([]);
    expect(status).toBe(EXIT.holds);
    expect(error).toBe('daxcheck: no model changed since HEAD\n');
  });

  it('explores a model that changed, a new one, and one whose listing changed', async () => {
    const root = repository();
    writeFileSync(join(root, 'models', 'a.yaml'), `# Changed.\n${modelText()}`);
    writeFileSync(join(root, 'models', 'new.yaml'), modelText());
    writeFileSync(join(root, 'host.iomem'), `${LISTING}150000000-15fffffff : Persistent Memory\n`);

    expect((await explored(root, { changed: true })).models).toEqual([
      'a.yaml',
      'b.yaml',
      'new.yaml',
    ]);
  });

  it('explores what changed since the work branched off, not what others did', async () => {
    const root = repository();
    git(root, 'checkout', '--quiet', '-b', 'work');
    writeFileSync(join(root, 'models', 'a.yaml'), `# Changed.\n${modelText()}`);
    git(root, 'commit', '--quiet', '-am', 'work');
    git(root, 'checkout', '--quiet', 'main');
    writeFileSync(join(root, 'models', 'c.yaml'), `# Changed.\n${modelText()}`);
    git(root, 'commit', '--quiet', '-am', 'others');
    git(root, 'checkout', '--quiet', 'work');

    expect((await explored(root, { changed: 'main' })).models).toEqual(['a.yaml']);
  });

  it('explores every model where the baseline is of another daxcheck', async () => {
    const root = repository();
    const baseline = join(root, 'baseline.json');
    await gate(join(root, 'models'), { baseline, update: true });
    const text = readFileSync(baseline, 'utf8');
    writeFileSync(baseline, text.replace(/"engine": "[0-9a-f]+"/, '"engine": "0"'));
    const { models, error } = await explored(root, { baseline, changed: true });

    expect(models).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
    expect(error).toContain('was written by another daxcheck: every model is explored');
  });

  it('misses a model of the baseline that was deleted, and no other', async () => {
    const root = repository();
    const baseline = join(root, 'baseline.json');
    await gate(join(root, 'models'), { baseline, update: true });
    expect((await explored(root, { baseline, changed: true })).status).toBe(EXIT.holds);

    rmSync(join(root, 'models', 'c.yaml'));
    const { status, models } = await explored(root, { baseline, changed: true });

    expect(models).toEqual(['models/c.yaml']);
    expect(status).toBe(EXIT.selfCheckFailed);
  });

  it('tells how to name a commit where it took the folder for one', async () => {
    const terminal = collect();

    expect(await runCommandLine(['gate', '--changed', 'models'], terminal)).toBe(EXIT.usage);
    expect(terminal.error()).toContain("missing required argument 'dir'");
    expect(terminal.error()).toContain('--changed took models for a commit: write --changed=REF');
  });

  it('says what git says of an unknown commit, and of a folder outside git', async () => {
    const { status, error } = await explored(repository(), { changed: '--output=x' });
    expect(status).toBe(EXIT.usage);
    expect(error).toContain('git knows no commit --output=x; fetch it, or name another');

    const alone = folderOf({ 'models/a.yaml': modelText() });
    const elsewhere = await explored(alone, { changed: true });
    expect(elsewhere.status).toBe(EXIT.usage);
    expect(elsewhere.error).toContain('not a git repository');
  });
});

describe('--filter', () => {
  it.each([
    ['b', 'models/bugs/x.yaml', true],
    ['bugs/*', 'models/bugs/x.yaml', false],
    ['*bugs/*', 'models/bugs/x.yaml', true],
    ['*/x.ya?l', 'models/bugs/x.yaml', true],
    ['*x.yaml', 'models/xxyaml', false],
  ])('%s for %s is %s', (pattern, path, isMatch) => {
    expect(matcherOf(pattern)(path)).toBe(isMatch);
  });

  it('leaves the others out, and tells how many', async () => {
    const root = folderOf({ 'a.yaml': modelText(), 'b.yaml': modelText(), 'c.yaml': modelText() });
    const { status, out } = await gate(root, { filter: ['a.yaml', 'c.yaml'] });

    expect(status).toBe(EXIT.holds);
    expect(out).toContain('2 of 2 models as declared; 1 left out');
  });

  it('that matches no model is a wrong command line', async () => {
    const root = folderOf({ 'a.yaml': modelText() });
    const { status, error } = await gate(root, { filter: ['nothing'] });

    expect(status).toBe(EXIT.usage);
    expect(error).toBe('daxcheck: no model below ROOT matches nothing\n');
  });
});

describe('the models of a gate', () => {
  it('are all YAML files below the directory but tables of bugs, in a fixed order', () => {
    const root = folderOf({
      'z.yaml': '',
      'a.yml': '',
      'b/c.yaml': '',
      'b/corpus.yaml': '',
      'notes.md': '',
    });
    const names = modelFiles(root).map((path) => path.slice(root.length + 1));

    expect(names).toEqual(['a.yml', join('b', 'c.yaml'), 'z.yaml']);
  });

  it('may be one file', async () => {
    const root = folderOf({ 'a.yaml': modelText(), 'b.yaml': modelText() });

    expect((await gate(join(root, 'a.yaml'))).out).toContain('1 of 1 models as declared');
  });

  it('must be there: an empty directory is a wrong command line', async () => {
    const root = folderOf({});
    mkdirSync(join(root, 'empty'));
    const { status, error } = await gate(root);

    expect(status).toBe(EXIT.usage);
    expect(error).toContain('no model');
  });
});
