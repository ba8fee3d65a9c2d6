/**
 * The stages of the gate, in order: npm test, the packed tarball installed elsewhere, the gate of
 * models, random traces on a real kernel, and a smoke run on the newest long-term release of
 * Node. Prints the minutes of each stage and ends with "N passed, N failed".
 *
 * A stage that fails does not stop the later ones, except that nothing runs without a build.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Newest long-term release of Node; raise it when a newer one becomes long-term. */
const NODE_LTS_MAJOR = 26;

/**
 * Seed of the random tests: the same in every run of the gate unless the environment says
 * otherwise.
 */
const FC_SEED = process.env.FC_SEED ?? '20261122';

/**
 * Test areas that run on the newest Node as well: threads, WebAssembly, parsers and the command
 * line.
 */
const LTS_TESTS = ['test/engine', 'test/model', 'test/report', 'test/cli', 'test/gate'];

const MAIN_MODEL = join('models', 'lifecycle', 'readme.yaml');

/** @typedef {{ passed: number, failed: number }} Count */
/** @typedef {{ cwd?: string, env?: Record<string, string> }} Where */

const scratch = mkdtempSync(join(tmpdir(), 'daxcheck-ci-'));

/**
 * Runs a program with this terminal; throws when it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Where} [where]
 */
function run(command, args, { cwd = ROOT, env = {} } = {}) {
  console.log(`ci: $ ${[command.replace(ROOT, '.'), ...args].join(' ')}`);
  const done = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  if (done.status !== 0) {
    throw new Error(`${command} ended with ${done.status ?? done.signal ?? done.error?.message}`);
  }
}

/**
 * Counts the tests of a vitest JSON report; a file that could not run at all counts as one failure.
 *
 * @param {string} path
 * @returns {Count}
 */
function countTests(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const broken = report.testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

/**
 * Runs a vitest command whose JSON report goes to `report`, and counts its tests.
 *
 * @param {string} report
 * @param {() => void} start
 * @returns {Count}
 */
function testsOf(report, start) {
  let failure = null;
  try {
    start();
  } catch (error) {
    failure = error;
  }
  const count = countTests(report);
  if (failure === null) return count;
  console.error(`ci: ${failure instanceof Error ? failure.message : failure}`);
  return { passed: count.passed, failed: Math.max(1, count.failed) };
}

/** @returns {Count} */
function npmTest() {
  const report = join(scratch, 'tests.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return testsOf(report, () => run('npm', ['test', '--', ...reporters], { env: { FC_SEED } }));
}

/**
 * Packs the project, installs the tarball in an empty folder, and uses it there as a stranger
 * would.
 *
 * @returns {Count}
 */
function packAndInstall() {
  run('npm', ['pack', '--silent', '--pack-destination', scratch]);
  const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack left no tarball');
  const cwd = mkdtempSync(join(scratch, 'elsewhere-'));
  writeFileSync(
    join(cwd, 'package.json'),
    '{ "name": "elsewhere", "private": true, "type": "module" }\n',
  );
  run('npm', ['install', '--no-audit', '--no-fund', join(scratch, tarball)], { cwd });
  run('npx', ['daxcheck', '--version'], { cwd });
  run('npx', ['daxcheck', 'init', 'model.yaml'], { cwd });
  run('npx', ['daxcheck', 'explore', '--as-declared', 'model.yaml'], { cwd });
  const lines = [
    "import { explore, loadModel } from 'daxcheck';",
    "const loaded = await loadModel('model.yaml');",
    "if (!loaded.ok) throw new Error('the first model was rejected');",
    'const verdict = await explore(loaded.model, {});',
    "if (verdict.distinctStates < 1) throw new Error('nothing was explored');",
  ];
  writeFileSync(join(cwd, 'use.js'), `${lines.join('\n')}\n`);
  run(process.execPath, ['use.js'], { cwd });
  return { passed: 1, failed: 0 };
}

/**
 * Every model side by side, with every report, into a baseline; then one model at a time, which
 * must answer the same.
 *
 * @returns {Count}
 */
function gateOfModels() {
  const gate = [join('dist', 'cli.js'), 'gate', 'models', '--baseline', join(scratch, 'gate.json')];
  const reports = ['--junit', join(scratch, 'gate.xml'), '--sarif', join(scratch, 'gate.sarif')];
  run(process.execPath, [...gate, '--update', '--quiet', ...reports]);
  run(process.execPath, [...gate, '--jobs', '1', '--quiet']);
  return { passed: 2, failed: 0 };
}

/** @returns {Count} */
function newestNode() {
  const cwd = mkdtempSync(join(scratch, 'node-'));
  const name = `node-${process.platform}-${process.arch}`;
  writeFileSync(join(cwd, 'package.json'), '{ "name": "newest-node", "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', `${name}@${NODE_LTS_MAJOR}`], { cwd });
  const node = join(cwd, 'node_modules', name, 'bin', 'node');
  run(node, ['--version']);
  run(node, [join('dist', 'cli.js'), 'explore', '--as-declared', MAIN_MODEL]);
  const report = join(scratch, 'tests-newest.json');
  const areas = LTS_TESTS.filter((area) => existsSync(join(ROOT, area)));
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const count = testsOf(report, () => {
    run(node, [vitest, 'run', ...areas, ...reporters], { env: { FC_SEED } });
  });
  return { passed: count.passed + 1, failed: count.failed };
}

/**
 * Random traces of the lab's model on a real kernel.
 *
 * @returns {Count}
 */
function smokeConformance() {
  const options = ['--kernel', '6.12', '--traces', '200', '--guests', '2'];
  const out = join(scratch, 'conformance');
  run(process.execPath, [join('dist', 'cli.js'), 'lab', 'conform', ...options, '--out', out]);
  return { passed: 1, failed: 0 };
}

/** @type {readonly (readonly [string, () => Count])[]} */
const STAGES = [
  ['npm test', npmTest],
  ['pack and install elsewhere', packAndInstall],
  ['gate of models', gateOfModels],
  ['smoke conformance', smokeConformance],
  [`newest Node (${NODE_LTS_MAJOR})`, newestNode],
];

/**
 * Runs one stage; what it throws is one failure.
 *
 * @param {string} name
 * @param {() => Count} stage
 */
function runStage(name, stage) {
  console.log(`\nci: ${name}`);
  const start = performance.now();
  /** @type {Count} */
  let count;
  try {
    count = stage();
  } catch (error) {
    console.error(`ci: ${error instanceof Error ? error.message : error}`);
    count = { passed: 0, failed: 1 };
  }
  return { name, ...count, minutes: (performance.now() - start) / 60_000 };
}

const results = STAGES.map(([name, stage]) => runStage(name, stage));
rmSync(scratch, { recursive: true, force: true });

console.log(`\nci: FC_SEED=${FC_SEED}`);
for (const { name, passed, failed, minutes } of results) {
  const outcome = failed === 0 ? 'ok' : 'FAILED';
  console.log(
    `ci: ${name.padEnd(28)} ${minutes.toFixed(2).padStart(6)} min`,
    `${passed} passed, ${failed} failed, ${outcome}`,
  );
}
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
