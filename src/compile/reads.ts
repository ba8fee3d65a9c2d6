/**
 * Finds scripts that keep a number read from a file and use it: the state holds strings that the
 * scenario names, and a number is none of them.
 */
import { type Diagnostic, diagnose } from '../errors.js';
import type { IomemNode, Model } from '../model/model.js';
import type { ActorProgram, Instruction, Operand } from '../userland/program.js';
import { parseNumber } from './points.js';

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
  if (instruction.op === 'compare') return [instruction.left, instruction.right];
  return instruction.op === 'assign' ? [instruction.value] : [];
}

type Read = Instruction & { readonly op: 'read' };

/** Whether a file says a size, and the scenario can name each that it may say. */
function saysSize({ file }: Read): boolean {
  const sizes = ['size', 'align', 'available_size'];
  return (file.kind === 'device' || file.kind === 'region') && sizes.includes(file.attr);
}

function isUsed({ into }: Read, { programs }: ActorProgram): boolean {
  return programs
    .flatMap(({ instructions }) => instructions)
    .flatMap(operandsOf)
    .some((operand) => operand.kind === 'variable' && operand.name === into);
}

/** Whether the number that a read gives must be kept: a script uses it. */
export function isNumberKept(read: Read, program: ActorProgram): boolean {
  return saysSize(read) && isUsed(read, program);
}

/** Whether a script of the model uses a size that it has read. */
export function keepsSizes(actors: readonly ActorProgram[]): boolean {
  return actors.some((actor) =>
    actor.programs
      .flatMap(({ instructions }) => instructions)
      .some((item) => item.op === 'read' && isNumberKept(item, actor)),
  );
}

/** Returns a fault for each such read, and for each write that the model cannot follow. */
export function checkReads(actors: readonly ActorProgram[], model: Model): readonly Diagnostic[] {
  return [...checkKept(actors), ...checkProbes(actors, model.machine.iomem)];
}

function checkKept(actors: readonly ActorProgram[]): readonly Diagnostic[] {
  return actors
    .flatMap(({ programs }) => programs)
    .flatMap(({ instructions }) => {
      const used = new Set(
        instructions
          .flatMap(operandsOf)
          .flatMap((operand) => (operand.kind === 'variable' ? [operand.name] : [])),
      );
      return instructions.flatMap((item) => {
        if (item.op !== 'read' || isKept(item) || saysSize(item) || !used.has(item.into)) return [];
        const what = `the number that this file says is kept in \`${item.into}\` and used`;
        return [diagnose('DAX307', item.place, what)];
      });
    });
}

const isRam = (nodes: readonly IomemNode[], address: bigint): boolean =>
  nodes.some(({ name, start, end }) => name === 'System RAM' && start <= address && address <= end);

/** A fault for each write to memory/probe that might add memory: that is not modelled. */
function checkProbes(
  actors: readonly ActorProgram[],
  iomem: readonly IomemNode[],
): readonly Diagnostic[] {
  return actors
    .flatMap(({ programs }) => programs)
    .flatMap(({ instructions }) => instructions)
    .flatMap((item) => {
      if (item.op !== 'write' || item.file.kind !== 'probe') return [];
      const address = item.value.kind === 'constant' ? parseNumber(item.value.text) : null;
      if (address !== null && isRam(iomem, address)) return [];
      const what = 'only addresses of System RAM at boot can be probed, and nothing comes of it';
      return [diagnose('DAX308', item.place, what)];
    });
}
