/** kernel/dax.md section 6 for v6.8 to v7.3: what came with them, and that the rest has stayed. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { LATER_CELLS, laterLetter, laterPreamble } from './errnoTableLater.ts';
import { MODERN_ERRNO_CELLS, MODERN_MACHINE, modernPreamble } from './errnoTableModern.ts';
import { last, stateLetter } from './machines.ts';

const LATER = titled(
  LATER_CELLS,
  ({ action, kernel, state, expected, source }) =>
    `${action} in ${state} on ${kernel} answers ${expected} [${source}]`,
);

printCells('dax.md 6, what v6.8 to v7.3 brought', LATER.length);

describe('memmap_on_memory, state and fsdev_dax answer as in dax.md 6', () => {
  it.each(LATER)('%s', async (_title, { action, kernel, machine, state, expected }) => {
    const lines = [...laterPreamble(state), action];

    const record = last(await runScript({ kernel, machine, lines }));

    expect(`${record.result} ${laterLetter(record, state)}`).toBe(expected);
  });
});

const KERNELS = ['v6.9', 'v6.19', 'v7.3'] as const;
const KEPT = titled(
  KERNELS.flatMap((kernel) => MODERN_ERRNO_CELLS.map((cell) => ({ ...cell, kernel }))),
  ({ kernel, action, state, listed, expected }) =>
    `${action} in ${state} ${listed ? 'with its id' : 'without an id'} on ${kernel}: ${expected}`,
);

printCells('dax.md 6, generation D on v6.9, v6.19 and v7.3', KEPT.length);

describe('action and state give errno and state on every later release', () => {
  it.each(KEPT)('%s', async (_title, { kernel, action, state, listed, expected }) => {
    const lines = [...modernPreamble(state, listed), action];

    const record = last(await runScript({ kernel, machine: MODERN_MACHINE, lines }));
    const device = record.devices.find(({ name }) => name === 'dax0.0');
    const isEmpty = stateLetter(record) === 'U' && device?.size === '0';

    expect(`${record.result} ${isEmpty ? 'U0' : stateLetter(record)}`).toBe(expected);
  });
});
