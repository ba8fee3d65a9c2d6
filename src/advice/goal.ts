/**
 * What a script is for: the machine as it leaves it when nobody else does anything. Each order in
 * which several scripts can run one after the other has its own end, and any of them will do.
 */
import type { Actor, Model, OwnProperty, PropertyRequest, SourceText } from '../model/model.js';
import { run } from '../run.js';
import type { MachineView, RunRecord } from '../verdict/trace.js';

/** The name of the property that asks for it. */
export const ENDS_AS_MEANT = 'ends-as-meant';

/** Scripts beyond which not every order is tried. */
export const SCRIPTS_MAX = 3;

/** One end of the scripts. */
export interface Goal {
  /** Names of the scripts, in the order in which they ran. */
  readonly order: readonly string[];
  readonly devices: readonly { readonly name: string; readonly driver: string | null }[];
  readonly blocks: readonly {
    readonly index: number;
    readonly state: string;
    readonly zone: string;
  }[];
  /** null where it may be any. */
  readonly policy: string | null;
}

function goalOf(order: readonly string[], record: RunRecord): Goal {
  return {
    order,
    devices: record.devices.map(({ name, driver }) => ({ name, driver })),
    blocks: record.blocks.map(({ name, state, zones }) => ({
      index: Number(name.slice('memory'.length)),
      state,
      zone: state === 'online' ? zones : 'none',
    })),
    policy: record.autoOnlineBlocks,
  };
}

function ordersOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    ordersOf(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}

/** The scripts one after the other, and nobody else. */
export interface AloneRun {
  /** Names of the scripts, in the order in which they ran. */
  readonly order: readonly string[];
  readonly records: readonly RunRecord[];
}

/**
 * Runs the scripts alone, in every order; none where there are too many of them.
 *
 * Throws a ModelRejection for faults of scripts and names.
 */
export function runsAlone(model: Model): readonly AloneRun[] {
  const scripts = model.actors.filter((actor): actor is Actor => actor.kind === 'script');
  if (scripts.length === 0 || scripts.length > SCRIPTS_MAX) return [];
  return ordersOf(scripts).map((actors) => ({
    order: actors.map(({ name }) => name),
    records: run({ ...model, actors, check: null, properties: [] }),
  }));
}

/**
 * What the scripts come to alone; none where there are too many of them.
 *
 * Throws a ModelRejection for faults of scripts and names.
 */
export const goalsOf = (model: Model): readonly Goal[] => endsOfRuns(runsAlone(model));

/** The ends of such runs, each once. */
export function endsOfRuns(runs: readonly AloneRun[]): readonly Goal[] {
  const goals = runs.flatMap(({ order, records }) => {
    const last = records.at(-1);
    return last === undefined ? [] : [goalOf(order, last)];
  });
  const seen = new Set<string>();
  return goals.filter((goal) => {
    const key = endKey(goal);
    return seen.has(key) ? false : seen.add(key).size > 0;
  });
}

/** Two goals with the same key are the same end. */
export const endKey = ({ order: _, ...end }: Goal): string => JSON.stringify(end);

/** The same ends, whatever auto_online_blocks is left at. */
export const withAnyPolicy = (goals: readonly Goal[]): readonly Goal[] =>
  goals.map((goal) => ({ ...goal, policy: null }));

/** Consecutive blocks of like state. */
interface Run {
  readonly first: number;
  last: number;
  readonly state: string;
  readonly zone: string;
}

function runsOf({ blocks }: Goal): readonly Run[] {
  const runs: Run[] = [];
  for (const { index, state, zone } of blocks) {
    const run = runs.at(-1);
    if (run?.last === index - 1 && run.state === state && run.zone === zone) run.last = index;
    else runs.push({ first: index, last: index, state, zone });
  }
  return runs;
}

/** The blocks from one to the other, as a part of an expression over `b`. */
const between = ({ first, last }: Run): string =>
  first === last ? `b.index == ${first}` : `(b.index >= ${first} && b.index <= ${last})`;

/** The goal as an expression over a state. */
export function goalExpression(goal: Goal): string {
  const runs = runsOf(goal);
  const devices = goal.devices.map(({ name, driver }) =>
    [`devices["${name}"].present`, `devices["${name}"].driver == "${driver ?? 'none'}"`].join(
      ' && ',
    ),
  );
  const states = runs.map((run) => {
    const zone = run.state === 'online' ? ` && b.zone == "${run.zone}"` : '';
    return `blocks.all(b, !(${between(run)}) || (b.state == "${run.state}"${zone}))`;
  });
  const others = runs.length === 0 ? 'false' : runs.map(between).join(' || ');
  return [
    ...devices,
    ...states,
    `blocks.all(b, ${others} || b.state == "absent")`,
    ...(goal.policy === null ? [] : [`auto_online_blocks == "${goal.policy}"`]),
  ].join(' && ');
}

/**
 * The goals as a property: once every script has ended and udev has nothing left to do, the
 * machine is at one of them.
 */
export function goalProperty(model: Model, goals: readonly Goal[]): OwnProperty {
  const done = model.actors
    .filter(({ kind }) => kind === 'script')
    .map(({ name }) => `threads["${name}"].done`);
  const rest = `settled && threads.all(t, t.idle) && ${done.join(' && ')}`;
  const ends = goals.map((goal) => `(${goalExpression(goal)})`).join(' || ');
  const text = `!(${rest}) || ${ends}`;
  const { place } = model.kernel;
  const source: SourceText = { text, place };
  return { name: ENDS_AS_MEANT, form: 'quiet', expressions: [source], place };
}

/** The model with the goals asked for as well. */
export function withGoals(model: Model, goals: readonly Goal[]): Model {
  if (goals.length === 0 || model.check === null) return model;
  const own = goalProperty(model, goals);
  const request: PropertyRequest = { name: own.name, device: null, place: own.place };
  return { ...model, properties: [own], check: [...model.check, request] };
}

/** What of a machine is not as a goal has it, a sentence part each. */
export function missesOf(goal: Goal, machine: MachineView): readonly string[] {
  const misses: string[] = [];
  for (const { name, driver } of goal.devices) {
    const found = machine.devices.find((device) => device.name === name);
    if (found?.present !== true) misses.push(`${name} is gone`);
    else if (found.driver !== driver) {
      misses.push(`${name} has ${found.driver ?? 'no driver'} (meant: ${driver ?? 'none'})`);
    }
  }
  misses.push(...blockMisses(goal, machine));
  if (goal.policy !== null && machine.autoOnlineBlocks !== goal.policy) {
    misses.push(`auto_online_blocks is ${machine.autoOnlineBlocks} (meant: ${goal.policy})`);
  }
  return misses;
}

function blockMisses(goal: Goal, machine: MachineView): readonly string[] {
  const wanted = new Map(goal.blocks.map((block) => [block.index, block]));
  const found = new Map(machine.blocks.map((block) => [block.index, block]));
  const indices = [...new Set([...wanted.keys(), ...found.keys()])].sort((a, b) => a - b);
  const said = (state: string, zone: string): string =>
    state === 'online' ? `online ${zone}` : state;
  const misses: { first: number; last: number; text: string }[] = [];
  for (const index of indices) {
    const [want, block] = [wanted.get(index), found.get(index)];
    const is = block === undefined ? 'not there' : said(block.state, block.zones);
    const should = want === undefined ? 'not there' : said(want.state, want.zone);
    if (is === should) continue;
    const text = `${is} (meant: ${should})`;
    const last = misses.at(-1);
    if (last?.text === text && last.last === index - 1) last.last = index;
    else misses.push({ first: index, last: index, text });
  }
  return misses.map(({ first, last, text }) =>
    first === last ? `memory${first} is ${text}` : `memory${first}-${last} are ${text}`,
  );
}

function nearestOf(goals: readonly Goal[], machine: MachineView): Goal | null {
  const all = goals.map((goal) => ({ goal, misses: missesOf(goal, machine).length }));
  return all.sort((left, right) => left.misses - right.misses)[0]?.goal ?? null;
}

/** What a machine misses of the goal that is nearest to it. */
export function nearestMisses(goals: readonly Goal[], machine: MachineView): readonly string[] {
  const goal = nearestOf(goals, machine);
  return goal === null ? [] : missesOf(goal, machine);
}

/** Names of what is not as in the nearest goal: devices, blocks, the policy. */
export function missedNames(goals: readonly Goal[], machine: MachineView): ReadonlySet<string> {
  const goal = nearestOf(goals, machine);
  if (goal === null) return new Set();
  const driverOf = new Map(
    machine.devices.flatMap(({ name, present, driver }) => (present ? [[name, driver]] : [])),
  );
  const devices = goal.devices.filter(({ name, driver }) => driverOf.get(name) !== driver);
  const stateOf = (block: { state: string; zone: string } | undefined): string =>
    block === undefined ? '' : `${block.state} ${block.state === 'online' ? block.zone : ''}`;
  const wanted = new Map(goal.blocks.map((block) => [block.index, block]));
  const found = new Map(machine.blocks.map((block) => [block.index, block]));
  const blocks = [...new Set([...wanted.keys(), ...found.keys()])].filter((index) => {
    const block = found.get(index);
    return stateOf(wanted.get(index)) !== stateOf(block && { ...block, zone: block.zones });
  });
  const isPolicy = goal.policy !== null && goal.policy !== machine.autoOnlineBlocks;
  return new Set([
    ...devices.map(({ name }) => name),
    ...blocks.map((index) => `memory${index}`),
    ...(isPolicy ? ['auto_online_blocks'] : []),
  ]);
}
