/**
 * One round of a race: back to the initial state, what comes before is played, the sides begin at
 * a barrier, and what became of them is looked at from outside.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instruction } from '../../userland/program.js';
import type { DeadlockView, Finding } from '../../verdict/trace.js';
import type { Reply } from '../guest/agent.js';
import { consoleLines, isAlarm } from '../noise.js';
import { compareSightings, type Outcome, type Sighting, sightingOf } from '../outcome.js';
import { requestsOf } from '../requests.js';
import type { Rig } from '../rig.js';
import type { PlannedCommand, RacePlan, Side } from './plan.js';
import { isBusy, missingFrom, parseStack } from './stacks.js';

/** What a race needs of a guest. */
export interface RaceSubject {
  readonly release: string;
  ask(task: number | 'a', line: string, seconds?: number): Promise<Reply>;
  play(commands: readonly Instruction[]): Promise<readonly Outcome[]>;
  look(task?: number): Promise<Sighting>;
  reset(): Promise<void>;
  /** All that the guest has written to its serial console since it was booted. */
  wholeConsole(): string;
  close(): Promise<void>;
}

/** What became of one side. */
export interface SideOutcome {
  readonly thread: string;
  /** 'hung': still in the kernel, at one place; 'slow': did not return, but moves. */
  readonly state: 'returned' | 'died' | 'hung' | 'slow';
  /**
   * What each command came to; those after one that hung are missing. One result for all, the last
   * failure, where the commands are done again and again.
   */
  readonly results: readonly string[];
  /** Where it hangs, innermost function first; empty when it does not. */
  readonly stack: readonly string[];
  /** Functions of the finding's stack that the real one does not show. */
  readonly missing: readonly string[];
}

export interface Round {
  /** Number of the round, from 1. */
  readonly number: number;
  /** Whether what the finding says was there. */
  readonly isSeen: boolean;
  /** 'lost': the guest as a whole gave no answer. */
  readonly outcome: 'hang' | 'alarm' | 'end state' | 'other end' | 'lost';
  readonly seconds: number;
  readonly sides: readonly SideOutcome[];
  /** After a hang: the threads that got kill -9, and whether all sides then came out. */
  readonly freed: { readonly killed: readonly string[]; readonly isFree: boolean } | null;
  /** Lines of the console of this round; alarms among them are what the kernel says is broken. */
  readonly messages: readonly string[];
}

export interface RoundOptions {
  readonly number: number;
  /** Without a reply for so long a side counts as hung. */
  readonly seconds: number;
  readonly rig: Rig;
  readonly finding: Finding;
  /** Microseconds that each side waits behind the barrier. */
  readonly delays: readonly number[];
  /** Each side does its commands again and again until all have done theirs so often. */
  readonly passes: number;
  /** Between two looks at what seems to hang. */
  readonly pauseMs: number;
}

/** Task of a side; task 0 plays what comes before. */
const taskOf = (index: number): number => index + 1;

/** Task that looks at the machine beside those that hang. */
const OBSERVER = 14;

const LOOKS_MOST = 4;

function ask(
  guest: RaceSubject,
  side: Side,
  index: number,
  count: number,
  options: RoundOptions,
): readonly Promise<Reply>[] {
  const lines = side.commands.flatMap(({ command }) =>
    (requestsOf(command, options.rig) ?? []).map(({ line }) => line),
  );
  const prefix = `barrier ${count} delay ${options.delays[index] ?? 0}`;
  const requests =
    options.passes > 1 ? [`again ${count} ${options.passes} ${lines.join(' ;; ')}`] : lines;
  return requests.map((line, at) =>
    guest.ask(taskOf(index), at === 0 ? `${prefix} ${line}` : line, options.seconds),
  );
}

async function statusOf(guest: RaceSubject, index: number): Promise<string> {
  return (await guest.ask('a', `status ${taskOf(index)}`)).value;
}

async function stackOf(guest: RaceSubject, index: number): Promise<readonly string[]> {
  return parseStack((await guest.ask('a', `stack ${taskOf(index)}`)).value);
}

/** What became of a side whose replies are these; a hanging one is looked at twice. */
async function lookAt(
  guest: RaceSubject,
  side: Side,
  index: number,
  replies: readonly Reply[],
  { finding, pauseMs }: RoundOptions,
): Promise<SideOutcome> {
  const results = replies.map(({ result }) => result);
  const { thread } = side;
  const common = { thread, results: results.filter((result) => result !== 'stuck') };
  const bare = { ...common, stack: [], missing: [] };
  if (results.includes('died')) return { ...bare, state: 'died' };
  if (!results.includes('stuck')) return { ...bare, state: 'returned' };
  const before = await statusOf(guest, index);
  await sleep(pauseMs);
  const stack = await stackOf(guest, index);
  // It sleeps, and was not switched to all the while.
  const isAsleep = /^[DS]/.test(before) && before === (await statusOf(guest, index));
  if (!isAsleep || !isBusy(stack)) return { ...bare, state: 'slow' };
  const predicted = finding.deadlock?.threads.find((one) => one.thread === thread)?.stack ?? [];
  return { ...common, state: 'hung', stack, missing: missingFrom(predicted, stack) };
}

/**
 * Looks at all sides; again where one hangs and another one still moves, since a hang that has just
 * come about is seen by one of them first.
 */
async function lookAtAll(
  guest: RaceSubject,
  sides: readonly Side[],
  replies: readonly (readonly Reply[])[],
  options: RoundOptions,
): Promise<readonly SideOutcome[]> {
  let seen: readonly SideOutcome[] = [];
  for (let looks = 0; looks < LOOKS_MOST; looks++) {
    seen = await Promise.all(
      sides.map((side, index) => lookAt(guest, side, index, replies[index] ?? [], options)),
    );
    const states = seen.map(({ state }) => state);
    if (!states.includes('hung') || !states.includes('slow')) break;
  }
  return seen;
}

/** Kills the threads that the finding names, or all, and looks whether all that hung now move. */
async function kill(
  guest: RaceSubject,
  sides: readonly SideOutcome[],
  { finding, seconds, pauseMs }: RoundOptions,
): Promise<Round['freed']> {
  const hung = [...sides.keys()].filter((index) => sides[index]?.state === 'hung');
  const statuses = (): Promise<readonly string[]> =>
    Promise.all(hung.map((index) => statusOf(guest, index)));
  const before = await statuses();
  const named = new Set(finding.deadlock?.cycles.flatMap((cycle) => cycle.kill));
  const killed = sides.filter(({ thread }) => named.size === 0 || named.has(thread));
  for (const side of killed) await guest.ask('a', `kill ${taskOf(sides.indexOf(side))}`);
  const end = performance.now() + seconds * 1000;
  let isFree = false;
  while (!isFree && performance.now() < end) {
    await sleep(pauseMs);
    isFree = (await statuses()).every((status, at) => status !== before[at]);
  }
  return { killed: killed.map(({ thread }) => thread), isFree };
}

/** Whether the sides hang as the finding says: all of its threads, in the calls that it names. */
function isThatDeadlock({ threads }: DeadlockView, sides: readonly SideOutcome[]): boolean {
  return threads.every(({ thread, stack }) => {
    const side = sides.find((one) => one.thread === thread);
    const entry = stack[0];
    return side?.state === 'hung' && (entry === undefined || side.stack.includes(entry));
  });
}

/** Whether the results and the machine are those of the trace's end. */
async function isThatEnd(
  guest: RaceSubject,
  plan: RacePlan,
  sides: readonly SideOutcome[],
  options: RoundOptions,
): Promise<boolean> {
  const asPredicted = (planned: readonly PlannedCommand[], results: readonly string[]): boolean =>
    planned.every(({ predicted }, at) => predicted === null || results[at] === predicted);
  if (!plan.sides.every((side, at) => asPredicted(side.commands, sides[at]?.results ?? []))) {
    return false;
  }
  const outcomes = await guest.play(plan.after.map(({ command }) => command));
  const results = outcomes.map(({ result }) => result);
  if (!asPredicted(plan.after, results)) return false;
  const now = await guest.look(OBSERVER);
  return compareSightings(sightingOf(plan.end, options.rig.spans), now).length === 0;
}

/** Plays one round; throws what the guest throws when it cannot be asked at all. */
export async function playRound(
  guest: RaceSubject,
  plan: RacePlan,
  options: RoundOptions,
): Promise<Round> {
  await guest.reset();
  const start = performance.now();
  const silent = guest.wholeConsole().length;
  await guest.play(plan.before.map(({ command }) => command));
  await guest.ask('a', 'barrier');
  const count = plan.sides.length;
  const asked = plan.sides.map((side, index) => ask(guest, side, index, count, options));
  const replies = await Promise.all(asked.map((one) => Promise.all(one)));
  const { deadlock, property } = options.finding;
  const sides = await lookAtAll(guest, plan.sides, replies, options);
  const hangs = sides.some(({ state }) => state === 'hung');
  const freed = hangs ? await kill(guest, sides, options) : null;
  const isEnd = !hangs && property !== 'no-crash' && (await isThatEnd(guest, plan, sides, options));
  const messages = consoleLines(guest.wholeConsole().slice(silent));
  const isAlarmed = messages.some(isAlarm);
  const quiet = isEnd ? 'end state' : 'other end';
  return {
    number: options.number,
    isSeen:
      deadlock !== null
        ? isThatDeadlock(deadlock, sides)
        : property === 'no-crash'
          ? isAlarmed
          : isEnd,
    outcome: hangs ? 'hang' : isAlarmed ? 'alarm' : quiet,
    seconds: (performance.now() - start) / 1000,
    sides,
    freed,
    messages,
  };
}
