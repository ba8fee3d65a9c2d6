/** `explore --script` on the command line: which options go together, and what comes out. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
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
    [[...RETIRE, '--trace-dir', 'x'], '--trace-dir does not go with --script'],
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
    expect([...kinds]).toEqual(['story', 'advice', 'violation', 'verdict']);
    expect(records.find(({ kind }) => kind === 'advice')).toMatchObject({
      id: 'remove-rule',
      outcome: 'holds',
    });
  });
});
