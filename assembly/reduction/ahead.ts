// Whether a thread's next step can be exchanged with whatever the other threads may do before it:
// decided by executing it. A breadth-first search among the steps of the other threads alone, in
// scratch memory; at each state of it both orders of two steps are taken and compared byte for
// byte. docs/partial-order.md proves what follows from the answers.
import { runThread } from '../actor/thread';
import { systemScratch } from '../control';
import {
  AHEAD_AT,
  AHEAD_BYTES,
  DEVICE_DRIVER_OFFSET,
  Driver,
  GLOBAL_BROKEN_OFFSET,
  Header,
} from '../layout';
import { isQuiet } from '../property/invariants';
import { header } from '../scenario';
import { copyState, fingerprint, isEqual } from '../search/fingerprint';
import {
  choiceCount,
  choiceDepth,
  choicesDiffer,
  device,
  devices,
  forgetChoices,
  isOopsed,
  lookAt,
  nextChoices,
  restoreChoices,
  saveChoices,
  saveChoicesFrom,
} from '../state';

/** States of other threads that one question may look at. */
const STATES_MAX: u32 = 64;
/** Successors that the step in question may have. */
export const ANSWERS_MAX: u32 = 8;
/** Saved choices: of the transition, of the other thread's step, of the step in question. */
const CHOICES_BYTES: usize = 4352;
const HASHES: usize = 16384;
const STATES: usize = 32768;
/** Questions answered before, by the state in full. */
const ANSWERS: usize = 393216;
const ANSWER_HEAD: usize = 16;
/** Kinds of questions; the other number of a question is its thread. */
const SUFFICES: u32 = 0x100;
const PUT_OFF: u32 = 0x200;

let bytes: u32 = 0;
/** Numbers of states: how many were found, and how many there is room for. */
let found: u32 = 0;
let room: u32 = 0;
/** How many answers are remembered. */
let slots: u32 = 0;

function saved(number: usize): usize {
  return systemScratch() + AHEAD_AT + number * CHOICES_BYTES;
}

function place(number: u32): usize {
  return systemScratch() + AHEAD_AT + STATES + <usize>number * <usize>bytes;
}

/** Places behind the states found: after the step in question, and two more. */
function answer(number: u32): usize {
  return place(2 * room + number);
}

function begin(): bool {
  const states = <u32>((ANSWERS - STATES) / <usize>bytes);
  if (states < 2 * ANSWERS_MAX + 8) return false;
  room = min(STATES_MAX, (states - ANSWERS_MAX - 4) / 2);
  found = 0;
  return true;
}

/** Adds a state, with the one beside it, unless it is known; false when there is no room. */
function add(state: usize, beside: usize): bool {
  const hash = fingerprint(state, bytes);
  const hashes = systemScratch() + AHEAD_AT + HASHES;
  for (let number: u32 = 0; number < found; number++) {
    if (load<u64>(hashes + ((<usize>number) << 3)) != hash) continue;
    if (isEqual(place(2 * number), state, bytes)) return true;
  }
  if (found == room) return false;
  store<u64>(hashes + ((<usize>found) << 3), hash);
  copyState(place(2 * found), state, bytes);
  if (beside != 0) copyState(place(2 * found + 1), beside, bytes);
  found++;
  return true;
}

// ---- Answers --------------------------------------------------------------------------
//
// Transitions that meet ask the same questions again. An answer is a function of state and thread,
// so what is remembered changes nothing but the time.

/** Forgets all answers: the scratch memory may have been used for something else. */
export function forgetAnswers(): void {
  bytes = header(Header.StateBytes);
  const each = ANSWER_HEAD + <usize>bytes;
  slots = <u32>((AHEAD_BYTES - ANSWERS) / each);
  for (let slot: u32 = 0; slot < slots; slot++) {
    store<u32>(systemScratch() + AHEAD_AT + ANSWERS + <usize>slot * each, 0);
  }
}

/**
 * The place for the answer to a question: its first word is 0 unless it has been answered, the
 * second one then the answer.
 */
function answerAt(state: usize, question: u32): usize {
  if (slots == 0) forgetAnswers();
  const hash = fingerprint(state, bytes) + <u64>question * 0x9e3779b97f4a7c15;
  const slot = <usize>((hash >> 17) % <u64>slots);
  const at = systemScratch() + AHEAD_AT + ANSWERS + slot * (ANSWER_HEAD + <usize>bytes);
  const same = load<u32>(at) == question && isEqual(at + ANSWER_HEAD, state, bytes);
  if (!same) store<u32>(at, 0);
  return at;
}

function keepAnswer(at: usize, state: usize, question: u32, answer: u32): void {
  store<u32>(at, question);
  store<u32>(at, answer, 4);
  copyState(at + ANSWER_HEAD, state, bytes);
}

/** Which of the watched devices are bound. */
function watched(state: usize): u32 {
  const wanted = header(Header.Watched);
  if (wanted == 0) return 0;
  lookAt(state);
  let bound: u32 = 0;
  for (let index: u32 = 0; index < devices(); index++) {
    if (load<u8>(device(index), DEVICE_DRIVER_OFFSET) != Driver.None) bound |= 1 << index;
  }
  return bound & wanted;
}

// ---- Steps in both orders -------------------------------------------------------------

function isDead(state: usize): bool {
  lookAt(state);
  return isOopsed();
}

function brokenIn(state: usize): u32 {
  return load<u32>(state, GLOBAL_BROKEN_OFFSET);
}

/** Takes a step with the choices at hand on a copy of a state. */
function take(from: usize, to: usize, thread: u32): bool {
  copyState(to, from, bytes);
  return runThread(to, thread, false);
}

/** Takes a saved step again elsewhere; false when it is not the same step there. */
function repeat(choices: usize, from: usize, to: usize, thread: u32): bool {
  restoreChoices(choices);
  const count = choiceCount;
  if (!take(from, to, thread)) return false;
  return !choicesDiffer && choiceCount == count && choiceDepth == count;
}

/** Writes the successors of a thread's step; how many, or 0: none, too many, or a fatal one. */
function answersOf(state: usize, thread: u32): u32 {
  let count: u32 = 0;
  forgetChoices();
  do {
    if (!take(state, answer(count), thread)) continue;
    if (count + 1 == ANSWERS_MAX || isDead(answer(count))) return 0;
    if (watched(answer(count)) != watched(state)) return 0;
    count++;
  } while (nextChoices());
  return count;
}

/** Where another thread's step ends the behaviour, it does so after the step in question too. */
function endsAfterAll(choices: usize, end: usize, other: u32, count: u32): bool {
  const spare = answer(ANSWERS_MAX + 1);
  for (let number: u32 = 0; number < count; number++) {
    if (!repeat(choices, answer(number), spare, other) || !isDead(spare)) return false;
    if ((brokenIn(end) & ~brokenIn(spare)) != 0) return false;
  }
  return true;
}

/** Whether the step in question and another one, in both orders, end alike. */
function commutes(after: usize, thread: u32, other: u32, count: u32): bool {
  const first = answer(ANSWERS_MAX + 1);
  const second = answer(ANSWERS_MAX + 2);
  let number: u32 = 0;
  forgetChoices();
  do {
    if (!take(after, first, thread)) continue;
    if (number == count) return false;
    saveChoices(saved(2));
    if (!repeat(saved(1), answer(number), second, other)) return false;
    if (!isEqual(first, second, bytes)) return false;
    number++;
    restoreChoices(saved(2));
  } while (nextChoices());
  return number == count;
}

/** Compares every step of another thread at a state with the thread's own, in both orders. */
function isIndependentOf(state: usize, thread: u32, other: u32, count: u32): bool {
  const after = answer(ANSWERS_MAX);
  forgetChoices();
  do {
    if (!take(state, after, other)) continue;
    saveChoices(saved(1));
    if (isDead(after)) {
      if (!endsAfterAll(saved(1), after, other, count)) return false;
    } else if (!commutes(after, thread, other, count) || !add(after, 0)) return false;
    restoreChoices(saved(1));
  } while (nextChoices());
  return true;
}

function isPersistent(state: usize, thread: u32): u32 {
  if (!begin() || !add(state, 0)) return 0;
  const threads = header(Header.ThreadCount);
  let first: u32 = 0;
  for (let number: u32 = 0; number < found; number++) {
    const at = place(2 * number);
    const count = answersOf(at, thread);
    if (count == 0) return 0;
    if (number == 0) first = count;
    for (let other: u32 = 0; other < threads; other++) {
      if (other != thread && !isIndependentOf(at, thread, other, count)) return 0;
    }
  }
  return first;
}

/**
 * Tells whether a thread's next steps alone suffice at a state: whatever the others do before them,
 * they stay the same steps and can be taken first.
 *
 * @returns how many successors they have; 0 when they do not suffice, or when it is not known.
 */
export function sufficesAt(state: usize, thread: u32): u32 {
  const known = answerAt(state, SUFFICES | thread);
  if (load<u32>(known) != 0) return load<u32>(known, 4);
  saveChoices(saved(0));
  const count = isPersistent(state, thread);
  restoreChoices(saved(0));
  keepAnswer(known, state, SUFFICES | thread, count);
  return count;
}

// ---- The other way round --------------------------------------------------------------

/** A step's next one can be taken whatever the others do in between. */
export const STEADY: u32 = 1;
/** A step keeps nobody from a step. */
export const HARMLESS: u32 = 2;
/** A step could be taken later, just before the same thread's next one. */
export const PUT_OFF_POSSIBLE: u32 = 4;

/** Whether a thread can move at a state. */
function canMove(state: usize, thread: u32): bool {
  const spare = answer(0);
  forgetChoices();
  do {
    if (take(state, spare, thread)) return true;
  } while (nextChoices());
  return false;
}

/** Whether every step of another thread after the step in question could come before it. */
function mayComeBefore(before: usize, after: usize, thread: u32, other: u32): bool {
  const later = answer(1);
  const sooner = answer(2);
  const both = answer(3);
  forgetChoices();
  do {
    if (!take(after, later, other)) continue;
    saveChoices(saved(1));
    if (!repeat(saved(1), before, sooner, other)) return false;
    if (isDead(later) != isDead(sooner)) return false;
    if (isDead(later)) {
      if ((brokenIn(later) & ~brokenIn(sooner)) != 0) return false;
    } else {
      if (!repeat(saved(2), sooner, both, thread) || !isEqual(later, both, bytes)) return false;
      if (!add(later, sooner)) return false;
    }
    restoreChoices(saved(1));
  } while (nextChoices());
  return true;
}

/** Whether every step of another thread before the step in question is still there after it. */
function keepsNone(before: usize, after: usize, other: u32): bool {
  const sooner = answer(1);
  const later = answer(2);
  forgetChoices();
  do {
    if (!take(before, sooner, other)) continue;
    saveChoices(saved(1));
    if (!repeat(saved(1), after, later, other)) return false;
    restoreChoices(saved(1));
  } while (nextChoices());
  return true;
}

/** The step is the one of the choices saved at place 2. */
function putOff(before: usize, after: usize, thread: u32): u32 {
  if (!begin() || !add(after, before)) return 0;
  const threads = header(Header.ThreadCount);
  let kinds = STEADY | HARMLESS;
  for (let number: u32 = 0; number < found; number++) {
    const at = place(2 * number);
    const sooner = place(2 * number + 1);
    lookAt(at);
    if (isQuiet() || watched(at) != watched(sooner)) return 0;
    if (!canMove(at, thread)) kinds &= ~STEADY;
    for (let other: u32 = 0; other < threads; other++) {
      if (other == thread) continue;
      if (!mayComeBefore(sooner, at, thread, other)) return 0;
      if ((kinds & HARMLESS) != 0 && !keepsNone(sooner, at, other)) kinds &= ~HARMLESS;
    }
  }
  return PUT_OFF_POSSIBLE | kinds;
}

/**
 * Tells whether a step that a thread has just taken could be taken later, just before its next one:
 * whatever the others do in between they could do before it.
 *
 * @param first number of the step's first choice among those of the transition.
 * @returns PUT_OFF_POSSIBLE with what else is true of it; 0 when it could not, or is not known.
 */
export function putOffKinds(before: usize, after: usize, thread: u32, first: u32): u32 {
  const plain = choiceDepth == first;
  const known = plain ? answerAt(before, PUT_OFF | thread) : 0;
  if (plain && load<u32>(known) != 0) return load<u32>(known, 4);
  saveChoices(saved(0));
  saveChoicesFrom(first, saved(2));
  const kinds = putOff(before, after, thread);
  restoreChoices(saved(0));
  if (plain) keepAnswer(known, before, PUT_OFF | thread, kinds);
  return kinds;
}
