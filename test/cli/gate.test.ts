/** The gate's decisions and its table, on verdicts made by hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { declaredStatus } from '../../src/cli/explore.js';
import { gateCommand, gateRow, gateText, modelFiles } from '../../src/cli/gate.js';
import { EXIT } from '../../src/errors.js';
import { PLAIN } from '../../src/report/style.js';
import type { Verdict } from '../../src/verdict/trace.js';
import { collect } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function verdict(wishes: Partial<Verdict>): Verdict {
  return {
    model: 'a.yaml',
    title: 'a model',
    kernel: 'v5.1',
    granularity: 'call',
    verdict: 'holds',
    exitStatus: 0,
    distinctStates: 1234,
    transitions: 56789,
    depth: 12,
    stoppedBy: null,
    violations: [],
    held: ['no-overlap'],
    scope: '1 device',
    vacuous: [],
    lockOrder: null,
    expectation: { met: true, differences: [] },
    measured: { seconds: 0.1, statesPerSecond: 12340, memoryBytes: 1, workers: 1 },
    ...wishes,
  };
}

describe('the gate', () => {
  it('passes a violation that is declared', () => {
    const row = gateRow('a.yaml', verdict({ verdict: 'violated', exitStatus: 12 }));
    expect(row).toMatchObject({ met: true, exitStatus: 0, verdict: 'violated' });
  });

  it('fails a model that holds where a violation was declared', () => {
    const expectation = { met: false, differences: ['expected no-overlap violated'] };
    const row = gateRow('a.yaml', verdict({ expectation }));
    expect(row).toMatchObject({ met: false, exitStatus: EXIT.selfCheckFailed });
    expect(row.differences).toEqual(['expected no-overlap violated']);
  });

  it('fails a model without a declaration', () => {
    const row = gateRow('a.yaml', verdict({ expectation: null }));
    expect(row.met).toBe(false);
    expect(row.differences.join()).toContain('no declaration, no gate');
  });

  it('prints a line for each model, and why one failed under it', () => {
    const expectation = { met: false, differences: ['states: 1,234, declared 1,235'] };
    const rows = [
      gateRow('models/a.yaml', verdict({})),
      gateRow('models/longer.yaml', verdict({ expectation, distinctStates: 5 })),
    ];
    expect(gateText(rows, PLAIN)).toMatchInlineSnapshot(`
      "        model               verdict         states   transitions  depth
      ok      models/a.yaml       holds            1,234        56,789     12
      FAILED  models/longer.yaml  holds                5        56,789     12
              states: 1,234, declared 1,235

      1 of 2 models as declared
      "
    `);
  });
});

describe('the files of the gate', () => {
  it('are all YAML files below the directory but tables of bugs, in a fixed order', () => {
    const root = join(folder, 'models');
    mkdirSync(join(root, 'b'), { recursive: true });
    for (const name of ['z.yaml', 'a.yml', 'b/c.yaml', 'b/corpus.yaml', 'notes.md']) {
      writeFileSync(join(root, name), '');
    }
    const names = modelFiles(root).map((path) => path.slice(root.length + 1));
    expect(names).toEqual(['a.yml', join('b', 'c.yaml'), 'z.yaml']);
  });

  it('must be there: an empty directory is a wrong command line', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    const terminal = collect();
    expect(await gateCommand(empty, {}, terminal)).toBe(EXIT.usage);
    expect(terminal.error()).toContain('no model');
  });

  it('show every fault of a rejected model in the table', async () => {
    const root = mkdtempSync(join(folder, 'bad-'));
    writeFileSync(join(root, 'bad.yaml'), 'format: 1\nnonsense: 2\n');
    const terminal = collect();
    expect(await gateCommand(root, {}, terminal)).toBe(EXIT.modelRejected);
    expect(terminal.out()).toMatch(/FAILED.*bad\.yaml.*rejected/);
    expect(terminal.out()).toContain('bad.yaml:2:1');
    expect(terminal.out()).toContain('0 of 1 models as declared');
  });

  it('give one JSON object for each model and one for the whole', async () => {
    const root = mkdtempSync(join(folder, 'json-'));
    writeFileSync(join(root, 'bad.yaml'), 'nonsense');
    const terminal = collect();
    expect(await gateCommand(root, { json: true }, terminal)).toBe(EXIT.modelRejected);
    const lines = terminal
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.exitStatus)).toEqual([150, 150]);
    expect(lines.at(-1)).toMatchObject({ kind: 'gate', models: 1, met: 0 });
  });
});

describe('--as-declared', () => {
  it('is 0 for a declared violation', () => {
    expect(declaredStatus(verdict({ exitStatus: 12 }))).toBe(0);
  });

  it('fails where the verdict is another than declared, even one that holds', () => {
    const expectation = { met: false, differences: ['x'] };
    expect(declaredStatus(verdict({ expectation }))).toBe(EXIT.selfCheckFailed);
  });

  it('does not fit a model that declares nothing', () => {
    expect(declaredStatus(verdict({ expectation: null }))).toBe(EXIT.optionMismatch);
  });
});
