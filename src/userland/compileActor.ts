/**
 * Compiles an actor of the model to what the engine runs.
 */

import { byPlace, type Diagnostic, diagnose } from '../errors.js';
import type { Actor, SourceText } from '../model/model.js';
import type { ActorProgram, Instruction, Operand, Program } from './program.js';
import { compileScript } from './sh/compileScript.js';
import { SYSTEM_CALLS } from './systemCalls.js';
import { compileRules } from './udev/compileRules.js';
import type { Universe } from './universe.js';

export interface CompiledActor {
  /** null exactly when there are diagnostics. */
  readonly program: ActorProgram | null;
  /** All faults, in the order of the source. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles a script, a menu of commands or a set of udev rules. */
export function compileActor(actor: Actor, universe: Universe): CompiledActor {
  const { programs, diagnostics } = compilePrograms(actor, universe);
  if (diagnostics.length > 0) return { program: null, diagnostics: diagnostics.sort(byPlace) };
  const program: ActorProgram = {
    actor: actor.name,
    kind: actor.kind,
    programs,
    variables: variablesOf(programs),
    times: actor.kind === 'any' ? actor.times : null,
    workers: actor.kind === 'udev' ? actor.workers : 1,
    coldplug: actor.kind === 'udev' && actor.coldplug,
  };
  return { program, diagnostics };
}

interface Compiled {
  readonly programs: readonly Program[];
  readonly diagnostics: Diagnostic[];
}

function compilePrograms(actor: Actor, universe: Universe): Compiled {
  if (actor.kind === 'udev') {
    const { instructions, diagnostics } = compileRules(actor.rules, universe);
    return { programs: [{ instructions }], diagnostics: [...diagnostics] };
  }
  if (actor.kind === 'script') {
    const { instructions, diagnostics } = compileScript(actor.script, universe);
    return { programs: [{ instructions }], diagnostics: [...diagnostics] };
  }
  const entries = actor.commands.map((command) => compileEntry(command, universe));
  return {
    programs: entries.flatMap(({ programs }) => programs),
    diagnostics: entries.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** Compiles one entry of a menu: one command with one system call, or one command of a tool. */
function compileEntry(command: SourceText, universe: Universe): Compiled {
  const { instructions, diagnostics, simpleCommands } = compileScript(command, universe);
  const faults = [...diagnostics];
  const calls = instructions.filter(({ op }) => SYSTEM_CALLS.has(op)).length;
  const isTool = /^(?:sudo\s+)?(?:daxctl|ndctl|cxl)\s/.test(command.text.trimStart());
  const fits = simpleCommands === 1 && (isTool ? calls >= 1 : calls === 1);
  if (faults.length === 0 && !fits) {
    const found = simpleCommands === 1 ? `${calls} system calls` : 'more than a simple command';
    const message = `an entry of \`any\` is one system call, this has ${found}`;
    faults.push(diagnose('DAX215', command.place, message));
  }
  return { programs: [{ instructions }], diagnostics: faults };
}

const COUNTING = new Set<Instruction['op']>(['count', 'keep', 'recall']);

function variablesOf(programs: readonly Program[]): readonly string[] {
  const names = new Set<string>();
  const note = (operand: Operand) => {
    if (operand.kind === 'variable') names.add(operand.name);
  };
  for (const instruction of programs.flatMap(({ instructions }) => instructions)) {
    if (instruction.op === 'read') names.add(instruction.into);
    if (COUNTING.has(instruction.op) && 'variable' in instruction) names.add(instruction.variable);
    if (instruction.op === 'less') names.add(instruction.left).add(instruction.right);
    if (instruction.op === 'assign') names.add(instruction.variable);
    if (instruction.op === 'write' || instruction.op === 'assign') note(instruction.value);
    if (instruction.op === 'equal' || instruction.op === 'compare') {
      note(instruction.left);
      note(instruction.right);
    }
  }
  return [...names];
}
