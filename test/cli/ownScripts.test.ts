/** `explore --script` on the command line: which options go together, and what comes out. */
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { composeOwn } from '../../src/cli/composed.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { loadModel } from '../../src/loadModel.ts';
import { collect } from './terminal.ts';

const FOLDER = 'examples/scripts';
const MACHINE = ['--machine', `${FOLDER}/in-use.yaml`];
const RETIRE = ['--script', `${FOLDER}/retire.sh`, ...MACHINE];

async function explored(...words: string[]) {
  const terminal = collect();
  const status = await runCommandLine(['explore', '--workers', '1', ...words], terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

describe('the options of scripts', () => {
  it.each([
    [[], 'name a model file, or --script FILE --machine FILE'],
    [['--rules', 'x.rules', 'model.yaml'], '--rules goes with --script'],
    [['--havoc-file', '/sys/*', 'model.yaml'], '--havoc-file goes with --script'],
    [['--script', 'a.sh'], '--script needs --machine FILE'],
    [[...RETIRE, 'model.yaml'], '--script takes its machine from --machine FILE'],
    [[...RETIRE, '--checkpoint', 'x'], '--checkpoint does not go with --script'],
    [[...RETIRE, '--havoc', '--reduce', 'por'], '--reduce does not go with --havoc'],
    [[...RETIRE, '--havoc-file', '/sys/*'], '--havoc-file says what --havoc may write'],
  ])('%j are refused', async (words, why) => {
    const { status, error } = await explored(...words);

    expect(status).toBe(2);
    expect(error).toContain(why);
  });

  it('tell every file that is not there at once', async () => {
    const { status, error } = await explored(
      ...['--script', 'no.sh', '--rules', 'no.rules', '--machine', 'no.yaml'],
    );

    expect(status).toBe(150);
    expect(error.match(/DAX001/g)).toHaveLength(3);
  });

  it('name the line that is not understood', async () => {
    const { status, error } = await explored('--script', `${FOLDER}/unknown.sh`, ...MACHINE);

    expect(status).toBe(150);
    expect(error).toContain(`${FOLDER}/unknown.sh:4:1: DAX202: systemctl is not a known command`);
  });
});

describe('what a machine has beside itself', () => {
  it('is left out with a warning, but for the actors that import writes', () => {
    const loaded = loadModel(`${FOLDER}/cxl-1tib.yaml`);
    if (!loaded.ok) throw new Error('the example does not load');
    const machine = loaded.model;
    const how = { coldplug: false, workers: 1, virt: 'none', havoc: null, scope: 1 };
    const warningsOf = (model: typeof machine): readonly string[] =>
      composeOwn(model, { scripts: [], rules: [] }, { ...how, scripts: [], rules: [] }).warnings;

    expect(machine.actors).not.toEqual([]);
    expect(warningsOf(machine).join()).not.toContain('left out');
    expect(warningsOf({ ...machine, check: [] }).join()).toContain('left out: check');
  });
});

describe('what is wrong with them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daxcheck-wrong-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('is a pattern of --havoc-file that matches nothing', async () => {
    const anything = ['--script', `${FOLDER}/unknown.sh`, ...MACHINE, '--havoc', '--havoc-file'];
    const { status, error } = await explored(...anything, '/sys/devices/system/memroy/*');

    expect(status).toBe(2);
    expect(error).toContain('--havoc-file /sys/devices/system/memroy/* matches no file');
  });

  it('is told of scripts and rules at once', async () => {
    const rules = written(
      '80.rules',
      'SUBSYSTEM=="memory", FROBNICATE=="1", ATTR{state}="online"\n',
    );
    const script = written('unknown.sh', 'frobnicate\n');
    const { status, error } = await explored('--script', script, '--rules', rules, ...MACHINE);

    expect(status).toBe(150);
    expect(error).toMatch(/unknown\.sh:1:1: DAX202/);
    expect(error).toMatch(/80\.rules:1:\d+: DAX221/);
  });

  it.each([
    ['banana', true],
    ['microsoft', false],
  ])('is --virt %s: %s', async (name, isTold) => {
    const { status, error } = await explored(...RETIRE, '--virt', name);

    expect(status).toBe(0);
    expect(error.includes(`--virt ${name} is taken as it is`)).toBe(isTold);
  });

  it('is CR LF at the ends of lines', async () => {
    const script = written('dos.sh', '#!/bin/sh\r\necho 1 > /sys/devices/system/memory/probe\r\n');
    const { status, error } = await explored('--script', script, ...MACHINE);

    expect(status).toBe(150);
    expect(error).toContain('dos.sh:1:10: DAX201: this line ends with CR LF');
  });
});

describe('the answer', () => {
  it('is 0 where the script does what it is for', async () => {
    const { status } = await explored(...RETIRE);

    expect(status).toBe(0);
  });

  it('has an object for each story and each advice with --json', async () => {
    const rules = ['--rules', `${FOLDER}/80-memory-online.rules`, '--coldplug'];
    const { status, out } = await explored(...RETIRE, ...rules, '--advice', '--json');
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const kinds = new Set(records.map(({ kind }) => kind));

    expect(status).toBe(14);
    expect([...kinds]).toEqual([
      ...['story', 'alone', 'advice', 'advice-summary', 'violation', 'verdict'],
    ]);
    expect(records.find(({ kind }) => kind === 'advice')).toMatchObject({
      remedies: ['remove-rule'],
      outcome: 'holds',
    });
  });
});

describe('files of the answer', () => {
  const out = mkdtempSync(join(tmpdir(), 'daxcheck-own-'));
  afterAll(() => rmSync(out, { recursive: true }));

  const ran = async (...words: string[]) => {
    const terminal = collect();
    const status = await runCommandLine(words, terminal);
    return { status, out: terminal.out(), error: terminal.error() };
  };

  /** The example's files in a folder of their own, explored there. */
  const explore = async (...words: string[]) => {
    const names = ['retire.sh', '80-memory-online.rules', 'terabyte.yaml'];
    for (const name of names) copyFileSync(join(FOLDER, name), join(out, name));
    const [script = '', rules = '', machine = ''] = names.map((name) => join(out, name));
    return explored(
      ...['--script', script, '--rules', rules, '--machine', machine],
      ...['--coldplug', '--kernel', 'v6.8', '--scope', '3', ...words],
    );
  };

  const RECOVERABLE = join(out, 'retire.recoverable.dax0.0.itf.json');

  it('are traces that can be shown and replayed', async () => {
    await explore('--trace-dir', out);
    const shown = await ran('show', RECOVERABLE);
    const replayed = await ran('replay', RECOVERABLE);
    const ends = await ran('replay', join(out, 'retire.ends-as-meant.itf.json'));

    expect(readdirSync(out).filter((name) => name.endsWith('.itf.json'))).toHaveLength(2);
    expect(shown.out).toContain('retire.sh');
    expect(replayed.out).toContain('Replayed: the model behaves as the trace says.');
    expect([shown.status, replayed.status, ends.status]).toEqual([0, 0, 0]);
  });

  it('are replayed from any folder, with names that were relative', async () => {
    await explored(
      ...['--script', `${FOLDER}/retire.sh`, '--rules', `${FOLDER}/80-memory-online.rules`],
      ...['--machine', `${FOLDER}/terabyte.yaml`, '--coldplug', '--kernel', 'v6.8'],
      ...['--scope', '3', '--trace-dir', join(out, 'deep', 'er')],
    );
    const here = process.cwd();
    try {
      process.chdir(out);
      const trace = join('deep', 'er', 'retire.recoverable.dax0.0.itf.json');
      const { status, out: text, error } = await ran('replay', trace);

      expect(error).toBe('');
      expect(text).toContain('Replayed: the model behaves as the trace says.');
      expect(status).toBe(0);
    } finally {
      process.chdir(here);
    }
  });

  it('say so when one of the files has changed', async () => {
    await explore('--trace-dir', out);
    const script = join(out, 'retire.sh');
    writeFileSync(script, `# a line more\n${readFileSync(script, 'utf8')}`);
    const replayed = await ran('replay', RECOVERABLE);

    expect(replayed.error).toContain('80-memory-online.rules has changed since');
    expect(replayed.out).toContain('Replayed:');
    expect(replayed.status).toBe(0);
  });

  it('are told all that is wrong with them', async () => {
    await explore('--trace-dir', out);
    for (const name of ['retire.sh', '80-memory-online.rules']) rmSync(join(out, name));
    const { status, error } = await ran('replay', RECOVERABLE);

    expect(status).toBe(150);
    expect(error.match(/DAX001/g)).toHaveLength(2);
    expect(error).toContain('looked for from the folder that it was explored in');
  });

  it('are a report with the stories and the advice, and SARIF', async () => {
    const [html, sarif] = [join(out, 'report.html'), join(out, 'log.sarif')];
    await explore('--html', html, '--sarif', sarif, '--advice', '--no-explorer');
    const page = readFileSync(html, 'utf8');
    const log = JSON.parse(readFileSync(sarif, 'utf8'));

    expect(page).toContain('In your files');
    expect(page).toContain('remove-rule: take the udev rule away');
    expect(log.runs[0].results).toHaveLength(2);
  });
});
