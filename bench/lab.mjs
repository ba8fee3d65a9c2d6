/**
 * `npm run bench:lab`: random traces on real kernels, in traces a minute. It needs what
 * `daxcheck lab` needs, prints a table and writes bench/lab.json.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist', 'cli.js');

const { values } = parseArgs({
  options: {
    traces: { type: 'string', default: '100' },
    kernels: { type: 'string', default: '6.1,6.12' },
    guests: { type: 'string', default: '1,2' },
  },
});

/**
 * @param {string} kernel
 * @param {number} guests
 */
function measure(kernel, guests) {
  const out = mkdtempSync(join(tmpdir(), 'daxcheck-bench-'));
  const options = ['--kernel', kernel, '--traces', values.traces, '--guests', String(guests)];
  const command = ['lab', 'conform', ...options, '--out', out, '--quiet', '--json'];
  const done = spawnSync(process.execPath, [CLI, ...command], { encoding: 'utf8' });
  rmSync(out, { recursive: true, force: true });
  if (done.status !== 0) throw new Error(`status ${done.status}: ${done.stderr}${done.stdout}`);
  const report = JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '{}');
  const minutes = report.measured.seconds / guests / 60;
  return {
    kernel: report.about.release,
    accelerator: report.about.configuration.accelerator,
    guests,
    traces: report.traces,
    steps: report.steps,
    tracesPerMinute: Math.round(report.traces / minutes),
    stepsPerSecond: Math.round(report.steps / minutes / 60),
  };
}

const rows = values.kernels
  .split(',')
  .flatMap((kernel) => values.guests.split(',').map((guests) => measure(kernel, Number(guests))));
for (const row of rows) {
  const { kernel, guests, tracesPerMinute, stepsPerSecond } = row;
  const rates = `${tracesPerMinute} traces a minute, ${stepsPerSecond} steps a second`;
  process.stdout.write(`${kernel}, ${guests} guests: ${rates}\n`);
}
const machine = { processor: cpus()[0]?.model ?? '?', processors: cpus().length };
writeFileSync(join(ROOT, 'bench', 'lab.json'), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
