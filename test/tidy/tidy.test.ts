/**
 * Holds every file of the project against the house style, and the style's rules against small
 * samples.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SourceFile } from './rules.ts';
import {
  checkAssembly,
  checkHead,
  checkMarkdown,
  checkSources,
  checkStreams,
  checkText,
  checkWalls,
  danglingImports,
  FILE_RULES,
  importsOf,
  unreached,
} from './rules.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'dist', 'build', '.git', 'coverage', 'traces']);
const TEXT = /\.(ts|mjs|md|json|ya?ml|rules)$|^\.ci\/run$|^\.gitignore$|^\.editorconfig$/;

/** The rules must name what they forbid, and the lock file is npm's. */
const EXEMPT = new Set(['test/tidy/rules.ts', 'test/tidy/tidy.test.ts', 'package-lock.json']);

/**
 * Programs of their own, which nothing imports. assembly/askedKept.ts stands in for asked.ts in one
 * build (scripts/build-wasm.mjs), assembly/search/system.ts is the written contract
 * of a System, assembly/search/probe.ts and assembly/kernel/resourceProbe.ts modules that tests build,
 * src/reference/ known to tests alone.
 */
const ENTRIES = [
  'src/launch.ts',
  'src/cli.ts',
  'src/index.ts',
  'src/engine/worker.ts',
  'src/page/main.ts',
  'src/gate/lane.ts',
  'src/reference/search.ts',
  'src/reference/temporal.ts',
  'assembly/index.ts',
  'assembly/askedKept.ts',
  'assembly/search/system.ts',
  'assembly/search/probe.ts',
  'assembly/kernel/resourceProbe.ts',
  'assembly/kernel/sectionProbe.ts',
];

function filesBelow(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(path);
      return TEXT.test(path) && !EXEMPT.has(path)
        ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }]
        : [];
    });
}

describe('the house', () => {
  const files = filesBelow('');

  it.each(Object.entries(FILE_RULES))('keeps the rule of %s', (_name, rule) => {
    expect(files.flatMap(rule)).toEqual([]);
  });

  it('has no file that no program reaches', () => {
    const systems = files.filter((file) => file.path.startsWith('bench/systems/'));
    const entries = [...ENTRIES, ...systems.map((file) => file.path)];
    expect(unreached(files, entries)).toEqual([]);
  });

  it('imports only files that are there', () => {
    expect(danglingImports(files)).toEqual([]);
  });
});

describe('the rule of walls', () => {
  const check = (path: string, from: string): string[] =>
    checkWalls({ path, text: `import { x } from '${from}';\n` });

  it('lets a layer import from its left', () => {
    expect(check('src/report/text.ts', '../verdict/trace.js')).toEqual([]);
  });

  it('stops a layer that imports from its right', () => {
    expect(check('src/model/load.ts', '../report/text.js')).toHaveLength(1);
  });

  it('stops an import over several lines', () => {
    const text = "import {\n  a,\n  b,\n} from '../cli/options.js';\n";
    expect(checkWalls({ path: 'src/report/text.ts', text })).toHaveLength(1);
  });

  it('stops a lazy import', () => {
    const text = "const x = await import('../explore.js');\n";
    expect(checkWalls({ path: 'src/verdict/verdict.ts', text })).toHaveLength(1);
  });

  it('lets src take layout.ts alone from assembly', () => {
    expect(check('src/engine/plan.ts', '../../assembly/layout.js')).toEqual([]);
    expect(check('src/engine/plan.ts', '../../assembly/state.js')).toHaveLength(1);
  });

  it('lets assembly import only assembly', () => {
    expect(check('assembly/kernel/kmem.ts', './resource')).toEqual([]);
    expect(check('assembly/kernel/kmem.ts', '../../src/errors')).toHaveLength(1);
  });

  it('keeps engine and reference apart', () => {
    expect(check('src/reference/search.ts', '../engine/open.js')).toHaveLength(1);
    expect(check('src/engine/open.ts', '../reference/search.js')).toHaveLength(1);
  });

  it('lets the readers of inputs know neither the probe nor the command line', () => {
    expect(check('src/import/join.ts', '../kernel/releases.js')).toEqual([]);
    expect(check('src/import/join.ts', '../probe/probe.js')).toHaveLength(1);
    expect(check('src/report/capacityPicture.ts', '../import/capacity.js')).toHaveLength(1);
  });

  it('puts the jobs of src/ itself between the reports and the command line', () => {
    expect(check('src/explore.ts', './report/json.js')).toEqual([]);
    expect(check('src/explore.ts', './cli/options.js')).toHaveLength(1);
    expect(check('src/cli/exploreCommand.ts', '../explore.js')).toEqual([]);
  });
});

describe('the rule of text', () => {
  const check = (text: string): string[] => checkText({ path: 'src/x.ts', text });

  it('takes 100 columns and stops 101', () => {
    expect(check(`${'a'.repeat(100)}\n`)).toEqual([]);
    expect(check(`${'a'.repeat(101)}\n`)).toEqual(['src/x.ts:1: 101 columns']);
  });

  it('takes 400 lines and stops 401', () => {
    expect(check('a\n'.repeat(400))).toEqual([]);
    expect(check('a\n'.repeat(401))).toHaveLength(1);
  });

  it.each([
    '// TODO later',
    'const seenSet = 1;',
    '// as the start state',
    '// in this session',
    "const out = '/tmp/x';",
    '// see /work/notes',
    '// from registry.npmjs.org',
  ])('stops %j', (line) => {
    expect(check(`${line}\n`)).toHaveLength(1);
  });

  it.each(['const visitedSet = 1;', "const path = './work/x';", "const device = '/sys/bus/dax';"])(
    'takes %j',
    (line) => {
      expect(check(`${line}\n`)).toEqual([]);
    },
  );
});

describe('the rule of assembly', () => {
  const check = (text: string): string[] => checkAssembly({ path: 'assembly/x.ts', text });

  it.each(['const a = new Foo();', "const s = 'text';", 'heap.alloc(8);', 'memory.data(8);'])(
    'stops %j',
    (line) => {
      expect(check(line)).not.toEqual([]);
    },
  );

  it.each([
    "import { a } from './b';",
    "// it's new here, isn't it",
    'if (offsetof<Header>("fp") != 8) ERROR("layout: Header.fp");',
    'const newId: u32 = 1;',
  ])('takes %j', (line) => {
    expect(check(line)).toEqual([]);
  });
});

describe('the other rules', () => {
  it('ask a kernel file for its source', () => {
    const path = 'assembly/kernel/kmem.ts';
    const source = '// Source: drivers/dax/kmem.c dev_dax_kmem_probe(), v5.1.\n';
    expect(checkSources({ path, text: source })).toEqual([]);
    expect(checkSources({ path, text: '// From the kernel.\n' })).toHaveLength(1);
  });

  it('ask a code file for its head', () => {
    expect(checkHead({ path: 'src/x.ts', text: '/** What it is. */\n' })).toEqual([]);
    expect(checkHead({ path: 'src/x.ts', text: 'const a = 1;\n' })).toHaveLength(1);
  });

  it('keep streams and exit status in src/cli.ts', () => {
    const text = 'process.stdout.write(x); process.exitCode = 1;';
    expect(checkStreams({ path: 'src/cli.ts', text })).toEqual([]);
    expect(checkStreams({ path: 'src/report/text.ts', text })).toHaveLength(2);
  });

  it('ask markdown for one title, not counting shell comments in code', () => {
    const path = 'docs/x.md';
    expect(checkMarkdown({ path, text: '# One\n\n```sh\n# not a title\n```\n' })).toEqual([]);
    expect(checkMarkdown({ path, text: '# One\n\n# Two\n' })).toHaveLength(1);
  });

  it('find a file that nothing reaches, and an import of nothing', () => {
    const files = [
      { path: 'src/index.ts', text: "export { a } from './a.js';\n" },
      { path: 'src/a.ts', text: "import { c } from './c.js';\n" },
      { path: 'src/b.ts', text: '' },
    ];
    expect(unreached(files, ['src/index.ts'])).toEqual(['src/b.ts: no program imports it']);
    expect(danglingImports(files)).toEqual(['src/a.ts: imports src/c.ts, which is not there']);
  });

  it('read imports of every form', () => {
    const text = "import './a.js';\nexport * from '../b.js';\nimport type { C } from './c.ts';\n";
    expect(importsOf({ path: 'src/x/y.ts', text })).toEqual([
      'src/x/a.ts',
      'src/b.ts',
      'src/x/c.ts',
    ]);
  });
});
