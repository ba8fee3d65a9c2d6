// What every build exports of the search, bound to its System. Addresses and counts are u32: read
// them unsigned.
import { System } from './bound';
import { enter, scratchState } from './control';
import { beyondBegin as beyondBeginOf, beyondRun as beyondRunOf } from './search/beyond';
import {
  depthFirstDepth as depthFirstDepthOf,
  depthFirstOrdinal as depthFirstOrdinalOf,
  depthFirstParent as depthFirstParentOf,
  depthFirstRun as depthFirstRunOf,
  depthFirstStart as depthFirstStartOf,
} from './search/depthFirst';
import { edges as edgesOf } from './search/edges';
import { explore as exploreOf, searchStart as searchStartOf } from './search/explore';
import { SEARCH_VERSION } from './search/layout';
import { forgetViolations } from './search/level';
import { unpack } from './search/parts';
import {
  chooseInitial,
  placeServices as placeServicesOf,
  traceBegin as traceBeginOf,
  traceChoose as traceChooseOf,
  traceIndex as traceIndexOf,
  traceRun as traceRunOf,
  traceStep as traceStepOf,
  traceThread as traceThreadOf,
} from './search/predecessors';
import { reachBegin as reachBeginOf, reachRun as reachRunOf } from './search/reach';
import {
  replayInitial as replayInitialOf,
  replayState as replayStateOf,
  replaySuccessorCount as replaySuccessorCountOf,
  replayTake as replayTakeOf,
  successorsFinish as successorsFinishOf,
  successors as successorsOf,
  violatedBy as violatedByOf,
} from './search/replay';
import { resumeBegin as resumeBeginOf, resumeEnd as resumeEndOf } from './search/resume';
import { findState } from './search/successors';
import { swarmAgain as swarmAgainOf, swarm as swarmOf } from './search/swarm';
import { countProbes as countProbesOf } from './search/tableStats';
import { followSteps as followStepsOf, nameSteps as nameStepsOf } from './search/trail';
import { insertRange, stateAt } from './search/visitedSet';
import { walkAgain as walkAgainOf, walks as walksOf } from './search/walk';
import {
  dropLevels as dropLevelsOf,
  openWindow as openWindowOf,
  traceFrom as traceFromOf,
} from './search/window';

/** Version of the control block; compared when the module is loaded. */
export const searchVersion: u32 = SEARCH_VERSION;

/** Bytes of a state in the scenario at hand. */
export function stateBytes(): u32 {
  enter(0);
  return changetype<System>(0).stateBytes();
}

/** Number of initial states, duplicates included. */
export function initialCount(): u32 {
  enter(0);
  return changetype<System>(0).initialCount();
}

/** Writes an initial state to an address aligned to 8. */
export function writeInitial(number: u32, to: usize): void {
  enter(0);
  changetype<System>(0).writeInitial(number, to);
}

/** Properties violated by a state on the face of its bytes. */
export function check(state: usize): u32 {
  enter(0);
  return changetype<System>(0).check(state);
}

/** Makes level 0; once, before explore. */
export function searchStart(): void {
  searchStartOf<System>();
}

/** Explores as a worker for so many chunks: RUN_MORE or RUN_DONE. */
export function explore(worker: u32, chunks: u32): i32 {
  return exploreOf<System>(worker, chunks);
}

/** Writes states found, from index `first` on, side by side to an address. */
export function unpackStates(first: u32, count: u32, to: usize): void {
  // Without what the search keeps behind a state: the next one lies over it.
  const bytes = changetype<System>(0).stateBytes();
  for (let number: u32 = 0; number < count; ++number) {
    unpack(stateAt(first + number), to + <usize>number * <usize>bytes);
  }
}

/** Index of a state among those found, or 0xffffffff; the state lies outside the arena. */
export function indexOf(state: usize): u32 {
  enter(0);
  return findState(state);
}

/** Lays the memory out for a search to go on with: 0 when it does not fit. */
export function resumeBegin(states: u32, parts: u32): i32 {
  return i32(resumeBeginOf<System>(states, parts));
}

/** Puts states that were loaded into the table. */
export function insertLoaded(from: u32, to: u32): void {
  insertRange(from, to);
}

/** Begins the level that was loaded. */
export function resumeEnd(): void {
  resumeEndOf();
}

/** Finds room for marks and records behind the states. */
export function placeServices(): void {
  placeServicesOf();
}

/** Starts choosing a trace: depth of the nearest target, or -1. */
export function traceBegin(target: u32): i32 {
  enter(0);
  return traceBeginOf(target);
}

/** Goes on for so many states: RUN_MORE or RUN_DONE. */
export function traceRun(budget: u32): i32 {
  return traceRunOf<System>(budget);
}

/** Address of the ordinals of the chosen trace. */
export function traceChoose(): usize {
  return traceChooseOf<System>();
}

/** Drops the levels before the present one out of the memory of a lossy search. */
export function dropLevels(): void {
  dropLevelsOf();
}

/** Lays the memory out for states from disk: 0 when they do not fit. */
export function openWindow(from: u32, to: u32, known: u32): i32 {
  return i32(openWindowOf(from, to, known));
}

/** Starts the pass back over windows, from a level. */
export function traceFrom(target: u32, level: u32): void {
  traceFromOf(target, level);
}

/** Chooses the initial state of a trace over windows: its index. */
export function traceInitial(): u32 {
  enter(0);
  return chooseInitial<System>();
}

/** Chooses a step of it: the ordinal. */
export function traceStep(index: u32, thread: i32, level: u32): u32 {
  return traceStepOf<System>(index, thread, level);
}

/** The state that it leads to. */
export function traceIndex(): u32 {
  return traceIndexOf();
}

/** Its thread. */
export function traceThread(): i32 {
  return traceThreadOf();
}

/** Starts the fixpoint over the marks. */
export function reachBegin(): void {
  reachBeginOf();
}

/** Goes on for so many states: RUN_MORE or RUN_DONE. */
export function reachRun(budget: u32): i32 {
  return reachRunOf<System>(budget);
}

/** Writes transitions from a state on: the number of states done. */
export function edges(first: u32, to: usize, room: u32): u32 {
  return edgesOf<System>(first, to, room);
}

/** Counts states by the slots looked at to find them, in so many words from an address on. */
export function countProbes(first: u32, step: u32, to: usize, lengths: u32): void {
  countProbesOf(first, step, to, lengths);
}

/** Address at which a state may be put for indexOf(). */
export function lookupState(): usize {
  enter(0);
  return scratchState(2);
}

/** Address of the state of the replay. */
export function replayState(): usize {
  return replayStateOf();
}

/** Sets the replay to an initial state. */
export function replayInitial(number: u32): void {
  replayInitialOf<System>(number);
}

/** Number of steps that the state of the replay has. */
export function replaySuccessorCount(): u32 {
  return replaySuccessorCountOf<System>();
}

/** Takes a step of the replay: its label, or -1. */
export function replayTake(ordinal: u32): i32 {
  return replayTakeOf<System>(ordinal);
}

/** Properties violated by a state, deadlocks included. */
export function violatedBy(state: usize): u32 {
  return violatedByOf<System>(state);
}

/** Writes the successors of a state: how many there are. */
export function successors(state: usize, to: usize, most: u32): u32 {
  return successorsOf<System>(state, to, most);
}

/** What finish() said after the last successors(). */
export function successorsFinish(): u32 {
  return successorsFinishOf();
}

/** Empties the tables of violations before the first run. */
export function runsBegin(): void {
  forgetViolations();
}

/** Walks as a worker, so many walks at most: RUN_MORE or RUN_DONE. */
export function walks(worker: u32, most: u32): i32 {
  return walksOf<System>(worker, most);
}

/** Does a walk again up to a violation: its steps, or -1. */
export function walkAgain(run: u32, target: u32): i32 {
  return walkAgainOf<System>(run, target);
}

/** Searches as a worker of a swarm, so many searches at most: RUN_MORE or RUN_DONE. */
export function swarm(worker: u32, most: u32): i32 {
  return swarmOf<System>(worker, most);
}

/** Does a search of a swarm again up to a violation: the steps of the way there, or -1. */
export function swarmAgain(run: u32, target: u32): i32 {
  return swarmAgainOf<System>(run, target);
}

/** Follows named steps up to a violation: how many it took, or -1. */
export function followSteps(initial: u32, steps: usize, count: u32, target: u32, to: usize): i32 {
  return followStepsOf<System>(initial, steps, count, target, to);
}

/** Names the steps of a trail of ordinals, in place. */
export function nameSteps(initial: u32, steps: usize, count: u32): void {
  nameStepsOf<System>(initial, steps, count);
}

/** Begins to look for states beyond the bound of context switches. */
export function beyondBegin(): void {
  beyondBeginOf();
}

/** Goes on for so many states: RUN_MORE or RUN_DONE. */
export function beyondRun(budget: u32): i32 {
  return beyondRunOf<System>(budget);
}

/** Finds the initial states of a search depth first; once, before depthFirstRun. */
export function depthFirstStart(): void {
  depthFirstStartOf<System>();
}

/** Goes on depth first for so many states: RUN_MORE or RUN_DONE. */
export function depthFirstRun(budget: u32): i32 {
  return depthFirstRunOf<System>(budget);
}

/** Steps of the way on which a state was found. */
export function depthFirstDepth(index: u32): u32 {
  return depthFirstDepthOf(index);
}

/** The state that a state was found from; 0xffffffff for an initial one. */
export function depthFirstParent(index: u32): u32 {
  return depthFirstParentOf(index);
}

/** By which of its parent's steps a state was found; for an initial one, its number. */
export function depthFirstOrdinal(index: u32): u32 {
  return depthFirstOrdinalOf<System>(index);
}
