/**
 * The commands of a way as lines of shell, each with the steps that it takes.
 */
import type { ScenarioWords } from '../compile/words.js';
import { onOneLine } from '../report/layout.js';
import type { Instruction } from '../userland/program.js';
import { deedOf } from '../verdict/deed.js';
import { instructionOf, type TakenStep } from '../verdict/steps.js';
import type { TraceStep } from '../verdict/trace.js';
import type { WayCommand } from './position.js';

/** A step as it was taken, and as it is told. */
export interface ToldStep {
  readonly taken: TakenStep;
  readonly told: TraceStep;
}

type Said = Pick<WayCommand, 'line' | 'why'>;

/** A rule of udev begins with a capital letter. */
const COMMAND = /^[a-z][\w.-]*(?:\s|$)/;
const WORD = /^[\w./:=@%+-]+$/;
const quoted = (text: string): string =>
  WORD.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** How a shell says an instruction; null for one that is not seen from outside. */
function sayInstruction(
  item: Instruction,
  taken: TakenStep,
  instruction: number,
  scenario: ScenarioWords,
): Said | null {
  const thread = taken.label & 0xff;
  const deed = deedOf(item, { scenario, before: taken.before, thread, instruction });
  const said = (line: string): Said => ({ line, why: null });
  switch (deed?.kind) {
    case 'write':
      return said(`echo ${quoted(deed.value)} > ${deed.path}`);
    case 'read':
      return said(`cat ${deed.path}`);
    case 'exists':
      return said(`[ -e ${deed.path} ]`);
    case 'command':
      // As the user wrote it, where it is a command: modprobe and insmod are not the same.
      return said(COMMAND.test(item.text) ? onOneLine(item.text) : deed.text);
    case 'process':
    case 'cannot':
      return said(onOneLine(item.text));
    default:
      return item.op === 'trigger' ? said(onOneLine(item.text)) : null;
  }
}

type Draft = { -readonly [K in keyof WayCommand]: WayCommand[K] };

/** Lists what the threads of user level did, in the order in which they began. */
export function commandsOf(
  steps: readonly ToldStep[],
  scenario: ScenarioWords,
): readonly WayCommand[] {
  const commands: Draft[] = [];
  const open = new Map<string, Draft>();
  for (const [index, { taken, told }] of steps.entries()) {
    const { thread } = told;
    if (told.starts) {
      open.delete(thread);
      const number = instructionOf(taken, taken.label & 0xff, scenario);
      const item = scenario.instructions[number] ?? null;
      const said = item === null ? null : sayInstruction(item, taken, number, scenario);
      if (said !== null) {
        const isOfProcess = item?.op === 'process';
        const command = { thread, ...said, isOfProcess, first: index, last: index, result: null };
        commands.push(command);
        open.set(thread, command);
      }
    }
    const command = open.get(thread);
    if (command === undefined) continue;
    command.last = index;
    const end = told.events.find(({ kind }) => kind === 'return');
    if (end?.kind === 'return') command.result = end.result;
    if (end !== undefined) open.delete(thread);
  }
  return commands;
}
