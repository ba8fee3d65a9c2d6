/** Exit statuses: the worst of several, and what unexpected errors end with. */
import { describe, expect, it } from 'vitest';
import { endingOf } from '../../src/cli/status.js';
import { diagnosticsOf } from '../../src/ending.js';
import { EXIT, worstStatus } from '../../src/errors.js';

describe('the worst status', () => {
  it('is 0 for none and for all well', () => {
    expect(worstStatus([])).toBe(0);
    expect(worstStatus([0, 0])).toBe(0);
  });

  it('puts a kernel defect before an incomplete search before a script finding', () => {
    expect(worstStatus([EXIT.scriptFindings, EXIT.incomplete])).toBe(EXIT.incomplete);
    expect(worstStatus([EXIT.incomplete, EXIT.deadlock, EXIT.holds])).toBe(EXIT.deadlock);
    expect(worstStatus([EXIT.invariantViolated, EXIT.deadlock])).toBe(EXIT.invariantViolated);
  });

  it('puts a rejected model before any finding', () => {
    expect(worstStatus([EXIT.modelRejected, EXIT.invariantViolated])).toBe(EXIT.modelRejected);
  });

  it('knows every exit status', () => {
    for (const status of Object.values(EXIT)) expect(worstStatus([status])).toBe(status);
  });

  it('calls a status that nobody knows a bug', () => {
    expect(worstStatus([77])).toBe(EXIT.bug);
  });
});

describe('an unexpected error', () => {
  it('becomes one line that calls it a bug, without a stack', () => {
    const ending = endingOf(new TypeError('x is not a function\n  second line'));
    expect(ending.status).toBe(255);
    expect(ending.message).toContain('TypeError: x is not a function');
    expect(ending.message).toContain('this is a bug in daxcheck');
    expect(ending.message).not.toMatch(/second line|\bat /);
  });

  it('is a system error when a system call failed', () => {
    const error = Object.assign(new Error("EACCES: permission denied, open 'x'"), {
      code: 'EACCES',
      syscall: 'open',
    });
    expect(endingOf(error)).toEqual({ status: 153, message: error.message });
  });

  it('is a lack of memory when an array cannot be had', () => {
    expect(endingOf(new RangeError('Array buffer allocation failed')).status).toBe(152);
  });

  it('that is thrown as something else than an error is told as it is', () => {
    expect(endingOf('what').message).toContain('what');
  });
});

describe('a rejection', () => {
  it('carries its faults', () => {
    const faults = [{ code: 'DAX001', message: 'm', place: null, hint: 'h' }];
    expect(diagnosticsOf(Object.assign(new Error('rejected'), { diagnostics: faults }))).toBe(
      faults,
    );
  });

  it('is no other error', () => {
    expect(diagnosticsOf(new Error('other'))).toBeNull();
    expect(diagnosticsOf('other')).toBeNull();
  });
});
