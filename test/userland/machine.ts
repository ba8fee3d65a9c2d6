/**
 * A toy machine for compiled programs: sysfs as a tree of plain files.
 *
 * Writing to a missing file's directory, or to a directory, fails, as it does for /bin/sh on real
 * files. `drivers/kmem/bind` keeps every line written to it, so the order of writes is seen.
 */
import type { Instruction, Operand } from '../../src/userland/program.ts';
import { sysfsPath } from '../../src/userland/sysfsForms.ts';

/** Contents of files by path, and the directories. */
export interface Tree {
  readonly files: Map<string, string>;
  readonly directories: ReadonlySet<string>;
}

export const LOG = '/sys/bus/dax/drivers/kmem/bind';
const MEMORY = '/sys/devices/system/memory';

/** memory33, dax1.0 and the bind file of device_dax are missing. */
export function startTree(): Tree {
  return {
    files: new Map([
      [LOG, ''],
      [`${MEMORY}/auto_online_blocks`, 'offline\n'],
      [`${MEMORY}/memory32/state`, 'online\n'],
      [`${MEMORY}/memory9/state`, 'offline\n'],
      ['/sys/bus/dax/devices/dax0.0/size', '4\n'],
    ]),
    directories: new Set([
      '/sys/bus/dax/drivers/device_dax/bind',
      `${MEMORY}/memory32`,
      `${MEMORY}/memory9`,
      '/sys/bus/dax/devices/dax0.0',
    ]),
  };
}

/** Instructions after which a run counts as endless. */
const STEPS_MAX = 20_000;

/** Runs a program to its end on the tree. Supports what acts on files and control flow. */
export function runOn(tree: Tree, instructions: readonly Instruction[]): void {
  const variables = new Map<string, string>();
  const value = (operand: Operand): string => {
    if (operand.kind === 'constant') return operand.text;
    return operand.kind === 'variable' ? (variables.get(operand.name) ?? '') : 'event';
  };
  let status = 0;
  const test = (holds: boolean): void => {
    status = holds ? 0 : 1;
  };
  let at = 0;
  for (let step = 0; ; step++) {
    const instruction = instructions[at++];
    if (instruction === undefined || instruction.op === 'exit') return;
    if (step > STEPS_MAX) throw new Error('the program does not end');
    if (instruction.op === 'status') status = instruction.value;
    if (instruction.op === 'status-is') test(status === instruction.value);
    if (instruction.op === 'invert') test(status !== 0);
    if (instruction.op === 'jump') at = instruction.to;
    if (instruction.op === 'jump-if-failed' && status !== 0) at = instruction.to;
    if (instruction.op === 'jump-if-ok' && status === 0) at = instruction.to;
    if (instruction.op === 'equal') test(value(instruction.left) === value(instruction.right));
    if (instruction.op === 'assign') variables.set(instruction.variable, value(instruction.value));
    if (instruction.op === 'exists') test(exists(tree, sysfsPath(instruction.file)));
    if (instruction.op === 'write') {
      test(write(tree, sysfsPath(instruction.file), value(instruction.value)));
    }
    if (instruction.op === 'read') {
      const text = tree.files.get(sysfsPath(instruction.file));
      test(text !== undefined);
      variables.set(instruction.into, (text ?? '').replace(/\n+$/, ''));
    }
  }
}

function exists(tree: Tree, path: string): boolean {
  return tree.files.has(path) || tree.directories.has(path);
}

function write(tree: Tree, path: string, text: string): boolean {
  if (!tree.files.has(path)) return false;
  tree.files.set(path, `${path === LOG ? tree.files.get(path) : ''}${text}\n`);
  return true;
}
