/** Dynamic regions on v6.12: kernel/dax.md sections 4 and 6, cell by cell. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/verdict/trace.js';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { runScript } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { DEVICES, last, stateLetter, TWO_BLOCKS } from './machines.ts';
import { firstFit } from './regionOracle.ts';
import { DYNAMIC, REGION, REGION_CELLS, REGION_SEQUENCES, regionPreamble } from './regionTable.ts';

const kernel = 'v6.12';

function letter(record: RunRecord): string {
  const found = stateLetter(record);
  const size = record.devices.find(({ name }) => name === 'dax0.0')?.size;
  return found === 'U' && size === '0' ? 'U0' : found;
}

const CELLS = titled(REGION_CELLS, ({ action, state, listed, expected, source }) => {
  const ids = listed ? 'with its id' : 'without an id';
  return `${action} in ${state} ${ids} answers ${expected} [${source}]`;
});

printCells('dax.md 4 and 6, dynamic region, v6.12', CELLS.length + REGION_SEQUENCES.length);

describe('action and state give errno and state as in dax.md 6 (D)', () => {
  it.each(CELLS)('%s', async (_title, { action, state, listed, expected }) => {
    const lines = [...regionPreamble(state, listed), action];

    const record = last(await runScript({ kernel, machine: DYNAMIC, lines }));

    expect(`${record.result} ${letter(record)}`).toBe(expected);
  });
});

const SEQUENCES = titled(
  REGION_SEQUENCES,
  ({ title, source, expected }) => `${title}: ${expected} [${source}]`,
);

describe('create, delete, seed and the region driver answer as in dax.md 4', () => {
  it.each(SEQUENCES)('%s', async (_title, { machine, lines, expected }) => {
    const record = last(await runScript({ kernel, machine, lines }));

    const value = record.value === null ? '' : ` ${record.value}`;
    expect(`${record.result}${value}`).toBe(expected);
  });
});

describe('a static region cannot be divided', () => {
  const cells = titled(
    [
      { line: `echo 0 > ${DEVICES}/dax0.0/size`, expected: 'EACCES' },
      { line: `echo 4096 > ${DEVICES}/dax0.0/align`, expected: 'EACCES' },
      { line: `cat ${DEVICES}/dax0.0/mapping`, expected: 'ENOENT' },
      { line: `cat ${DEVICES}/dax0.0/mapping0/start`, expected: 'ok' },
      { line: `cat ${DEVICES}/dax0.0/size`, expected: 'ok' },
    ],
    ({ line, expected }) => `${line} answers ${expected}`,
  );

  it.each(cells)('%s', async (_title, { line, expected }) => {
    const record = last(await runScript({ kernel, machine: TWO_BLOCKS, lines: [line] }));

    expect(record.result).toBe(expected);
  });
});

describe(`sizes against a first fit over a plain list (${SEED_TITLE})`, () => {
  const BLOCK = 0x8000000n;
  const request = fc.record({ device: fc.nat({ max: 2 }), blocks: fc.nat({ max: 3 }) });

  it('gives every device the ranges that the plain list gives it', async () => {
    const script = fc.array(request, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(script, async (requests) => {
        const oracle = firstFit({ start: 0x140000000n, end: 0x157ffffffn });
        oracle.resize(0, 2n * BLOCK);
        const create = `echo 1 > ${REGION}/create`;
        const writes = requests.map(
          ({ device, blocks }) =>
            `echo 0x${(BigInt(blocks) * BLOCK).toString(16)} > ${DEVICES}/dax0.${device}/size`,
        );
        const expected = requests.map(({ device, blocks }) => {
          const result = oracle.resize(device, BigInt(blocks) * BLOCK);
          return { result, ranges: [0, 1, 2].map((index) => oracle.ranges(index)) };
        });

        const lines = [create, create, ...writes];
        const records = await runScript({ kernel, machine: DYNAMIC, lines });

        const found = records.slice(2).map(({ result, devices }) => ({
          result,
          ranges: devices.map(({ ranges }) => ranges.map((range) => range.join('-'))),
        }));
        expect(found).toEqual(expected);
      }),
      { ...FC, numRuns: runs(40) },
    );
  });
});
