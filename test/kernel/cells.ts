/** How a table becomes tests: a title for each cell, and a line on stdout that says how many. */
import { beforeAll } from 'vitest';

/** Prints `table: count cells` once, before the tests of the file. */
export function printCells(table: string, count: number): void {
  beforeAll(() => {
    process.stdout.write(`${table}: ${count} cells\n`);
  });
}

/** Puts a title before each case, for `it.each(...)('%s', (title, case) => ...)`. */
export function titled<T>(cases: readonly T[], title: (one: T) => string): [string, T][] {
  return cases.map((one) => [title(one), one]);
}
