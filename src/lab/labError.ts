/**
 * What keeps the lab from going on and is no bug of daxcheck: a program that is not installed, a
 * package that cannot be had, a kernel that lacks a driver. The command line ends with status 153.
 */
export class LabError extends Error {
  /** Each says what was found, and what to do. */
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join('\n  '));
    this.name = 'LabError';
    this.lines = lines;
  }
}
