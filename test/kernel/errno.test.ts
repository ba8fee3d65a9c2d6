/**
 * kernel/dax.md section 6, cell by cell: generation A on v5.1, B on v5.3 and v5.8, C on v5.10 to
 * v6.1, D on v6.12.
 */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { ERRNO_CELLS, preamble } from './errnoTable.ts';
import { DYNAMIC_ERRNO_CELLS, SECOND_BIND } from './errnoTableDynamic.ts';
import { MODERN_ERRNO_CELLS, MODERN_MACHINE, modernPreamble } from './errnoTableModern.ts';
import { STATIC_ERRNO_CELLS, STATIC_KERNELS } from './errnoTableStatic.ts';
import { DEVICE_DAX, last, stateLetter } from './machines.ts';

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

const STATIC = STATIC_KERNELS.flatMap((kernel) =>
  titled(
    STATIC_ERRNO_CELLS.map((cell) => ({ ...cell, kernel })),
    ({ action, state, listed, expected, source }) => {
      const ids = listed ? 'with its id' : 'without an id';
      return `${kernel}: ${action} in ${state} ${ids} answers ${expected} [${source}]`;
    },
  ),
);

printCells('dax.md 6, generation B', STATIC.length);

describe('action and state give errno and state as in dax.md 6 (B)', () => {
  it.each(STATIC)('%s', async (_title, { kernel, action, state, listed, machine, expected }) => {
    const lines = [...preamble(state, listed), action];

    const record = last(await runScript({ kernel, machine, lines }));

    expect(`${record.result} ${stateLetter(record)}`).toBe(expected);
  });
});

const DYNAMIC = titled(
  DYNAMIC_ERRNO_CELLS,
  ({ kernel, action, state, listed, expected, source }) => {
    const ids = listed ? 'with its id' : 'without an id';
    return `${kernel}: ${action} in ${state} ${ids} answers ${expected} [${source}]`;
  },
);

printCells('dax.md 6, generation C', DYNAMIC.length);

describe('action and state give errno and state as in dax.md 6 (C)', () => {
  it.each(DYNAMIC)('%s', async (_title, { kernel, action, state, listed, expected }) => {
    const lines = [...modernPreamble(state, listed), action];

    const record = last(await runScript({ kernel, machine: MODERN_MACHINE, lines }));
    const device = record.devices.find(({ name }) => name === 'dax0.0');
    const isEmpty = stateLetter(record) === 'U' && device?.size === '0';

    expect(`${record.result} ${isEmpty ? 'U0' : stateLetter(record)}`).toBe(expected);
  });

  it.each(SECOND_BIND)('%s: two binds of a stuck device answer %s, %s', async (...row) => {
    const [kernel, first, second] = row;
    const bind = `echo dax0.0 > ${DEVICE_DAX}/bind`;
    const lines = [...modernPreamble('X', false), bind, bind];

    const records = await runScript({ kernel, machine: MODERN_MACHINE, lines });

    expect(records.slice(-2).map(({ result }) => result)).toEqual([first, second]);
  });
});
