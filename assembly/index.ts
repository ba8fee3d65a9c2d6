// The complete wasm surface of the engine: the search's exports, and those that only the kernel
// model has.

import { askedWord, forgetAsked } from './asked';
import { enter, scratchState, systemScratch } from './control';
import { validZonesText } from './kernel/memoryBlockFiles';
import { beginLockOrder, deadlockedThreads, findWay, lockOrderOf, waitPart } from './kernel/system';
import { LAYOUT_VERSION, WAY_AT } from './layout';
import { lockOrderTable } from './lockOrder';
import { record } from './observe';
import { recover } from './property/recoverable';
import { forgetAnswers, sufficesAt } from './reduction/ahead';
import { lookAt } from './state';
import { makeCanonical } from './symmetry';
import { tallyBegin as tallyBeginOf, tallyRun as tallyRunOf } from './tally';

export * from './surface';

/** Version of the layout of scenario and state; compared when the module is loaded. */
export const layoutVersion: u32 = LAYOUT_VERSION;

/**
 * Begins (1) or ends (0) to record what steps tell. The record holds the last step that was tried.
 */
export function recordSteps(on: u32): void {
  enter(0);
  record(on != 0);
}

/** Address of the record: a count, then records of four words (layout.ts, Observation). */
export function recordedSteps(): usize {
  enter(0);
  return systemScratch();
}

/**
 * Threads of a state that wait for one another for ever, after its successors have been enumerated.
 */
export function deadlocked(): u32 {
  return deadlockedThreads();
}

/** The string number of what valid_zones of a block shows in a state. */
export function zonesText(state: usize, block: u32): u32 {
  enter(0);
  lookAt(state);
  return validZonesText(block);
}

/** Whether a device can be bound again from a state: 1 yes, 0 no, 2 unknown. */
export function recoverDevice(state: usize, device: u32): i32 {
  enter(0);
  record(false);
  return recover(state, device);
}

/**
 * What a thread of a state waits for: part 0 the lock, 1 its object, 2 the holders as a set, 3
 * as what: a WaitKind.
 */
export function waitOf(state: usize, thread: u32, part: u32): u32 {
  enter(0);
  return waitPart(state, thread, part);
}

/** Empties the table of which class of lock is taken while which is held. */
export function lockOrderBegin(): void {
  enter(0);
  beginLockOrder();
}

/** Fills it from every step of consecutive states. */
export function lockOrderRun(states: usize, count: u32): void {
  enter(0);
  lockOrderOf(states, count);
}

/** Its address, good until anything else is called (layout/observation.ts has its form). */
export function lockOrderEdges(): usize {
  enter(0);
  return lockOrderTable();
}

/** Empties the tables of steps by who took them: their address, good until another question. */
export function tallyBegin(): usize {
  return tallyBeginOf();
}

/** Counts the steps of the states found, from one index up to and without another. */
export function tallyRun(from: u32, to: u32): void {
  tallyRunOf(from, to, false);
}

/** Counts them with every program point that they pass, and the features that they ask for. */
export function coverRun(from: u32, to: u32): void {
  tallyRunOf(from, to, true);
}

/** Forgets which features were asked for; only build/engine.coverage.wasm knows any. */
export function coverBegin(): void {
  forgetAsked();
}

/** Word number 0 to 3 of the features that were asked for, by bit. */
export function coverFeatures(word: u32): u32 {
  return askedWord(word);
}

/** Where the state is put to which wayBetween() leads. */
export function wayTarget(): usize {
  enter(0);
  return scratchState(3);
}

/**
 * Finds the steps that a reduced search took from the state of the replay to that of wayTarget():
 * the address of their number (u32), behind which, from WAY_STATES_OFFSET on, the state after each
 * lies; 0 when there is no such way.
 */
export function wayBetween(): usize {
  enter(0);
  return findWay(scratchState(1), scratchState(3)) ? systemScratch() + WAY_AT : 0;
}

/** How many successors a thread's next step has when it suffices at a state; else 0. */
export function sufficient(state: usize, thread: u32): u32 {
  enter(0);
  forgetAnswers();
  return sufficesAt(state, thread);
}

/** Replaces a state by the representative of its class, where the scenario has permutations. */
export function canonicalState(state: usize): void {
  enter(0);
  makeCanonical(state);
}
