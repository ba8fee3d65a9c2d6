/**
 * Finds scripts that keep a number read from a file and use it: the state holds strings that the
 * scenario names, and a number is none of them.
 */
import { type Diagnostic, diagnose } from '../errors.js';
import type { ActorProgram, Instruction, Operand } from '../userland/program.js';

/** Whether what a file says is one of the texts that a variable can hold. */
function isKept(instruction: Instruction & { readonly op: 'read' }): boolean {
  const { file } = instruction;
  if (file.kind === 'auto_online_blocks' || file.kind === 'block') return true;
  if (file.kind === 'region') return file.attr === 'seed' || file.attr === 'create';
  const texts = ['modalias', 'memmap_on_memory', 'state'];
  return file.kind === 'device' && texts.includes(file.attr);
}

function operandsOf(instruction: Instruction): readonly Operand[] {
  if (instruction.op === 'equal') return [instruction.left, instruction.right];
  if (instruction.op === 'write') return [instruction.value];
  return instruction.op === 'assign' ? [instruction.value] : [];
}

/** Returns a fault for each such read. */
export function checkReads(actors: readonly ActorProgram[]): readonly Diagnostic[] {
  return actors
    .flatMap(({ programs }) => programs)
    .flatMap(({ instructions }) => {
      const used = new Set(
        instructions
          .flatMap(operandsOf)
          .flatMap((operand) => (operand.kind === 'variable' ? [operand.name] : [])),
      );
      return instructions.flatMap((item) => {
        if (item.op !== 'read' || isKept(item) || !used.has(item.into)) return [];
        const what = `the number that this file says is kept in \`${item.into}\` and used`;
        return [diagnose('DAX307', item.place, what)];
      });
    });
}
