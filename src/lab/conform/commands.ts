/**
 * The commands of a scenario's menus, as the lab plays them: one system call each.
 */
import { ThreadKind } from '../../../assembly/layout.js';
import type { Scenario } from '../../compile/scenario.js';
import type { Instruction, SysfsFile } from '../../userland/program.js';
import { SYSTEM_CALLS } from '../../userland/systemCalls.js';

/** One command of a menu; its number is its place in the list. */
export interface Command {
  readonly thread: number;
  /** Numbers of the instructions of its program: from `first` to the one before `end`. */
  readonly first: number;
  readonly end: number;
  readonly instruction: Instruction;
  readonly text: string;
  /** The same for commands that differ by nothing but the device or block they name. */
  readonly kind: string;
}

/** Why a scenario cannot be compared with a kernel command by command; empty when it can. */
export function unfitFor(scenario: Scenario): readonly string[] {
  const { actors } = scenario.model;
  const notMenus = actors.filter(({ kind }) => kind !== 'any').map(({ name }) => name);
  const spent = actors.flatMap((one) => (one.kind === 'any' && one.times !== null ? [one] : []));
  const reasons: string[] = [];
  if (notMenus.length > 0) {
    reasons.push(`${notMenus.join(', ')}: conformance plays menus; write \`any\` with commands`);
  }
  if (spent.length > 0) {
    const names = spent.map(({ name }) => name).join(', ');
    reasons.push(`${names}: a menu that ends; remove \`times\``);
  }
  if (scenario.model.granularity !== 'call') {
    reasons.push('granularity is step: a command is played whole; write `granularity: call`');
  }
  const tools = commandsIn(scenario).filter(({ calls }) => calls !== 1);
  for (const { text } of tools) reasons.push(`\`${text}\` makes several system calls; name each`);
  if (reasons.length === 0 && tools.length === 0 && commandsIn(scenario).length === 0) {
    reasons.push('the model has no menu: nothing to play');
  }
  return reasons;
}

/** The commands of all menus, in the order of the model. */
export function commandsOf(scenario: Scenario): readonly Command[] {
  return commandsIn(scenario).map(({ calls: _calls, ...command }) => command);
}

function commandsIn(scenario: Scenario): readonly (Command & { readonly calls: number })[] {
  const programs = programsOf(scenario);
  let next = 0;
  return scenario.model.actors.flatMap((actor, index) => {
    const count = actor.kind === 'any' ? actor.commands.length : 1;
    const own = programs.slice(next, next + count);
    next += count;
    if (actor.kind !== 'any') return [];
    const thread = scenario.threads.findIndex(
      (row) => row.kind === ThreadKind.Menu && row.actor === index,
    );
    return own.flatMap(({ first, end }) => {
      const all = scenario.instructions.slice(first, end);
      const made = all.filter((one) => one !== null && SYSTEM_CALLS.has(one.op));
      const [instruction] = made;
      if (instruction === undefined || instruction === null) return [];
      const { text } = instruction;
      const kind = kindOf(instruction);
      return [{ thread, first, end, instruction, text, kind, calls: made.length }];
    });
  });
}

/** Where each program of the model lies in the table: the table has an end mark after each. */
function programsOf({ instructions }: Scenario): readonly { first: number; end: number }[] {
  const programs: { first: number; end: number }[] = [];
  let first = 0;
  for (const [number, instruction] of instructions.entries()) {
    if (instruction !== null) continue;
    programs.push({ first, end: number });
    first = number + 1;
  }
  return programs;
}

function fileKind(file: SysfsFile): string {
  const driver = 'driver' in file && file.driver !== null ? ` of ${file.driver}` : '';
  const attr = 'attr' in file ? `${file.attr}${driver}` : driver.trim();
  return `${file.kind} ${attr}`.trim();
}

function kindOf(instruction: Instruction): string {
  switch (instruction.op) {
    case 'write': {
      const { file, value } = instruction;
      const text = value.kind === 'constant' ? value.text : '?';
      return `write ${fileKind(file)} ${namesLeftOut(text)}`.trim();
    }
    case 'read':
      return `read ${fileKind(instruction.file)}`;
    case 'module':
      return `${instruction.verb} ${instruction.module}`;
    case 'process':
      return instruction.verb;
    case 'beneath':
      return instruction.deed;
    case 'namespace':
      return `${instruction.verb} namespace`;
    default:
      return instruction.op;
  }
}

/** A text with names of devices, blocks and addresses taken out, so that like texts are equal. */
export function namesLeftOut(text: string): string {
  return text
    .replace(/\bdax\d+\.\d+/g, 'daxN')
    .replace(/\bmemory\d+/g, 'memoryN')
    .replace(/\bmapping\d+/g, 'mappingN')
    .replace(/\b(0x)?[0-9a-f]{5,16}\b/g, 'ADDRESS');
}
