/**
 * A naive evaluator of expressions over the machine as traces show it: what compiled expressions
 * are compared with. It walks the parsed text, and knows nothing of offsets but where the machine
 * view does not show a thing.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import {
  DEVICE_ALIVE,
  DEVICE_BYTES,
  DEVICE_DATA,
  DEVICE_FLAGS_OFFSET,
  DEVICE_LOCK_OFFSET,
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_OOPS,
  INSTRUCTION_ENDED,
  INSTRUCTION_IDLE,
  RESOURCE_LEAKED,
  RESOURCE_PRESENT,
  SLOT_BYTES,
  SLOT_FLAGS_OFFSET,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_STATUS_OFFSET,
} from '../../assembly/layout.js';
import type { Scenario } from '../../src/compile/scenario.js';
import type { MachineView } from '../../src/verdict/trace.js';

type Value = boolean | bigint | string | readonly Value[] | { readonly [field: string]: Value };
type Scope = { readonly [name: string]: Value };

/** What `valid_zones` calls the zones that a block can be online in. */
const ZONES = ['DMA', 'DMA32', 'Normal', 'Movable'];

function devicesOf(state: Uint8Array, scenario: Scenario, view: MachineView): Value[] {
  return view.devices.map((device, index) => {
    const at = scenario.state.devicesAt + index * DEVICE_BYTES;
    const flags = state[at + DEVICE_FLAGS_OFFSET] ?? 0;
    const shown = (first: number): bigint => {
      let count = 0n;
      for (let range = 0; range < scenario.plan.rangeMax; range++) {
        const slot = scenario.state.slotsAt + (first + range) * SLOT_BYTES + SLOT_FLAGS_OFFSET;
        const bits = state[slot] ?? 0;
        if ((bits & RESOURCE_PRESENT) !== 0 && (bits & RESOURCE_LEAKED) === 0) count += 1n;
      }
      return count;
    };
    return {
      name: device.name,
      driver: device.driver ?? 'none',
      present: device.present,
      alive: (flags & DEVICE_ALIVE) !== 0,
      data: (flags & DEVICE_DATA) !== 0,
      locked: state[at + DEVICE_LOCK_OFFSET] !== 0,
      poison: device.poison,
      size: device.size,
      ranges: BigInt(device.ranges.length),
      opens: BigInt(device.opens),
      mappings: BigInt(device.mappings),
      pins: BigInt(device.pins),
      claims: shown(scenario.state.daxSlot(index)),
      reservations: shown(scenario.state.kmemSlot(index)),
      ram: shown(scenario.state.ramSlot(index)),
    };
  });
}

function blocksOf(scenario: Scenario, view: MachineView): Value[] {
  return scenario.plan.blocks.map(({ index }) => {
    const found = view.blocks.find((block) => block.index === index);
    const owner = scenario.plan.universe.devices.find(({ blocks }) => blocks.includes(index));
    const isOnline = found?.state === 'online';
    return {
      name: `memory${index}`,
      index: BigInt(index),
      device: owner?.name ?? '',
      state: found?.state ?? 'absent',
      zone: isOnline ? (ZONES.find((zone) => zone === found.zones) ?? 'none') : 'none',
    };
  });
}

function threadsOf(state: Uint8Array, scenario: Scenario): Value[] {
  const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
  return scenario.threads.map(({ name }, index) => {
    const at = scenario.state.threadsAt + index * THREAD_BYTES;
    return {
      name,
      done: view.getUint16(at + THREAD_INSTRUCTION_OFFSET, true) === INSTRUCTION_ENDED,
      idle: view.getUint16(at + THREAD_INSTRUCTION_OFFSET, true) >= INSTRUCTION_IDLE,
      inside: view.getUint16(at + THREAD_PC_OFFSET, true) !== 0,
      failed: view.getUint8(at + THREAD_STATUS_OFFSET) !== 0,
    };
  });
}

/** Everything that expressions can name, as plain values. */
export function scopeOf(state: Uint8Array, scenario: Scenario, view: MachineView): Scope {
  const threads = threadsOf(state, scenario);
  const events = state.subarray(scenario.state.eventsAt, scenario.state.faultsAt);
  const drivers = view.drivers.map(({ name, registered, ids }) => ({ name, registered, ids }));
  // A kernel without it has none, and expressions name it all the same.
  const fsdev = drivers.some(({ name }) => name === 'fsdev_dax')
    ? []
    : [{ name: 'fsdev_dax', registered: false, ids: [] }];
  return {
    devices: devicesOf(state, scenario, view),
    blocks: blocksOf(scenario, view),
    drivers: [...drivers, ...fsdev],
    threads,
    quiet: threads.every((thread) => !(thread as { readonly inside: boolean }).inside),
    settled: events.every((byte) => byte === 0),
    oops: ((state[GLOBAL_FLAGS_OFFSET] ?? 0) & GLOBAL_OOPS) !== 0,
    auto_online_blocks: view.autoOnlineBlocks,
  };
}

const listOf = (value: Value): readonly Value[] => value as readonly Value[];
const fieldOf = (value: Value, name: string): Value =>
  (value as { readonly [field: string]: Value })[name] as Value;

function macro(name: string, list: readonly Value[], says: (item: Value) => boolean): Value {
  if (name === 'all') return list.every(says);
  if (name === 'exists') return list.some(says);
  if (name === 'exists_one') return list.filter(says).length === 1;
  return list.filter(says);
}

function compare(op: string, left: bigint, right: bigint): Value {
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return left % right;
  }
}

function callOf(node: ASTNode & { readonly op: 'rcall' }, scope: Scope): Value {
  const [name, receiver, [first, second]] = node.args;
  const value = evaluate(receiver, scope);
  if (name === 'size') return BigInt(listOf(value).length);
  if (first === undefined) throw new Error(`${name} without arguments`);
  if (second === undefined) {
    const text = String(value);
    const part = String(evaluate(first, scope));
    if (name === 'startsWith') return text.startsWith(part);
    return name === 'endsWith' ? text.endsWith(part) : text.includes(part);
  }
  const variable = String(first.args);
  return macro(
    name,
    listOf(value),
    (item) => evaluate(second, { ...scope, [variable]: item }) === true,
  );
}

/** Evaluates a parsed expression. */
export function evaluate(node: ASTNode, scope: Scope): Value {
  const of = (part: ASTNode): Value => evaluate(part, scope);
  switch (node.op) {
    case 'value':
      return node.args as Value;
    case 'id':
      return scope[node.args] as Value;
    case '.':
      return fieldOf(of(node.args[0]), node.args[1]);
    case '[]': {
      const key = of(node.args[1]);
      const name = typeof key === 'bigint' ? `memory${key}` : key;
      return listOf(of(node.args[0])).find((item) => fieldOf(item, 'name') === name) as Value;
    }
    case 'list':
      return node.args.map(of);
    case 'call':
      return BigInt(listOf(of(node.args[1][0] as ASTNode)).length);
    case 'rcall':
      return callOf(node, scope);
    case '?:':
      return of(node.args[0]) === true ? of(node.args[1]) : of(node.args[2]);
    case '&&':
      return of(node.args[0]) === true && of(node.args[1]) === true;
    case '||':
      return of(node.args[0]) === true || of(node.args[1]) === true;
    case '!_':
      return of(node.args) !== true;
    case '-_':
      return -(of(node.args) as bigint);
    case '==':
      return of(node.args[0]) === of(node.args[1]);
    case '!=':
      return of(node.args[0]) !== of(node.args[1]);
    case 'in':
      return listOf(of(node.args[1])).includes(of(node.args[0]));
    default: {
      const [left, right] = node.args as unknown as [ASTNode, ASTNode];
      return compare(node.op, of(left) as bigint, of(right) as bigint);
    }
  }
}
