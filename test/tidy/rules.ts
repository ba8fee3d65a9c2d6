/**
 * The house style as pure functions: a file's path and text go in, what is wrong with it comes out.
 *
 * Function length and what a linter knows (any, default exports, console, focused tests) are
 * biome's part (biome.json); this is what no linter can know of this house.
 */
import { posix } from 'node:path';

/** One file of the project; `path` is relative to its root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const COLUMNS_MAX = 100;
const LINES_MAX = 400;

/** Tables: one row for each program point, feature or function, however many there are. */
const TABLES = /^(assembly\/layout|src\/kernel\/features)\//;

/** A line of those tables that is one text: the title of a commit is as it is. */
const TITLE = /^ {4}['"].*['"],$/;

/**
 * The layers of src/, in the order in which data flows. A file imports from its own layer and from
 * those to the left. Each entry is a list of path prefixes.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['src/errors.ts', 'src/packageFile.ts', 'src/model/'],
  ['src/kernel/'],
  ['src/userland/'],
  ['src/compile/'],
  ['src/scope/'],
  ['src/engine/'],
  ['src/reference/'],
  ['src/verdict/'],
  ['src/graph/'],
  ['src/report/'],
  ['src/explorer/'],
  ['src/page/'],
  ['src/import/'],
  ['src/probe/'],
  ['src/'],
  ['src/advice/'],
  ['src/lab/'],
  ['src/index.ts'],
  ['src/cli/', 'src/cli.ts'],
];

/**
 * Words with the word to use instead; whole words, any case. See the glossary of
 * docs/architecture.md.
 */
const BANNED_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(FIXME|TODO|XXX|HACK)\b/, 'do it now, or describe it in docs/warts.md'],
  [/\b(seenSet|seenStates|closedList|closedSet|FPSet)\b/i, 'visitedSet'],
  [/\b(worklist|openList|openSet)\b/i, 'frontier'],
  [/\bstart ?state\b/i, 'initialState'],
  // But for the title of a commit.
  [/(?<!dev_dax\(\) )\berror ?path\b/i, 'counterexample'],
  // Titles of kernel commits speak of "helper functions".
  [
    /\b(sessions?|helpers?(?! functions)|sub-?agents?)\b/i,
    'the project speaks of the project alone',
  ],
  [
    /(^|[^\w.])\/(work|tmp|root|home)\//,
    'a path of one machine; use a relative one or os.tmpdir()',
  ],
  [/registry\.(npmjs|yarnpkg)|npmmirror/, 'no registry host; npm knows its own'],
];

const IMPORT = /(?:^|[^\w.])(?:from|import)\s*\(?\s*'([^']+)'/g;

function layerOf(path: string): number {
  const lengthOfMatch = (prefixes: readonly string[]): number =>
    Math.max(0, ...prefixes.filter((prefix) => path.startsWith(prefix)).map((p) => p.length));
  const lengths = LAYERS.map(lengthOfMatch);
  return lengths.indexOf(Math.max(...lengths));
}

/**
 * Returns the project's own files that a file imports, as paths relative to the root, with `.ts`.
 */
export function importsOf(file: SourceFile): string[] {
  const specifiers = [...file.text.matchAll(IMPORT)].map((match) => match[1] ?? '');
  return specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.ts'))
    .map((path) => (posix.extname(path) === '' ? `${path}.ts` : path));
}

function wallFault(from: string, to: string): string | null {
  if (from.startsWith('assembly/')) {
    return to.startsWith('assembly/') ? null : 'assembly/ imports only assembly/';
  }
  if (!from.startsWith('src/')) return null;
  if (to.startsWith('assembly/')) {
    const isLayout = /^assembly\/(search\/)?layout\.ts$/.test(to);
    return isLayout ? null : 'src/ takes only layout.ts from assembly/';
  }
  if (to === 'package.json') return null;
  if (!to.startsWith('src/')) return 'src/ imports only src/';
  const areEngineAndReference =
    (from.startsWith('src/engine/') && to.startsWith('src/reference/')) ||
    (from.startsWith('src/reference/') && to.startsWith('src/engine/'));
  if (areEngineAndReference) return 'engine and reference do not know each other';
  return layerOf(to) <= layerOf(from) ? null : 'a layer imports only from layers to its left';
}

/** Finds imports that go through a wall of the house. */
export function checkWalls(file: SourceFile): string[] {
  return importsOf(file).flatMap((to) => {
    const fault = wallFault(file.path, to);
    return fault === null ? [] : [`${file.path}: imports ${to}: ${fault}`];
  });
}

/** Finds long lines, long files, tabs, trailing blanks and banned words. */
export function checkText(file: SourceFile): string[] {
  const lines = file.text.split('\n');
  const isCode = /\.(ts|mjs)$/.test(file.path);
  const isLong = isCode && lines.length - 1 > LINES_MAX && !TABLES.test(file.path);
  const faults = isLong ? [`${file.path}: ${lines.length} lines`] : [];
  for (const [index, line] of lines.entries()) {
    const at = `${file.path}:${index + 1}`;
    if (isCode && line.length > COLUMNS_MAX) faults.push(`${at}: ${line.length} columns`);
    if (isCode && /\s$/.test(line)) faults.push(`${at}: blank at the end`);
    if (TITLE.test(line) && TABLES.test(file.path)) continue;
    for (const [banned, instead] of BANNED_WORDS) {
      const word = line.match(banned)?.[0];
      if (word !== undefined) faults.push(`${at}: "${word.trim()}": ${instead}`);
    }
  }
  return faults;
}

function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/\/\/.*$/gm, blank);
}

const MANAGED: readonly (readonly [RegExp, string])[] = [
  [/\bnew\s+\w/, 'nothing in assembly/ allocates'],
  [/\bheap\./, 'nothing in assembly/ allocates'],
  [/\bmemory\.data\b/, 'no data segments: every instance would write them again'],
  [/(['"`]).*\1/, 'no strings: they would become data segments'],
];

/** Finds what would allocate or make a data segment in the engine. */
export function checkAssembly(file: SourceFile): string[] {
  if (!file.path.startsWith('assembly/')) return [];
  const isImport = /^\s*(import|export)\b.*\bfrom\b|^\s*\}\s*from\b/;
  // offsetof's field name and ERROR's text are gone when the compiler is done.
  const isCompileTime = /\boffsetof\s*<|\bERROR\(/;
  return withoutComments(file.text)
    .split('\n')
    .flatMap((line, index) => {
      if (isImport.test(line) || isCompileTime.test(line)) return [];
      return MANAGED.filter(([banned]) => banned.test(line)).map(
        ([, why]) => `${file.path}:${index + 1}: ${line.trim()}: ${why}`,
      );
    });
}

/** Files of assembly/kernel/ that follow no kernel file: they only bind the others together. */
const BINDING = /\/(dispatch|memoryDispatch|system|feature|sectionProbe)\.ts$/;

/** Finds files of the kernel's semantics that do not say which kernel function they follow. */
export function checkSources(file: SourceFile): string[] {
  const isKernel = file.path.startsWith('assembly/kernel/') && !BINDING.test(file.path);
  const names = /\bSource: \S+\.[ch]\b.*\bv\d/;
  return isKernel && !names.test(file.text)
    ? [`${file.path}: no line "Source: <kernel file> <function>, v<version>"`]
    : [];
}

/** Finds a code file without a head that says what it is. A test's names say it. */
export function checkHead(file: SourceFile): string[] {
  if (file.path.endsWith('.test.ts')) return [];
  if (!/^(src|assembly|scripts|test|bench)\/.*\.(ts|mjs)$/.test(file.path)) return [];
  return /^(#!.*\n)?\/[/*]/.test(file.text)
    ? []
    : [`${file.path}: no comment at the head of the file`];
}

/** Finds writing to streams and setting of the exit status outside the places that may. */
export function checkStreams(file: SourceFile): string[] {
  if (!file.path.startsWith('src/')) return [];
  const text = withoutComments(file.text);
  const faults: string[] = [];
  const isCli = file.path === 'src/cli.ts';
  if (!isCli && /\bprocess\.(stdout|stderr|stdin)\b/.test(text)) {
    faults.push(`${file.path}: uses a stream of the process; only src/cli.ts does`);
  }
  if (!isCli && /\bprocess\.exit(Code)?\b/.test(text)) {
    faults.push(`${file.path}: sets the exit status; only src/cli.ts does`);
  }
  if (/\bMath\.random\b/.test(text)) faults.push(`${file.path}: Math.random; results must repeat`);
  return faults;
}

/** Finds markdown without exactly one title. */
export function checkMarkdown(file: SourceFile): string[] {
  if (!file.path.endsWith('.md')) return [];
  const prose = file.text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  const titles = prose.split('\n').filter((line) => /^# /.test(line)).length;
  return titles === 1 ? [] : [`${file.path}: ${titles} titles ("# ..."), expected one`];
}

/**
 * Finds files of src/ and assembly/ that nothing reaches.
 *
 * @param entries paths that are programs of their own
 */
export function unreached(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) return;
    reached.add(path);
    for (const next of importsOf(file)) visit(next);
  };
  for (const entry of entries) visit(entry);
  return files
    .filter(({ path }) => /^(src|assembly)\/.*(?<!\.d)\.ts$/.test(path) && !reached.has(path))
    .map(({ path }) => `${path}: no program imports it`);
}

/** Finds imports of files that are not there. */
export function danglingImports(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  const isCode = (file: SourceFile): boolean => /^(src|assembly)\/.*\.ts$/.test(file.path);
  return files.filter(isCode).flatMap((file) =>
    importsOf(file)
      .filter((to) => !paths.has(to))
      .map((to) => `${file.path}: imports ${to}, which is not there`),
  );
}

/** All rules that look at one file at a time. */
export const FILE_RULES = {
  walls: checkWalls,
  text: checkText,
  assembly: checkAssembly,
  sources: checkSources,
  head: checkHead,
  streams: checkStreams,
  markdown: checkMarkdown,
} as const;
