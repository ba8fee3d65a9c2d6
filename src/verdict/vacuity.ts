/**
 * What a complete search never did: commands that were never started, properties whose premise
 * never held.
 */
import type { Scenario } from '../compile/scenario.js';
import type { Place } from '../model/model.js';
import type { Instruction } from '../userland/program.js';
import { SYSTEM_CALLS } from '../userland/systemCalls.js';
import type { RecoverableAnswer } from './recoverable.js';

const samePlace = (left: Place, right: Place): boolean =>
  left.line === right.line && left.column === right.column && left.file === right.file;

/** A tool does not do all it could: only one that did nothing at all is told. */
function neverBegun(
  { instructions }: Scenario,
  labelsSeen: Uint8Array,
  { tool, place }: Instruction,
): readonly string[] {
  const isDone = instructions.some(
    (other, index) =>
      other !== null &&
      other.tool === tool &&
      samePlace(other.place, place) &&
      labelsSeen[index + 1] === 1,
  );
  return isDone ? [] : [`never done: ${tool} (${place.file}:${place.line})`];
}

/** Lists them, commands in the order of the actors. */
export function vacuousOf(
  scenario: Scenario,
  labelsSeen: Uint8Array,
  answers: readonly RecoverableAnswer[],
): readonly string[] {
  const never: string[] = [];
  const actors = scenario.instructions.slice(0, scenario.recoveryFrom);
  for (const [index, instruction] of actors.entries()) {
    if (instruction === null || !SYSTEM_CALLS.has(instruction.op) || labelsSeen[index + 1] === 1)
      continue;
    const { file, line } = instruction.place;
    if (instruction.tool !== undefined) {
      never.push(...neverBegun(scenario, labelsSeen, instruction));
      continue;
    }
    never.push(`never done: ${instruction.text} (${file}:${line})`);
  }
  for (const [index, { premises }] of answers.entries()) {
    if (premises > 0) continue;
    const device = scenario.plan.devices[scenario.recoverable[index] ?? 0]?.name ?? '?';
    never.push(`recoverable ${device}: the device always had a driver`);
  }
  return [...new Set(never)];
}
