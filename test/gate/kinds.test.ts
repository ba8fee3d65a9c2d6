/** Every way to fail the gate, each by a model that does. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.ts';
import { FAILURE_KINDS } from '../../src/report/gateRecord.ts';
import { propertyRules } from '../../src/report/sarifRules.ts';
import { BUG, folderOf, gate, modelText, readLines, UNBIND } from './support.ts';

/** The one model of a gate, and the status. */
async function judged(text: string, options = {}) {
  const root = folderOf({ 'model.yaml': text });
  const { status, out } = await gate(root, { json: true, ...options });
  const [row, ...others] = readLines(out);
  return { status, row, sum: others.at(-1) };
}

describe('the gate', () => {
  it('passes a model that is as it declares', async () => {
    const { status, row, sum } = await judged(modelText());

    expect(status).toBe(EXIT.holds);
    expect(row).toMatchObject({ met: true, failures: [], verdict: 'holds', kernel: 'v5.1' });
    expect(sum).toMatchObject({ kind: 'gate', models: 1, met: 1, failures: {}, exitStatus: 0 });
  });

  it('passes a violation that is declared', async () => {
    const expectation = 'expect: { violated: no-leak }';
    const { status, row } = await judged(modelText({ kernel: BUG, expect: expectation }));

    expect(status).toBe(EXIT.holds);
    expect(row).toMatchObject({ met: true, verdict: 'violated', violated: ['no-leak'] });
  });

  it('fails a violation that is not declared, with the status of the violation', async () => {
    const { status, row } = await judged(
      modelText({ kernel: BUG, expect: 'expect: { holds: true }' }),
    );

    expect(status).toBe(EXIT.invariantViolated);
    expect(row?.failures).toMatchObject([
      {
        kind: 'violated',
        property: 'no-leak',
        place: { file: join('ROOT', 'model.yaml'), line: 14 },
        text: expect.stringContaining('`no-leak` was found and is not declared: something stays'),
      },
    ]);
  });

  it('fails a model that holds where a violation is declared', async () => {
    const { status, row } = await judged(modelText({ expect: 'expect: { violated: no-leak }' }));

    expect(status).toBe(EXIT.selfCheckFailed);
    expect(row).toMatchObject({
      verdict: 'holds',
      failures: [{ kind: 'held', property: 'no-leak', place: { line: 15 } }],
    });
  });

  it('fails other counts, and names each', async () => {
    const { status, row } = await judged(
      modelText({ expect: 'expect: { holds: true, states: 3, transitions: 1, depth: 2 }' }),
    );

    expect(status).toBe(EXIT.selfCheckFailed);
    expect(row?.failures).toMatchObject([
      { kind: 'counts', text: 'states: 3 declared, 2 found' },
      { kind: 'counts', text: 'depth: 2 declared, 1 found' },
    ]);
  });

  it('fails a model in which nothing happens', async () => {
    const { status, row } = await judged(
      modelText({
        actors: '  admin:\n    any: [cat /sys/devices/system/memory/auto_online_blocks]',
        more: 'check: [{ recoverable: dax0.0 }]\n',
        expect: 'expect: { holds: true }',
      }),
    );

    expect(status).toBe(EXIT.vacuous);
    expect(row).toMatchObject({
      verdict: 'vacuous',
      failures: [
        { kind: 'vacuous', text: expect.stringContaining('the device always had a driver') },
      ],
    });
  });

  it.each(['true', 'echo 1'])('fails an actor of `%s` alone, which does nothing', async (line) => {
    const { status, row } = await judged(
      modelText({ actors: `  admin: |\n    ${line}`, expect: 'expect: { holds: true }' }),
    );

    expect(status).toBe(EXIT.vacuous);
    expect(row).toMatchObject({
      ...{ verdict: 'vacuous', transitions: 0 },
      failures: [{ kind: 'vacuous', text: 'nothing was done: no actor makes a system call' }],
    });
  });

  it('fails a search that ends early', async () => {
    const { status, row } = await judged(
      modelText({
        actors: `  admin:\n    any: [${UNBIND}]`,
        more: 'limits: { states: 1 }\n',
        expect: 'expect: { holds: true }',
      }),
    );

    expect(status).toBe(EXIT.incomplete);
    expect(row).toMatchObject({ verdict: 'incomplete', failures: [{ kind: 'incomplete' }] });
  });

  it('fails a search that is declared incomplete and ran to its end', async () => {
    const { status, row } = await judged(
      modelText({ more: 'limits: { states: 100 }\n', expect: 'expect: { complete: false }' }),
    );

    expect(status).toBe(EXIT.selfCheckFailed);
    expect(row?.failures).toMatchObject([{ kind: 'incomplete' }]);
  });

  it('fails a model that is rejected, with every fault', async () => {
    const { status, row } = await judged('format: 1\nnonsense: 2\n');

    expect(status).toBe(EXIT.modelRejected);
    expect(row).toMatchObject({ verdict: 'rejected', kernel: null });
    expect(row?.failures).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'invalid',
          text: expect.stringContaining('DAX010'),
          place: { file: join('ROOT', 'model.yaml'), line: 2, column: 1 },
        }),
      ]),
    );
  });

  it('fails a model whose scripts are rejected', async () => {
    const { status, row } = await judged(modelText({ actors: '  admin: |\n    frobnicate' }));

    expect(status).toBe(EXIT.modelRejected);
    expect(row?.failures).toMatchObject([{ kind: 'invalid', place: { line: 14 } }]);
  });

  it('fails a model without a declaration', async () => {
    const { status, row } = await judged(modelText({ expect: '' }));

    expect(status).toBe(EXIT.selfCheckFailed);
    expect(row?.failures).toMatchObject([
      { kind: 'undeclared', text: expect.stringContaining('no declaration, no gate') },
    ]);
  });

  it.each([1, 2])('fails models for which there is no memory, %d at a time', async (jobs) => {
    const root = folderOf({ 'a.yaml': modelText(), 'b.yaml': modelText() });
    const { status, out } = await gate(root, { json: true, jobs, memory: 1 << 20 });
    const text = expect.stringMatching(/^1048576 bytes of memory allowed; \d+ are the least$/);

    expect(status).toBe(EXIT.optionMismatch);
    expect(readLines(out).map(({ failures }) => failures)).toMatchObject([
      [{ kind: 'error', text }],
      [{ kind: 'error', text }],
      { error: 2 },
    ]);
  });

  it('has a rule with help for every way to fail', () => {
    const gateRules = FAILURE_KINDS.map((kind) => `gate/${kind}` as const);
    const rules = propertyRules([], gateRules);

    expect(rules.map(({ id }) => id)).toEqual(expect.arrayContaining(gateRules));
    expect(rules.every(({ help }) => (help?.text ?? '').length > 20)).toBe(true);
  });
});
