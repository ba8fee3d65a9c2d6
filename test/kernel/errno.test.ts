/** kernel/dax.md section 6, cell by cell: generation A on v5.1, generation D on v6.12. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { ERRNO_CELLS, preamble } from './errnoTable.ts';
import { MODERN_ERRNO_CELLS, MODERN_MACHINE, modernPreamble } from './errnoTableModern.ts';
import { last, stateLetter } from './machines.ts';

const CELLS = titled(ERRNO_CELLS, ({ action, state, listed, expected, source }) => {
  const ids = listed ? 'with its id' : 'without an id';
  return `${action} in ${state} ${ids} answers ${expected} [${source}]`;
});

printCells('dax.md 6, generation A', CELLS.length);

describe('action and state give errno and state as in dax.md 6 (A)', () => {
  it.each(CELLS)('%s', async (_title, { action, state, listed, machine, expected }) => {
    const lines = [...preamble(state, listed), action];

    const record = last(await runScript({ kernel: 'v5.1', machine, lines }));

    expect(`${record.result} ${stateLetter(record)}`).toBe(expected);
  });
});

const MODERN = titled(MODERN_ERRNO_CELLS, ({ action, state, listed, expected, source }) => {
  const ids = listed ? 'with its id' : 'without an id';
  return `${action} in ${state} ${ids} answers ${expected} [${source}]`;
});

printCells('dax.md 6, generation D', MODERN.length);

describe('action and state give errno and state as in dax.md 6 (D)', () => {
  it.each(MODERN)('%s', async (_title, { action, state, listed, expected }) => {
    const lines = [...modernPreamble(state, listed), action];

    const record = last(await runScript({ kernel: 'v6.12', machine: MODERN_MACHINE, lines }));
    const device = record.devices.find(({ name }) => name === 'dax0.0');
    const isEmpty = stateLetter(record) === 'U' && device?.size === '0';

    expect(`${record.result} ${isEmpty ? 'U0' : stateLetter(record)}`).toBe(expected);
  });
});
