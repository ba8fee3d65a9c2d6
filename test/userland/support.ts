/**
 * A small universe, compilation of bare texts, and a compact notation for instructions.
 */
import type { Diagnostic } from '../../src/errors.ts';
import type { Actor, SourceText } from '../../src/model/model.ts';
import { compileActor } from '../../src/userland/compileActor.ts';
import type { ActorProgram, Instruction, Operand } from '../../src/userland/program.ts';
import { sysfsPath } from '../../src/userland/sysfsForms.ts';
import type { Universe } from '../../src/userland/universe.ts';

/** One static region with two blocks, one dynamic region with two. */
export const UNIVERSE: Universe = {
  devices: [
    { name: 'dax0.0', region: 'region0', blocks: [32, 33] },
    { name: 'dax1.0', region: 'hmem.1', blocks: [9, 10] },
  ],
  regions: [
    { name: 'region0', kind: 'static', namespace: 'namespace0.0' },
    { name: 'hmem.1', kind: 'dynamic', namespace: null },
  ],
  virt: 'none',
};

/** The text as if it stood in line 10, column 5 of a file: a YAML block scalar. */
export function indented(text: string): SourceText {
  return { text, place: { file: 'model.yaml', line: 10, column: 5 } };
}

export function bare(text: string): SourceText {
  return { text, place: { file: 'model.yaml', line: 1, column: 1 } };
}

export function scriptActor(source: SourceText): Actor {
  return { kind: 'script', name: 'admin', script: source };
}

export function rulesActor(...texts: string[]): Actor {
  return { kind: 'udev', name: 'udev', rules: texts.map(bare), coldplug: false, workers: 1 };
}

export function menuActor(...commands: string[]): Actor {
  return { kind: 'any', name: 'admin', commands: commands.map(bare), times: 3 };
}

/** Compiles, or throws with the faults in the message. */
export function compiled(actor: Actor, universe: Universe = UNIVERSE): ActorProgram {
  const { program, diagnostics } = compileActor(actor, universe);
  if (program === null) throw new Error(diagnostics.map(faultLine).join('\n'));
  return program;
}

/** The instructions of a script, each in one line. */
export function listing(text: string, universe: Universe = UNIVERSE): string[] {
  const [program] = compiled(scriptActor(bare(text)), universe).programs;
  return (program?.instructions ?? []).map(show);
}

/** The instructions of rules, each in one line. */
export function rulesListing(text: string, universe: Universe = UNIVERSE): string[] {
  const [program] = compiled(rulesActor(text), universe).programs;
  return (program?.instructions ?? []).map(show);
}

/** The faults of an actor as `line:column code`. */
export function faults(actor: Actor): string[] {
  return compileActor(actor, UNIVERSE).diagnostics.map(
    ({ place, code }) => `${place.line}:${place.column} ${code}`,
  );
}

export function scriptFaults(text: string): string[] {
  return faults(scriptActor(bare(text)));
}

function faultLine({ place, code, message }: Diagnostic): string {
  return `${place.line}:${place.column} ${code} ${message}`;
}

function operand(value: Operand): string {
  if (value.kind === 'constant') return `'${value.text}'`;
  return value.kind === 'variable' ? `$${value.name}` : '$kernel';
}

export function show(instruction: Instruction): string {
  switch (instruction.op) {
    case 'write':
      return `write ${sysfsPath(instruction.file)} ${operand(instruction.value)}`;
    case 'read':
      return `read ${sysfsPath(instruction.file)} ${instruction.into}`;
    case 'exists':
      return `exists ${sysfsPath(instruction.file)}`;
    case 'equal':
      return `equal ${operand(instruction.left)} ${operand(instruction.right)}`;
    case 'event':
      return `event ${instruction.subsystem ?? '*'} ${instruction.action ?? '*'}`;
    case 'assign':
      return `assign ${instruction.variable} ${operand(instruction.value)}`;
    case 'status':
      return `status ${instruction.value}`;
    case 'jump':
    case 'jump-if-failed':
    case 'jump-if-ok':
      return `${instruction.op} ${instruction.to}`;
    case 'process':
      return `process ${instruction.verb} ${instruction.device}`;
    case 'module':
      return `module ${instruction.verb} ${instruction.module}`;
    case 'namespace':
      return `namespace ${instruction.verb} ${instruction.region}`;
    case 'clear-errors':
      return `clear-errors ${instruction.device}`;
    case 'encrypt':
      return `encrypt ${instruction.region}`;
    default:
      return instruction.op;
  }
}
