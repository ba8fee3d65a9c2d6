/**
 * Whether the zone of a memory block can depend on other blocks.
 *
 * A request that names its zone (`online_kernel`, `online_movable`) gets it. Plain `online` looks
 * which zones reach around the block (mm/memory_hotplug.c zone_for_pfn_range(), v5.1 and v6.12): as
 * long as no block can be in Movable it comes to the kernel's zone, wherever it lies.
 */
import type { Model, Place } from '../model/model.js';
import type { ActorProgram, Instruction, Operand } from '../userland/program.js';

/** `FILE:LINE`, as messages have it. */
export const lineOf = ({ file, line }: Place): string => `${file}:${line}`;

/** Something that asks for a zone: by which word, and where. */
interface Request {
  readonly word: string;
  readonly where: string;
}

/** What a variable may hold, of the words that matter here. */
const ANYTHING: readonly string[] = ['offline', 'online', 'online_kernel', 'online_movable'];

const POLICY = 'auto_online_blocks';

/** Words that an operand may stand for; those that are read from the policy are given. */
function wordsOf(
  operand: Operand,
  instructions: readonly Instruction[],
  policies: readonly string[],
): readonly string[] {
  if (operand.kind === 'constant') return [operand.text];
  if (operand.kind === 'event-device') return [];
  const { name } = operand;
  return instructions.flatMap((instruction) => {
    if (instruction.op === 'read' && instruction.into === name) {
      return instruction.file.kind === POLICY ? policies : ANYTHING;
    }
    if (instruction.op !== 'assign' || instruction.variable !== name) return [];
    return instruction.value.kind === 'constant' ? [instruction.value.text] : ANYTHING;
  });
}

/** Every program with what it may write to a kind of file. */
function writesTo(
  actors: readonly ActorProgram[],
  isFile: (instruction: Instruction & { readonly op: 'write' }) => boolean,
  policies: readonly string[],
): readonly Request[] {
  return actors.flatMap(({ programs }) =>
    programs.flatMap(({ instructions }) =>
      instructions.flatMap((instruction) => {
        if (instruction.op !== 'write' || !isFile(instruction)) return [];
        const where = lineOf(instruction.place);
        const words = wordsOf(instruction.value, instructions, policies);
        return words.map((word) => ({ word, where }));
      }),
    ),
  );
}

/** Everything that can bring a block of the machine online, and by which word. */
function requestsOf(
  model: Model,
  actors: readonly ActorProgram[],
  adders: readonly string[],
): readonly Request[] {
  const { machine, file } = model;
  const policyWrites = writesTo(actors, ({ file: { kind } }) => kind === POLICY, []);
  const policies: readonly Request[] = [
    { word: machine.autoOnlineBlocks, where: `auto_online_blocks of ${file}` },
    ...policyWrites,
  ];
  const states = writesTo(
    actors,
    ({ file: to }) => (to.kind === 'block' || to.kind === 'device') && to.attr === 'state',
    policies.map(({ word }) => word),
  );
  const plain = writesTo(
    actors,
    ({ file: to }) => to.kind === 'block' && to.attr === 'online',
    [],
  ).map(({ where }) => ({ word: 'online', where }));
  const isPolicyUsed =
    adders.length > 0 ||
    machine.devices.some(({ driver, blocks }) => driver === 'kmem' && blocks === null);
  const first = machine.devices.flatMap(({ name, driver, blocks, ownBlocks, place }) => {
    if (driver !== 'kmem') return [];
    const words = [
      ...(blocks === null ? [] : [blocks]),
      ...ownBlocks.map(({ initial }) => initial),
    ];
    return words.map((word) => ({ word, where: `the blocks of ${name}, ${lineOf(place)}` }));
  });
  return [...first, ...(isPolicyUsed ? policies : []), ...states, ...plain];
}

/** Why the zone of a block can depend on its neighbours; null when it cannot. */
export function zoneDoubt(
  model: Model,
  actors: readonly ActorProgram[],
  { features, adders }: { features: ReadonlySet<string>; adders: readonly string[] },
): string | null {
  if (model.machine.autoMovable !== null) return 'the policy auto-movable counts all memory';
  const requests = requestsOf(model, actors, adders);
  // Without types a policy other than offline is plain `online`.
  const isTyped = features.has('typed-auto-online');
  const untyped = requests.find(
    ({ word, where }) =>
      word === 'online' || (!isTyped && word !== 'offline' && where.startsWith(POLICY)),
  );
  if (untyped === undefined) return null;
  const movable = requests.find(({ word }) => word === 'online_movable');
  const also = model.machine.movableNode ? 'movable_node of the machine' : movable?.where;
  if (also === undefined) return null;
  const why = `\`online\` (${untyped.where}) picks the zone by the neighbours`;
  return `${why} where memory can be in Movable (${also})`;
}
