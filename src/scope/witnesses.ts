/**
 * How many memory blocks of a device can decide, one at a time, how a program goes on.
 *
 * A program goes over blocks only where daxctl, ndctl or cxl do: each loop has one copy of its body
 * for a block. What a loop hands on is one bit for all blocks ("one of them is online"), and one
 * block is enough to set it. The places where such a bit is set are counted along the longest way
 * through the program of a machine with one block a device.
 */
import { COUNT_ONLINE, DONE } from '../userland/daxctl/tool.js';
import type { ActorProgram, Instruction } from '../userland/program.js';
import type { Universe } from '../userland/universe.js';

/** What an instruction is, whichever block it speaks of. */
const kindOf = ({ op, place, text, tool }: Instruction): string =>
  JSON.stringify([op, place.line, place.column, text.replace(/\bmemory\d+/g, 'memory'), tool]);

/** Kinds of instructions that stand once for each block: in `two` twice, in `one` once. */
export function roundsOf(
  one: readonly ActorProgram[],
  two: readonly ActorProgram[],
): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const note = (programs: readonly ActorProgram[], by: number): void => {
    for (const instruction of programs.flatMap(allOf)) {
      const kind = kindOf(instruction);
      counts.set(kind, (counts.get(kind) ?? 0) + by);
    }
  };
  note(two, 1);
  note(one, -1);
  return new Set([...counts].filter(([, more]) => more > 0).map(([kind]) => kind));
}

const allOf = ({ programs }: ActorProgram): readonly Instruction[] =>
  programs.flatMap(({ instructions }) => instructions);

/** How one block can decide at an instruction: on one branch behind it, or as it is done. */
type Decision = 'when-ok' | 'when-failed' | 'done' | null;

function decisionOf(instruction: Instruction, rounds: ReadonlySet<string>): Decision {
  const { op } = instruction;
  if (op === 'write') {
    const { file } = instruction;
    return file.kind === 'device' && file.attr === 'state' ? 'done' : null;
  }
  if (instruction.tool === undefined) return null;
  // Fewer blocks are online than there are: one is not.
  if (op === 'less') return 'when-ok';
  if (op === 'equal') {
    const { left } = instruction;
    // A counter is not 0: one block was counted.
    return left.kind === 'variable' && left.name === COUNT_ONLINE ? 'when-failed' : null;
  }
  if (op === 'assign') {
    const { variable, value } = instruction;
    return variable === DONE && !(value.kind === 'constant' && value.text === '') ? 'done' : null;
  }
  // A message in the middle of a loop is told on the way out of it.
  return op === 'tell' && rounds.has(kindOf(instruction)) ? 'done' : null;
}

/** The device that an instruction speaks of by a name or by a block; null where it names none. */
function namedDevice(instruction: Instruction, { devices }: Universe): string | null {
  if (instruction.op === 'tell') {
    return devices.find(({ name }) => instruction.text.includes(`: ${name}: `))?.name ?? null;
  }
  if (!('file' in instruction)) return null;
  const { file } = instruction;
  if ('device' in file) return file.device;
  if (!('block' in file)) return null;
  const { block } = file;
  return block === 'event'
    ? null
    : (devices.find(({ blocks }) => blocks.includes(block))?.name ?? null);
}

/** Messages that are told or not, and nothing else: what follows is the same. */
function remarksIn(instructions: readonly Instruction[]): ReadonlySet<number> {
  const remarks = new Set<number>();
  for (const [at, instruction] of instructions.entries()) {
    if (instruction.op !== 'jump-if-ok' && instruction.op !== 'jump-if-failed') continue;
    const passed = instructions.slice(at + 1, Math.max(at + 1, instruction.to));
    if (passed.length === 0 || passed.some(({ op }) => op !== 'tell')) continue;
    for (let index = at; index < instruction.to; index++) remarks.add(index);
  }
  return remarks;
}

/** For each instruction whether, and how, a block of the device can decide at it. */
function decisionsOf(
  instructions: readonly Instruction[],
  device: string,
  { universe, rounds }: Context,
): readonly Decision[] {
  const remarks = remarksIn(instructions);
  let about: string | null = null;
  return instructions.map((instruction, at) => {
    about = namedDevice(instruction, universe) ?? about;
    const branch = branchBehind(instructions, at);
    const isRemark = remarks.has(at) || (branch !== null && remarks.has(branch));
    return about === device && !isRemark ? decisionOf(instruction, rounds) : null;
  });
}

/** A step from one instruction to another, and how many blocks decide in it. */
interface Step {
  readonly to: number;
  readonly weight: number;
}

/** The branch that a question is asked for: behind it only variables are emptied. */
function branchBehind(instructions: readonly Instruction[], at: number): number | null {
  let next = at + 1;
  while (instructions[next]?.op === 'assign') next += 1;
  const op = instructions[next]?.op;
  return op === 'jump-if-ok' || op === 'jump-if-failed' ? next : null;
}

/** Weights of instructions, and of the branches that questions are asked for. */
function stepsOf(
  instructions: readonly Instruction[],
  decisions: readonly Decision[],
): readonly (readonly Step[])[] {
  const asked = new Map<number, Decision>();
  const done = decisions.map((decision, at) => {
    const branch =
      decision === 'when-ok' || decision === 'when-failed' ? branchBehind(instructions, at) : null;
    if (branch !== null) asked.set(branch, decision);
    return decision !== null && branch === null ? 1 : 0;
  });
  return instructions.map((instruction, at): readonly Step[] => {
    const weight = done[at] ?? 0;
    const { op } = instruction;
    if (op === 'exit') return [];
    if (op === 'jump') return [{ to: instruction.to, weight }];
    if (op !== 'jump-if-ok' && op !== 'jump-if-failed') return [{ to: at + 1, weight }];
    const when = asked.get(at);
    const jumps = when !== undefined && (when === 'when-ok') === (op === 'jump-if-ok');
    const passes = when !== undefined && !jumps;
    return [
      { to: at + 1, weight: weight + (passes ? 1 : 0) },
      { to: instruction.to, weight: weight + (jumps ? 1 : 0) },
    ];
  });
}

/** The most weight along a way from the first instruction; infinite where a cycle has weight. */
export function heaviestWay(steps: readonly (readonly Step[])[]): number {
  const all = steps.flat().reduce((sum, { weight }) => sum + weight, 0);
  const best = new Map<number, number>([[0, 0]]);
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const here = best.get(at) ?? 0;
    if (here > all) return Number.POSITIVE_INFINITY;
    for (const { to, weight } of steps[at] ?? []) {
      if (here + weight <= (best.get(to) ?? -1)) continue;
      best.set(to, here + weight);
      open.push(to);
    }
  }
  return Math.max(...best.values());
}

interface Context {
  readonly universe: Universe;
  readonly rounds: ReadonlySet<string>;
}

/** Blocks of the device that can decide how the actors go on, in all of a behaviour. */
export function witnessesOf(
  device: string,
  actors: readonly ActorProgram[],
  context: Context,
): number {
  return actors.reduce((sum, { programs, times, kind }) => {
    const ways = programs.map(({ instructions }) =>
      heaviestWay(stepsOf(instructions, decisionsOf(instructions, device, context))),
    );
    const most = Math.max(0, ...ways);
    if (kind !== 'any' || most === 0) return sum + most;
    return times === null ? Number.POSITIVE_INFINITY : sum + most * times;
  }, 0);
}

/** Whether a tool of the program compares how many blocks there are with how many are online. */
export const compares = (program: ActorProgram): boolean =>
  allOf(program).some(({ op }) => op === 'less');
