/**
 * The door of the house: `npm start`, `npm test` and the other npm scripts come through here.
 *
 * Relies on Node alone, because on a fresh clone nothing else is there. It installs what is
 * missing, then runs the named tasks in order and stops at the first that fails, with that task's
 * exit status.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MAIN_MODEL = 'models/lifecycle/readme.yaml';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean }> }} Lock */

/**
 * Says why node_modules does not fit the lock file, or null when it does.
 *
 * Compares versions and not times, because a checkout changes times at will. Optional packages of
 * another platform may be absent.
 *
 * @param {string} root
 * @returns {string | null}
 */
export function missingInstall(root) {
  const hiddenLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hiddenLock)) return 'node_modules is missing';
  /** @type {Lock} */
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  /** @type {Lock} */
  const present = JSON.parse(readFileSync(hiddenLock, 'utf8'));
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '') continue;
    const found = present.packages[path];
    if (found === undefined && entry.optional === true) continue;
    if (found?.version !== entry.version) return `${path} is not ${entry.version}`;
  }
  return null;
}

/**
 * Runs a program in the project's folder with this terminal, and returns its exit status.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {number}
 */
function run(command, args) {
  const done = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (done.error !== undefined) {
    console.error(`bootstrap: ${command} could not be started: ${done.error.message}`);
    return 153;
  }
  return done.status ?? 255;
}

/**
 * Runs npm: the one that called us, where one did, because the one on the path may be another.
 *
 * @param {readonly string[]} args
 */
function npm(args) {
  const caller = process.env.npm_execpath;
  return caller?.endsWith('.js') ? run(process.execPath, [caller, ...args]) : run('npm', args);
}

/** @returns {number} */
function install() {
  const reason = missingInstall(ROOT);
  if (reason === null) return 0;
  const options = ['--include=dev', '--no-audit', '--no-fund'];
  console.error(`bootstrap: ${reason}; running npm ci`);
  if (npm(['ci', ...options]) === 0) return 0;
  // A registry without the packages of other platforms stops npm ci, which asks for every one.
  console.error(
    'bootstrap: npm ci failed; running npm install, with the versions of the lock file',
  );
  return npm(['install', '--no-save', ...options]);
}

/**
 * @param {string} file path below node_modules
 * @param {readonly string[]} args
 */
const tool = (file, args) => run(process.execPath, [join('node_modules', file), ...args]);

/** @type {Record<string, (args: readonly string[]) => number>} */
const TASKS = {
  install: () => 0,
  build: () => run(process.execPath, ['scripts/build.mjs']),
  engine: () => run(process.execPath, ['scripts/build.mjs', '--engine-only']),
  types: () => tool('typescript/bin/tsc', ['-p', 'tsconfig.types.json']),
  schema: () => run(process.execPath, ['scripts/schema.mjs']),
  typecheck: () =>
    tool('typescript/bin/tsc', ['-p', 'tsconfig.json']) ||
    tool('typescript/bin/tsc', ['-p', 'src/page']),
  lint: () => tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']),
  format: () => tool('@biomejs/biome/bin/biome', ['check', '--write', '.']),
  vitest: (args) => tool('vitest/vitest.mjs', ['run', ...args]),
  main: (args) =>
    run(process.execPath, ['dist/cli.js', 'explore', MAIN_MODEL, '--as-declared', ...args]),
};

/**
 * Runs the tasks in order; words after `--` go to the last one.
 *
 * @param {readonly string[]} words
 * @returns {number}
 */
function main(words) {
  const cut = words.indexOf('--');
  const names = cut < 0 ? words : words.slice(0, cut);
  const rest = cut < 0 ? [] : words.slice(cut + 1);
  const unknown = names.filter((name) => TASKS[name] === undefined);
  if (unknown.length > 0) {
    console.error(
      `bootstrap: no task ${unknown.join(', ')}; there are: ${Object.keys(TASKS).join(', ')}`,
    );
    return 2;
  }
  let status = install();
  for (const [place, name] of names.entries()) {
    if (status !== 0) break;
    const start = performance.now();
    status = TASKS[name]?.(place === names.length - 1 ? rest : []) ?? 2;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (names.length > 1)
      console.error(`bootstrap: ${name} ${status === 0 ? 'done' : 'FAILED'} in ${seconds} s`);
  }
  return status;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = main(process.argv.slice(2));
}
