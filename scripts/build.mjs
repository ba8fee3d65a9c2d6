/**
 * Builds what is run: the WebAssembly modules (build/) and the bundled JavaScript (dist/).
 *
 * Each part is skipped when a fingerprint of its inputs (path, size, time) is the one of the last
 * build. `--engine-only` leaves out the modules that only tests and benches run.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The library, worker threads, the processes of a gate: ES modules, which share chunks. */
const MODULES = {
  index: 'src/index.ts',
  worker: 'src/engine/worker.ts',
  gateLane: 'src/gate/lane.ts',
};

/** The program file of the command. */
const CLI = 'dist/cli.js';

/** What V8 made of the command's code. */
const CODE = 'dist/main.code';

/** Stays outside the bundle: piscina starts its threads from files beside itself. */
const EXTERNAL = ['piscina'];

/**
 * @param {string} path relative to the root; a file or a folder
 * @returns {string[]} every file below it
 */
function filesBelow(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** @param {readonly string[]} inputs */
function fingerprint(inputs) {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap(filesBelow)) {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * Runs `build` unless `stamp` shows that nothing changed since it last succeeded.
 *
 * @param {{ name: string, inputs: readonly string[], stamp: string, build: () => Promise<void> |
 * void }} half
 */
async function unlessFresh({ name, inputs, stamp, build }) {
  const path = join(ROOT, stamp);
  const now = fingerprint(inputs);
  if (existsSync(path) && readFileSync(path, 'utf8') === now) return;
  const start = performance.now();
  rmSync(path, { force: true });
  await build();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, now);
  console.error(`build: ${name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** @param {readonly string[]} names modules to build; none for all */
function buildWasm(names) {
  const args = [join('scripts', 'build-wasm.mjs'), ...names];
  const done = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (done.status !== 0) throw new Error(`scripts/build-wasm.mjs ended with ${done.status}`);
}

/**
 * Writes the notices of the packages inside the bundle, as their licences ask.
 *
 * @param {readonly string[]} inputs paths of the bundled files
 */
function writeNotices(inputs) {
  const names = new Set(
    inputs.flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []),
  );
  const notices = [...names].sort().map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (file === undefined) throw new Error(`${name} has no licence file to pass on`);
    const text = readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(
    join(ROOT, 'dist', 'THIRD-PARTY-NOTICES.txt'),
    notices.join(`\n${'-'.repeat(80)}\n\n`),
  );
}

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: 'dist',
  bundle: true,
  // Half the bytes to parse at each start; names stay, so that a stack can still be read.
  minifySyntax: true,
  minifyWhitespace: true,
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  logLevel: 'warning',
};

async function buildModules() {
  const { build } = await import('esbuild');
  const result = await build({
    ...COMMON,
    entryPoints: MODULES,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    banner: {
      // Bundled CommonJS packages call require for Node's own modules.
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        'const require = __createRequire(import.meta.url);',
      ].join('\n'),
    },
    metafile: true,
  });
  return result.metafile;
}

/**
 * Modules that cost milliseconds to load and that most runs do not call, with the functions that
 * are used of them.
 *
 * @type {Record<string, readonly string[]>}
 */
const LATE = {
  '@marcbachmann/cel-js': ['parse'],
  'node:child_process': ['execFileSync', 'fork', 'spawn', 'spawnSync'],
  'node:crypto': ['createHash'],
};

/**
 * Puts functions in the place of those modules that load the real one when they are first called.
 *
 * @type {import('esbuild').Plugin}
 */
const LOAD_LATE = {
  name: 'load-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, namespace }) =>
      path in LATE && namespace !== 'late' ? { path, namespace: 'late' } : null,
    );
    onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({
      contents: (LATE[path] ?? [])
        .map((name) => `export const ${name} = (...args) => require('${path}').${name}(...args);`)
        .join('\n'),
      resolveDir: ROOT,
    }));
  },
};

/**
 * The command as CommonJS: the form whose compiled code every Node can keep, and which starts
 * without the loader of ES modules. Its launcher is a file of its own.
 */
async function buildCommand() {
  const { build } = await import('esbuild');
  const common = { ...COMMON, format: /** @type {const} */ ('cjs') };
  await build({
    ...common,
    entryPoints: { cli: 'src/launch.ts' },
    define: { 'import.meta.dirname': '__dirname' },
  });
  const result = await build({
    ...common,
    entryPoints: { main: 'src/cli.ts' },
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': '__url' },
    // import() becomes require(): code that was compiled before has no loader for import().
    supported: { 'dynamic-import': false },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [LOAD_LATE],
    metafile: true,
  });
  toAscii('dist/main.cjs');
  return result.metafile;
}

/**
 * Escapes what is not ASCII in a bundle: V8 takes text of one byte a character as it lies there.
 * esbuild leaves such characters only in regular expressions.
 *
 * @param {string} path
 */
function toAscii(path) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const escaped = text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(join(ROOT, path), escaped);
}

/** dist/*.js are CommonJS, in a package of ES modules; the types are of the library, a module. */
function writeKinds() {
  writeFileSync(join(ROOT, 'dist', 'package.json'), '{ "type": "commonjs" }\n');
  mkdirSync(join(ROOT, 'dist', 'types'), { recursive: true });
  writeFileSync(join(ROOT, 'dist', 'types', 'package.json'), '{ "type": "module" }\n');
}

/** Leaves the compiled code of one run behind (src/launch.ts); without it starts are slower. */
function keepCode() {
  const args = [CLI, 'explore', '--quiet', 'bench/models/cold-start.yaml'];
  if (!existsSync(join(ROOT, 'bench/models/cold-start.yaml'))) return;
  const env = { ...process.env, DAXCHECK_KEEP_CODE: '1' };
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'ignore', env });
}

async function buildBundle() {
  // Before the program changes: V8 knows its compiled code by the length of the source alone.
  rmSync(join(ROOT, CODE), { force: true });
  const modules = await buildModules();
  const command = await buildCommand();
  writeKinds();
  // Old chunks go last, so that a command that is running still finds its own.
  for (const path of filesBelow('dist')) {
    const isOld = /\.m?js$/.test(path) && path !== CLI && modules.outputs[path] === undefined;
    if (isOld) rmSync(join(ROOT, path));
  }
  writeNotices([...Object.keys(modules.inputs), ...Object.keys(command.inputs)]);
  keepCode();
}

const ENGINE_INPUTS = ['assembly', 'asconfig.json', 'scripts/build-wasm.mjs', 'package-lock.json'];
const LAYOUTS = ['assembly/layout.ts', 'assembly/layout', 'assembly/search/layout.ts'];

/** @param {boolean} isEngineOnly */
async function main(isEngineOnly) {
  await unlessFresh({
    name: isEngineOnly ? 'engine' : 'WebAssembly modules',
    inputs: isEngineOnly ? ENGINE_INPUTS : [...ENGINE_INPUTS, 'bench/systems'],
    stamp: isEngineOnly ? 'build/.engine' : 'build/.all',
    build: () => buildWasm(isEngineOnly ? ['engine'] : []),
  });
  await unlessFresh({
    name: 'page',
    inputs: ['src', ...LAYOUTS, 'package-lock.json', 'scripts/build-page.mjs'],
    stamp: 'build/.page',
    build: async () => (await import('./build-page.mjs')).buildPage(ROOT),
  });
  await unlessFresh({
    name: 'bundle',
    inputs: ['src', ...LAYOUTS, 'package.json', 'package-lock.json', 'scripts/build.mjs'],
    stamp: 'dist/.inputs',
    build: buildBundle,
  });
}

try {
  await main(process.argv.includes('--engine-only'));
} catch (error) {
  // The compilers have printed what is wrong, with its place.
  console.error(`build: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  process.exitCode = 1;
}
