/** The baseline: what is kept, what drifts, and what --update writes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.ts';
import {
  type BaselineEntry,
  compareEntries,
  compareSeconds,
  printBaseline,
} from '../../src/gate/baseline.ts';
import { BUG, folderOf, gate, modelText, readLines, UNBIND } from './support.ts';

const ENTRY: BaselineEntry = {
  verdict: 'holds',
  violated: [],
  findings: [],
  states: 2,
  transitions: 1,
  depth: 1,
  vacuous: [],
  commands: ['echo a', 'echo b'],
  points: ['bind_store(): lock', 'unbind_store(): lock'],
  seconds: 1,
};

/** Two models and their baseline. */
async function withBaseline() {
  const root = folderOf({ 'a.yaml': modelText(), 'sub/b.yaml': modelText() });
  const baseline = join(root, 'baseline.json');
  const written = await gate(root, { baseline, update: true });
  return { root, baseline, written };
}

describe('a baseline', () => {
  it('is written by --update, and says what is new', async () => {
    const { baseline, written } = await withBaseline();
    const { models, ...head } = JSON.parse(readFileSync(baseline, 'utf8'));

    expect(written.status).toBe(EXIT.holds);
    expect(written.out).toContain('baseline.json: written\n  a.yaml: new\n  sub/b.yaml: new\n');
    expect(head).toMatchObject({ format: 1, engine: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(Object.keys(models)).toEqual(['a.yaml', 'sub/b.yaml']);
    expect(models['a.yaml']).toMatchObject({ states: 2, depth: 1, commands: [UNBIND] });
  });

  it('is met by the same models, and left alone by --update, to the byte', async () => {
    const { root, baseline } = await withBaseline();
    const before = readFileSync(baseline);

    expect((await gate(root, { baseline })).status).toBe(EXIT.holds);
    const again = await gate(root, { baseline, update: true });
    expect(again.out).toContain('baseline.json: nothing changed');
    expect(readFileSync(baseline)).toEqual(before);
  });

  it('is not changed by a comment above the scripts', async () => {
    const { root, baseline } = await withBaseline();
    writeFileSync(join(root, 'a.yaml'), `# A comment.\n${modelText()}`);

    expect((await gate(root, { baseline })).status).toBe(EXIT.holds);
  });

  it('keeps no line of what was never done', async () => {
    const never = 'cat /sys/devices/system/memory/auto_online_blocks';
    const text = modelText({
      actors: `  admin: |\n    ${UNBIND}\n    [ $? -eq 0 ] || ${never}`,
      expect: 'expect: { holds: true }',
    });
    const root = folderOf({ 'a.yaml': text });
    const baseline = join(root, 'baseline.json');
    await gate(root, { baseline, update: true });

    expect(JSON.parse(readFileSync(baseline, 'utf8')).models['a.yaml'].vacuous).toEqual([
      `never done: ${never}`,
    ]);
  });

  it('fails where anything drifted, and says how', async () => {
    const { root, baseline } = await withBaseline();
    writeFileSync(
      join(root, 'a.yaml'),
      modelText({ kernel: BUG, expect: 'expect: { violated: no-leak }' }),
    );
    const { status, out } = await gate(root, { baseline, json: true });
    const [row] = readLines(out);

    expect(status).toBe(EXIT.selfCheckFailed);
    expect(row).toMatchObject({
      met: false,
      failures: [
        { kind: 'drift', text: 'verdict: holds in the baseline, violated now' },
        { kind: 'drift', text: 'violated now: no-leak' },
      ],
    });
  });

  it('fails a model that it does not have, and one that is gone', async () => {
    const { root, baseline } = await withBaseline();
    writeFileSync(baseline, readFileSync(baseline, 'utf8').replace('"a.yaml"', '"old.yaml"'));
    const { status, out } = await gate(root, { baseline });

    expect(status).toBe(EXIT.selfCheckFailed);
    expect(out).toContain('drift: not in ROOT/baseline.json; --update adds it');
    expect(out).toContain('drift: in ROOT/baseline.json, and no longer a model');
    expect((await gate(root, { baseline, update: true })).out).toContain(
      '  a.yaml: new\n  old.yaml: gone\n',
    );
  });

  it.each(['a.yaml', 'sub'])('asks %s alone, and misses none of the others', async (part) => {
    const { root, baseline } = await withBaseline();
    const before = readFileSync(baseline);

    expect((await gate(join(root, part), { baseline })).status).toBe(EXIT.holds);
    expect((await gate(join(root, part), { baseline, update: true })).status).toBe(EXIT.holds);
    expect(readFileSync(baseline)).toEqual(before);
  });

  it('keeps what it knows of models that are left out', async () => {
    const { root, baseline } = await withBaseline();
    const before = readFileSync(baseline);
    const { status } = await gate(root, { baseline, update: true, filter: ['b.yaml'] });

    expect(status).toBe(EXIT.holds);
    expect(readFileSync(baseline)).toEqual(before);
  });

  it('keeps what it knows of a model that no longer has a verdict', async () => {
    const { root, baseline } = await withBaseline();
    const before = readFileSync(baseline);
    writeFileSync(join(root, 'a.yaml'), 'nonsense');
    const { status } = await gate(root, { baseline, update: true });

    expect(status).toBe(EXIT.modelRejected);
    expect(readFileSync(baseline)).toEqual(before);
  });

  it.each([
    ['{', 'is no baseline'],
    ['{"format": 2}', 'is no baseline: format'],
  ])('that reads %j is a wrong command line', async (text, words) => {
    const root = folderOf({ 'a.yaml': modelText(), 'baseline.json': text });
    const { status, error } = await gate(root, { baseline: join(root, 'baseline.json') });

    expect(status).toBe(EXIT.usage);
    expect(error).toContain(words);
    expect(error).toContain('--update');
  });

  it('that is not there is a wrong command line, unless it is to be written', async () => {
    const root = folderOf({ 'a.yaml': modelText() });
    const { status, error } = await gate(root, { baseline: join(root, 'baseline.json') });

    expect(status).toBe(EXIT.usage);
    expect(error).toBe('daxcheck: ROOT/baseline.json does not exist; --update writes it\n');
  });

  it.each([
    [{ update: true }, '--update writes a baseline'],
    [{ maxSlowdown: 2 }, '--max-slowdown compares'],
    [{ baseline: 'b.json', reduce: ['por'] as const }, 'goes without --reduce'],
  ])('and options %j do not go together', async (options, words) => {
    const { status, error } = await gate('nowhere', options);

    expect(status).toBe(EXIT.usage);
    expect(error).toContain(words);
  });

  it('is printed with its models in order, a value a line', () => {
    const models = new Map([
      ['b.yaml', ENTRY],
      ['a.yaml', ENTRY],
    ]);
    const text = printBaseline({ daxcheck: '0.1.0', engine: 'f'.repeat(16), models });

    expect(text.indexOf('a.yaml')).toBeLessThan(text.indexOf('b.yaml'));
    expect(text).toContain('      "commands": ["echo a","echo b"],\n');
    expect(JSON.parse(text).models['b.yaml']).toEqual(ENTRY);
  });
});

describe('drift', () => {
  it('is told of what was executed, a few names at most', () => {
    const points = ['p1', 'p2', 'p3', 'p4', 'p5'];
    const drifts = compareEntries(ENTRY, { ...ENTRY, commands: ['echo b', 'echo c'], points });

    expect(drifts).toEqual([
      'no longer executed: echo a',
      'executed now: echo c',
      'no longer reached: bind_store(): lock; unbind_store(): lock',
      'reached now: p1; p2; p3; and 2 more',
    ]);
  });

  it('is nothing about time, unless a factor is given', () => {
    const slow = { ...ENTRY, seconds: 3.5 };

    expect(compareEntries(ENTRY, slow)).toEqual([]);
    expect(compareSeconds(ENTRY, slow, 4)).toBeNull();
    expect(compareSeconds(ENTRY, slow, 3)).toBe(
      'seconds: 1 in the baseline, 3.5 now, more than 3 times as many',
    );
  });

  it('in time is nothing below a second', () => {
    expect(compareSeconds({ ...ENTRY, seconds: 0.001 }, { ...ENTRY, seconds: 0.9 }, 2)).toBeNull();
  });
});
