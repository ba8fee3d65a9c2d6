/**
 * Removes what the compilers emit for simplicity: status settings nobody reads, jumps to the next
 * instruction, assignments to variables that are never read, code that cannot be reached.
 *
 * The engine pays for every instruction and every variable with states, the compilers do not.
 * What a program does to the kernel is left as it is: no system call is ever removed or moved.
 */
import { isJump } from './builder.js';
import type { Instruction, Operand } from './program.js';

/** Returns an equivalent, shorter program. Cost: a few linear passes until nothing changes. */
export function optimise(instructions: readonly Instruction[]): Instruction[] {
  let current = withoutNumbers(instructions);
  // Each round removes at least one instruction, so the length bounds the rounds.
  for (let round = 0; round <= instructions.length; round++) {
    const threaded = foldInverts(skipJumps(threadJumps(current)));
    const keep = keepMask(threaded);
    current = compact(threaded, keep);
    if (keep.every(Boolean)) break;
  }
  return current;
}

/**
 * Where no line compares `$?` with a number other than 0, all failures are the same one: states
 * need not differ by it.
 */
function withoutNumbers(instructions: readonly Instruction[]): Instruction[] {
  if (instructions.some(({ op }) => op === 'status-is')) return [...instructions];
  return instructions.map((instruction): Instruction => {
    const { place, text } = instruction;
    if (instruction.op === 'recall' && instruction.variable === '_errno')
      return { op: 'status', value: 1, place, text };
    if (instruction.op === 'negate') return { op: 'status', value: 1, place, text };
    if (instruction.op === 'status' && instruction.value > 1) return { ...instruction, value: 1 };
    if (instruction.op === 'write') return { ...instruction, errno: false };
    return instruction.op === 'module' ? { ...instruction, errno: false } : instruction;
  });
}

/** Instructions at which other threads can move; a cycle without one would never end. */
const WAITING = new Set<Instruction['op']>([
  'write',
  'read',
  'exists',
  'sleep',
  'settle',
  'begin',
  'trigger',
  'process',
  'module',
  'beneath',
  'namespace',
  'clear-errors',
  'encrypt',
  'reboot',
]);

/** Finds an instruction on a cycle that never lets time pass; null when there is none. */
export function findBusyLoop(instructions: readonly Instruction[]): Instruction | null {
  const color = new Uint8Array(instructions.length);
  for (let root = 0; root < instructions.length; root++) {
    if (color[root] !== 0) continue;
    const stack = [root];
    while (stack.length > 0) {
      const top = stack[stack.length - 1] ?? 0;
      const instruction = instructions[top];
      if (instruction === undefined || WAITING.has(instruction.op) || color[top] === 2) {
        color[top] = 2;
        stack.pop();
        continue;
      }
      color[top] = 1;
      const open = successors(instructions, top).filter((next) => color[next] !== 2);
      const next = open[0];
      if (next === undefined) {
        color[top] = 2;
        stack.pop();
      } else if (color[next] === 1) {
        return instructions[next] ?? null;
      } else {
        stack.push(next);
      }
    }
  }
  return null;
}

function successors(instructions: readonly Instruction[], index: number): number[] {
  const instruction = instructions[index];
  if (instruction === undefined || instruction.op === 'exit') return [];
  const next: number[] = [];
  if (isJump(instruction)) next.push(instruction.to);
  if (instruction.op !== 'jump') next.push(index + 1);
  return next.filter((target) => target < instructions.length);
}

function threadJumps(instructions: readonly Instruction[]): Instruction[] {
  return instructions.map((instruction) => {
    if (!isJump(instruction)) return instruction;
    let to = instruction.to;
    for (let hops = 0; hops < instructions.length; hops++) {
      const target = instructions[to];
      if (target?.op !== 'jump' || target.to === to) break;
      to = target.to;
    }
    return to === instruction.to ? instruction : { ...instruction, to };
  });
}

/** Turns a conditional jump over a jump into the opposite jump to where that one leads. */
function skipJumps(instructions: readonly Instruction[]): Instruction[] {
  const changed = [...instructions];
  const targets = new Set(instructions.flatMap((each) => (isJump(each) ? [each.to] : [])));
  for (const [index, instruction] of changed.entries()) {
    const next = changed[index + 1];
    const over = isJump(instruction) && instruction.op !== 'jump' && instruction.to === index + 2;
    if (!over || next?.op !== 'jump' || targets.has(index + 1)) continue;
    const op = instruction.op === 'jump-if-ok' ? 'jump-if-failed' : 'jump-if-ok';
    changed[index] = { ...instruction, op, to: next.to };
    changed[index + 1] = { ...next, to: index + 2 };
  }
  return changed;
}

/** Turns an invert before a conditional jump into the opposite jump, where nothing else asks. */
function foldInverts(instructions: readonly Instruction[]): Instruction[] {
  const changed = [...instructions];
  const targets = new Set(instructions.flatMap((each) => (isJump(each) ? [each.to] : [])));
  const live = liveStatus(instructions);
  for (const [index, instruction] of changed.entries()) {
    const next = changed[index + 1];
    if (instruction.op !== 'invert' || next === undefined || !isJump(next)) continue;
    if (next.op === 'jump' || targets.has(index + 1) || live[index + 1]) continue;
    const op = next.op === 'jump-if-ok' ? 'jump-if-failed' : 'jump-if-ok';
    const { place, text } = instruction;
    changed[index] = { op: 'jump', to: index + 1, place, text };
    changed[index + 1] = { ...next, op };
  }
  return changed;
}

/** Instructions that do nothing but set the status. */
const STATUS_ONLY = new Set<Instruction['op']>([
  'status',
  'invert',
  'negate',
  'recall',
  'status-is',
]);

function keepMask(instructions: readonly Instruction[]): boolean[] {
  const reachable = reachableFrom(instructions);
  const live = liveStatus(instructions);
  const read = readVariables(instructions);
  return instructions.map((instruction, index) => {
    if (!reachable[index]) return false;
    if (isJump(instruction)) return instruction.to !== index + 1;
    if (STATUS_ONLY.has(instruction.op)) return live[index] ?? false;
    if (instruction.op === 'assign' || instruction.op === 'keep')
      return read.has(instruction.variable);
    if (instruction.op === 'exit') return index !== instructions.length - 1;
    return true;
  });
}

function reachableFrom(instructions: readonly Instruction[]): boolean[] {
  const reachable = new Array<boolean>(instructions.length).fill(false);
  const open = instructions.length > 0 ? [0] : [];
  while (open.length > 0) {
    const index = open.pop() ?? 0;
    if (reachable[index]) continue;
    reachable[index] = true;
    open.push(...successors(instructions, index));
  }
  return reachable;
}

const SETS_STATUS = new Set<Instruction['op']>([
  'write',
  'read',
  'exists',
  'equal',
  'event',
  'status',
  'process',
  'module',
  'namespace',
  'clear-errors',
  'encrypt',
  'trigger',
  'less',
  'compare',
  'recall',
  'begin',
  'maybe',
]);

/** For each instruction: whether the status it leaves behind can be read later. */
function liveStatus(instructions: readonly Instruction[]): boolean[] {
  const after = new Array<boolean>(instructions.length).fill(false);
  const before = new Array<boolean>(instructions.length + 1).fill(false);
  let changed = true;
  while (changed) {
    changed = false;
    for (let index = instructions.length - 1; index >= 0; index--) {
      const instruction = instructions[index];
      if (instruction === undefined) continue;
      const live = successors(instructions, index).some((next) => before[next]);
      const conditional = isJump(instruction) && instruction.op !== 'jump';
      // An invert reads the status only where its own answer is read.
      const reads = conditional || instruction.op === 'keep';
      const needed = reads || (live && !SETS_STATUS.has(instruction.op));
      if (live !== after[index] || needed !== before[index]) changed = true;
      after[index] = live;
      before[index] = needed;
    }
  }
  return after;
}

/** Variables whose value matters: some instruction reads them, or a file fills them. */
function readVariables(instructions: readonly Instruction[]): ReadonlySet<string> {
  const names = new Set<string>();
  const note = (operand: Operand) => {
    if (operand.kind === 'variable') names.add(operand.name);
  };
  for (const instruction of instructions) {
    if (instruction.op === 'write' || instruction.op === 'assign') note(instruction.value);
    if (instruction.op === 'read') names.add(instruction.into);
    if (instruction.op === 'count' || instruction.op === 'recall') names.add(instruction.variable);
    if (instruction.op === 'less') names.add(instruction.left).add(instruction.right);
    if (instruction.op === 'equal' || instruction.op === 'compare') {
      note(instruction.left);
      note(instruction.right);
    }
  }
  return names;
}

function compact(instructions: readonly Instruction[], keep: readonly boolean[]): Instruction[] {
  const moved: number[] = [];
  let count = 0;
  for (const kept of keep) {
    moved.push(count);
    if (kept) count++;
  }
  moved.push(count);
  return instructions
    .filter((_, index) => keep[index])
    .map((instruction) =>
      isJump(instruction) ? { ...instruction, to: moved[instruction.to] ?? count } : instruction,
    );
}
