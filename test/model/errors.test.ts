/**
 * Diagnostics as data, and the table of exit statuses.
 */
import { describe, expect, it } from 'vitest';
import {
  byPlace,
  DIAGNOSTIC_CODES,
  type Diagnostic,
  diagnose,
  EXIT,
  formatDiagnostic,
} from '../../src/errors.ts';

const PLACE = { file: 'm.yaml', line: 3, column: 7 };

describe('a diagnostic', () => {
  it('fills the hint of its code', () => {
    expect(diagnose('DAX105', PLACE, 'x', { parent: 'p' }).hint).toBe('the parent is p');
  });

  it('prints as a place that editors can open', () => {
    expect(formatDiagnostic(diagnose('DAX022', PLACE, 'found'))).toBe(
      'm.yaml:3:7: DAX022: found\n    ranges are start-end, the end is their last byte',
    );
  });

  it('sorts by file, line, column and code', () => {
    const at = (file: string, line: number, column: number): Diagnostic =>
      diagnose('DAX022', { file, line, column }, 'x');
    const faults = [at('b', 1, 1), at('a', 10, 1), at('a', 2, 3), at('a', 2, 1)];

    expect([...faults].sort(byPlace).map(({ place }) => Object.values(place).join(' '))).toEqual([
      'a 2 1',
      'a 2 3',
      'a 10 1',
      'b 1 1',
    ]);
  });
});

describe('the tables', () => {
  it('give each code a title and a hint', () => {
    const entries: { title: string; hint: string }[] = Object.values(DIAGNOSTIC_CODES);

    expect(entries.every(({ title, hint }) => title !== '' && hint !== '')).toBe(true);
  });

  it('give each outcome an exit status of its own', () => {
    const statuses: number[] = Object.values(EXIT);

    expect([...statuses].sort((left, right) => left - right)).toEqual([
      0, 2, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 150, 151, 152, 153, 255,
    ]);
  });
});
