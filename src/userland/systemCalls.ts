/**
 * Which instructions are a system call, or a command that stands for some.
 */
import type { Instruction } from './program.js';

/** A menu may offer these, and coverage counts them. */
export const SYSTEM_CALLS: ReadonlySet<Instruction['op']> = new Set<Instruction['op']>([
  'write',
  'read',
  'process',
  'module',
  'beneath',
  'namespace',
  'clear-errors',
  'encrypt',
  'reboot',
  'trigger',
]);
