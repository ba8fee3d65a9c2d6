/**
 * Which instructions the proof for cut machines covers: those that touch one block of a device as
 * any other one, or all of them together. What is not listed here is not covered.
 */
import type { ActorProgram, Instruction, SysfsFile } from '../userland/program.js';
import type { Universe } from '../userland/universe.js';
import { lineOf } from './zones.js';

/** Attributes of a device that are the same however large it is. */
const FIXED: readonly string[] = ['target_node', 'numa_node', 'modalias', 'state'];

const WHOLE: readonly SysfsFile['kind'][] = [
  ...(['driver', 'drivers_probe', 'auto_online_blocks', 'provider', 'device-directory'] as const),
  ...(['own-driver', 'driver-link'] as const),
];

/** Instructions that change nothing but what the program knows itself. */
const LOCAL: readonly Instruction['op'][] = [
  ...(['equal', 'compare', 'event', 'assign', 'status', 'invert', 'jump'] as const),
  ...(['jump-if-failed', 'jump-if-ok', 'sleep', 'exit', 'count', 'less'] as const),
  ...(['tell', 'negate', 'keep', 'recall', 'status-is'] as const),
];

/** Those, and what is done to a device, to the machine, or to all blocks alike. */
const OPS: readonly Instruction['op'][] = [
  ...LOCAL,
  ...(['settle', 'trigger', 'process', 'module', 'namespace'] as const),
  ...(['clear-errors', 'encrypt'] as const),
];

function isBlockFile(file: SysfsFile): boolean {
  return file.kind === 'block' || file.kind === 'block-directory';
}

/** Why a script's or a menu's instruction is not covered; null where it is. */
function scriptDoubt(instruction: Instruction): string | null {
  const { op, tool } = instruction;
  if (op === 'begin' || op === 'maybe') return 'is not understood and may do anything';
  if (op !== 'read' && op !== 'write' && op !== 'exists') {
    return OPS.includes(op) ? null : 'is not covered by the proof';
  }
  const { file } = instruction;
  if (isBlockFile(file)) return tool === undefined ? 'goes over memory blocks itself' : null;
  if (WHOLE.includes(file.kind)) return null;
  const isFixed = file.kind === 'device' && FIXED.includes(file.attr);
  if (isFixed) return null;
  return op === 'read' ? 'reads a size, and the cut has changed it' : 'is not covered by the proof';
}

/** Why a rule's instruction is not covered: it may look at its own block and write to it alone. */
function ruleDoubt(instruction: Instruction): string | null {
  const { op } = instruction;
  if (op !== 'read' && op !== 'write' && op !== 'exists') {
    return LOCAL.includes(op) ? null : 'does more than to write to its own block';
  }
  const { file } = instruction;
  const isOwn =
    (file.kind === 'block' || file.kind === 'block-directory') && file.block === 'event';
  if (!isOwn) return op === 'write' ? 'does more than to write to its own block' : 'reads more';
  const isZones = file.kind === 'block' && file.attr === 'valid_zones';
  return isZones ? 'reads valid_zones, which depends on the neighbours' : null;
}

/** Whether an instruction can give memory to kmem. */
function adds(instruction: Instruction): boolean {
  if (instruction.op === 'module') return instruction.verb === 'load';
  if (instruction.op === 'namespace') return instruction.verb === 'enable';
  if (instruction.op !== 'write') return false;
  const { file } = instruction;
  if (file.kind === 'driver') return file.attr === 'bind' || file.attr === 'new_id';
  const kinds: readonly SysfsFile['kind'][] = ['drivers_probe', 'provider'];
  return kinds.includes(file.kind) || (file.kind === 'device' && file.attr === 'state');
}

export interface Covered {
  /** What is not covered, with its line. */
  readonly doubts: readonly string[];
  /** Actors that can give memory to kmem. */
  readonly adders: readonly string[];
}

/** Looks through the programs of all actors. */
export function coverDoubts(actors: readonly ActorProgram[], { tools }: Universe): Covered {
  const doubts = actors.flatMap(({ kind, programs }) =>
    programs.flatMap(({ instructions }) =>
      instructions.flatMap((instruction) => {
        const why = kind === 'udev' ? ruleDoubt(instruction) : scriptDoubt(instruction);
        return why === null ? [] : [`${lineOf(instruction.place)} ${why}`];
      }),
    ),
  );
  const isOld = tools !== undefined && !tools.has('last-block');
  const usesTool = actors.some(({ programs }) =>
    programs.some(({ instructions }) => instructions.some(({ op }) => op === 'count')),
  );
  const old = isOld && usesTool ? ['daxctl before v76 takes a block that is not its own'] : [];
  return {
    doubts: [...new Set([...doubts, ...old])],
    adders: actors
      .filter(({ programs }) => programs.some(({ instructions }) => instructions.some(adds)))
      .map(({ actor }) => actor),
  };
}
