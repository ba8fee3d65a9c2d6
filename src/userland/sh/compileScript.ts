/**
 * Compiles a shell script to a program.
 *
 * The script is parsed as bash, which sh is a part of; what sh has not is refused. Control flow
 * becomes jumps, values that follow from constants are put in, loops over patterns are unrolled.
 */
import { parse } from 'unbash';
import { byPlace, type Diagnostic } from '../../errors.js';
import type { SourceText } from '../../model/model.js';
import { newBuilder } from '../builder.js';
import { findBusyLoop, optimise } from '../optimise.js';
import type { Instruction } from '../program.js';
import { type PlaceOf, placesOf } from '../source.js';
import type { Universe } from '../universe.js';
import { type Context, report } from './context.js';
import { compileList } from './control.js';
import { EMPTY_ENVIRONMENT, type Environment } from './environment.js';
import { emitExit } from './exitTrap.js';

/** Commands that one script may unroll to. */
const COMMANDS_MAX = 20_000;

export interface CompiledScript {
  readonly instructions: readonly Instruction[];
  /** Empty when the script is in order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Simple commands at the top of the script; null when there is anything else. */
  readonly simpleCommands: number | null;
}

export interface ScriptOptions {
  /** What is known at the start; nothing by default. */
  readonly start?: Environment;
  /** Where offsets lie; by default where the source does. */
  readonly placeOf?: PlaceOf;
}

/** Compiles a script. Every fault is found at once, in the order of the source. */
export function compileScript(
  source: SourceText,
  universe: Universe,
  options: ScriptOptions = {},
): CompiledScript {
  const script = parse(source.text);
  const builder = newBuilder();
  const context: Context = {
    source: source.text,
    placeOf: options.placeOf ?? placesOf(source),
    universe,
    builder,
    end: builder.label(),
    faults: new Map(),
    dead: false,
    reads: { count: 0 },
    budget: { left: COMMANDS_MAX },
  };
  const carriage = source.text.indexOf('\r\n');
  if (carriage >= 0) {
    const message = 'this line ends with CR LF: the shell takes the CR for a part of the last word';
    const suggestion = "take them out: sed -i 's/\\r$//' FILE";
    report(context, 'DAX201', { pos: carriage, end: carriage }, message, { suggestion });
  }
  for (const { pos, message } of carriage < 0 ? (script.errors ?? []) : []) {
    report(context, 'DAX200', { pos, end: pos }, message);
  }
  // A tree that the parser repaired would give faults that the user did not make.
  if (context.faults.size === 0) {
    const start = options.start ?? EMPTY_ENVIRONMENT;
    const last = compileList(context, script.commands, start, { tested: false, loops: [] });
    if (last !== null && last.exitTrap !== null) emitExit(context, lineEnd(script), last);
  }
  const instructions = context.faults.size === 0 ? optimise(builder.finish()) : [];
  const busy = findBusyLoop(instructions);
  if (busy !== null) {
    const suggestion = 'let it do something: sleep 1, or a sysfs file';
    report(context, 'DAX214', busy.place, 'this loop runs for ever and does nothing', {
      suggestion,
    });
  }
  const diagnostics = [...context.faults.values()].sort(byPlace);
  return { instructions, diagnostics, simpleCommands: countSimple(script.commands) };
}

/** Where a script ends: its last command. */
function lineEnd({ commands, end }: ReturnType<typeof parse>): { pos: number; end: number } {
  const last = commands.at(-1);
  return last === undefined ? { pos: end, end } : { pos: last.pos, end: last.end };
}

function countSimple(statements: ReturnType<typeof parse>['commands']): number | null {
  const simple = statements.every(
    ({ command }) => command.type === 'Command' || command.type === 'Pipeline',
  );
  return simple ? statements.length : null;
}
