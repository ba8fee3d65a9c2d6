/** Mails to kernel developers: each counterexample of models/bugs as one, and what the lab adds. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fixesOf } from '../../src/cli/lkml.js';
import { runCommandLine } from '../../src/cli/program.js';
import { explore } from '../../src/explore.js';
import { PROPERTIES } from '../../src/kernel/properties.js';
import { renderItf } from '../../src/report/itf.js';
import { renderLkml, shellLine } from '../../src/report/lkml.js';
import { isSeen, type LabRun, otherThan, parseLabRuns } from '../../src/report/lkmlRun.js';
import type { Trace } from '../../src/verdict/trace.js';
import { collect } from '../cli/terminal.ts';
import { MODEL_FILES, modelNamed } from '../explore/models.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PLAIN_OPTIONS = { runs: [], fixes: null, tool: 'daxcheck 0.0.0' };

const traces = new Map<string, Trace>();
const actors = new Map<string, readonly string[]>();
for (const name of MODEL_FILES.filter((file) => file.startsWith('bugs/'))) {
  const model = modelNamed(name);
  for (const trace of (await explore(model)).violations) {
    const { property, device } = trace.finding;
    const key = [name.replace(/^bugs\/|\.yaml$/g, ''), property, device].filter(Boolean).join(' ');
    traces.set(key, { ...trace, model: `models/${name}` });
    actors.set(
      key,
      model.actors.map((actor) => actor.name),
    );
  }
}
const NAMES = [...traces.keys()];

function traceOf(key: string): Trace {
  const trace = traces.get(key);
  if (trace === undefined) throw new Error(`no trace ${key}`);
  return trace;
}

const runsIn = (file: string): readonly LabRun[] => {
  const read = parseLabRuns(readFileSync(new URL(`lab/${file}.jsonl`, import.meta.url), 'utf8'));
  if (!read.ok) throw new Error(read.found);
  return read.runs;
};

/** Words by which daxcheck thinks, and kernel developers do not. */
const VOCABULARY = [
  ...['model', 'models', 'scenario', 'granularity', 'interleaving', 'counterexample', 'invariant'],
  ...['property', 'finding', 'verdict', 'transition', 'ordinal', 'actor', 'menu', 'environment'],
  ...['explored', 'explores', 'violated', 'violates', 'trace', 'step', 'steps', 'feature', 'depth'],
  ...PROPERTIES.map(({ name }) => name).filter((name) => name.includes('-')),
];

/** Names of actors that are also words of the kernel or of English. */
const NATURAL = new Set(
  'kernel process filesystem modules udev a b first second other reader'.split(' '),
);

describe('a mail for each counterexample of models/bugs', () => {
  it.each(NAMES)('%s: fits a terminal of 72 columns and 60 lines', (key) => {
    const lines = renderLkml(traceOf(key), PLAIN_OPTIONS).trimEnd().split('\n');

    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(lines.length).toBeLessThan(60);
    expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
  });

  it.each(NAMES)('%s: has its sections', (key) => {
    const text = renderLkml(traceOf(key), PLAIN_OPTIONS);
    const heads = ['Subject: [', 'Tested:', 'Who:', 'Reproducer', 'Rule:', 'Found by'];
    const places = heads.map((head) => `\n${text}`.indexOf(`\n${head}`));

    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(text).toMatch(/\(\)$|^\$ /m);
  });

  it.each(NAMES)('%s: has no word of the model', (key) => {
    const text = renderLkml(traceOf(key), PLAIN_OPTIONS);
    const names = (actors.get(key) ?? []).filter((name) => !NATURAL.has(name));
    const found = [...VOCABULARY, ...names].filter((word) =>
      new RegExp(`(?<![\\w/.-])${word}(?![\\w/.-])`, 'i').test(text),
    );

    expect(found).toEqual([]);
  });

  it.each([
    'dl6-delete-against-unbind no-deadlock',
    'kmem-addfail-leak no-leak',
    'daxctl-devdax-window recoverable dax0.0',
  ])('%s: reads like this', (key) => {
    expect(renderLkml(traceOf(key), PLAIN_OPTIONS)).toMatchSnapshot();
  });
});

it('names the file of the function that its subject names first', () => {
  const mail = renderLkml(traceOf('kmem-addfail-leak no-leak'), PLAIN_OPTIONS);

  expect(mail).toContain('resource leaked by dev_dax_kmem_probe()');
  expect(mail).toContain('Files:  drivers/dax/kmem.c, drivers/dax/device.c, mm/memory_hotplug.c');
});

describe('what the lab saw', () => {
  const DL6 = 'dl6-delete-against-unbind no-deadlock';

  it('stands in the mail with its stacks', () => {
    const runs = runsIn('dl6-delete-against-unbind');

    expect(renderLkml(traceOf(DL6), { ...PLAIN_OPTIONS, runs })).toMatchSnapshot();
  });

  it('is no sight of a crash where the kernel gave no alarm', () => {
    const [run] = runsIn('mapping-under-kmem');

    expect(run?.kind === 'lab-replay' && run.reproduced).toBe(true);
    expect(run !== undefined && isSeen(run)).toBe(false);
    const text = renderLkml(traceOf('mapping-under-kmem no-crash'), {
      ...PLAIN_OPTIONS,
      runs: run === undefined ? [] : [run],
    });
    expect(text).toContain('the kernel gave no');
  });

  it("quotes the kernel's own words where it gave an alarm", () => {
    const [run] = runsIn('mapping-under-kmem');
    if (run?.kind !== 'lab-replay') throw new Error('no replay');
    const console = [
      'BUG: unable to handle page fault for address: ffffea0004000034',
      'Oops: 0000 [#1] PREEMPT SMP NOPTI',
      'RIP: 0010:remove_memory_block_devices+0x46/0xd0',
    ];
    const seen: LabRun = { ...run, console };

    const text = renderLkml(traceOf('mapping-under-kmem no-crash'), {
      ...PLAIN_OPTIONS,
      runs: [seen],
    });

    expect(isSeen(seen)).toBe(true);
    expect(text).toContain('Console of 6.12.117+deb12-amd64:\n  BUG: unable to handle');
    expect(text).toContain('remove_memory_block_devices');
  });

  it('is refused where it is of another trace', () => {
    const [run] = runsIn('mapping-under-kmem');
    if (run === undefined) throw new Error('no run');

    expect(otherThan(run, traceOf('mapping-under-kmem no-crash'))).toBeNull();
    expect(otherThan(run, traceOf(DL6))).toBe('it is of no-crash, not no-deadlock');
    expect(otherThan(run, traceOf('mapping-under-kmem-v5.10 no-crash'))).toBe(
      'it predicts v6.12, the trace v5.10',
    );
  });

  it.each([
    ['', 'the file is empty'],
    ['nonsense', 'not JSON'],
    ['{"kind":"lab-up"}', 'no run of a trace: kind'],
  ])('is refused as %j', (text, found) => {
    const read = parseLabRuns(text);

    expect(read.ok).toBe(false);
    expect(!read.ok && read.found).toContain(found);
  });
});

describe('the commit that brought it', () => {
  const [seen] = runsIn('dl6-delete-against-unbind');
  if (seen?.kind !== 'lab-race') throw new Error('no race');
  const on = (features: string, count: number): LabRun => ({
    ...seen,
    facts: { ...seen.facts, features: `${features}, from its version` },
    seen: count,
  });

  it('is named where kernels without and with it alone were run', () => {
    const fixes = fixesOf([on('v6.12 without region-intersects-nested', 0), on('v6.12', 5)]);

    expect(fixes?.commit).toMatch(/^[0-9a-f]{12}$/);
    const text = renderLkml(traceOf('dl6-delete-against-unbind no-deadlock'), {
      ...PLAIN_OPTIONS,
      fixes,
    });
    expect(text).toContain(`\nFixes: ${fixes?.commit} ("`);
  });

  it.each<[string, readonly LabRun[]]>([
    ['only one kernel was run', [on('v6.12', 5)]],
    ['both show it', [on('v6.12 without region-intersects-nested', 3), on('v6.12', 5)]],
    ['they differ in several commits', [on('v6.1', 0), on('v6.12', 5)]],
    [
      'the kernel that lacks it shows it',
      [on('v6.12 without region-intersects-nested', 5), on('v6.12', 0)],
    ],
  ])('is not named where %s', (_, runs) => {
    expect(fixesOf(runs)).toBeNull();
  });
});

describe('a line of a shell', () => {
  it.each([
    'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind',
    `echo 1 > /sys/devices/platform/${'deep/'.repeat(12)}attribute`,
    `echo ${'1234'.repeat(40)} > /sys/a`,
  ])('means the same when it is broken: %s', (text) => {
    const lines = shellLine(text);

    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    const joined = lines.join('\n').replaceAll('\\\n', '').trim().replace(/ {2,}/g, ' ');
    expect(joined).toBe(text);
  });
});

describe('daxcheck show --lkml', () => {
  const trace = traceOf('dl6-delete-against-unbind no-deadlock');
  const file = join(folder, 'dl6.itf.json');
  writeFileSync(file, renderItf(trace, { modelHash: `sha256:${'0'.repeat(64)}`, initial: 0 }));
  const lab = new URL('lab/dl6-delete-against-unbind.jsonl', import.meta.url).pathname;

  it('writes the mail, with a run of the lab', async () => {
    const terminal = collect();

    expect(await runCommandLine(['show', file, '--lkml', '--lab', lab], terminal)).toBe(0);
    expect(terminal.out()).toContain('seen\n        in 5 of 5 tries');
    expect(readdirSync(folder)).toEqual(['dl6.itf.json']);
  });

  it('tells which file is no run of this trace', async () => {
    const terminal = collect();
    const other = new URL('lab/mapping-under-kmem.jsonl', import.meta.url).pathname;

    expect(await runCommandLine(['show', file, '--lkml', '--lab', other, file], terminal)).toBe(
      150,
    );
    expect(terminal.error()).toContain('DAX406');
    expect(terminal.error()).toContain('DAX405');
  });
});
