// What a step tells while it is recorded: locks, waits, messages, returns. In a search nothing is
// recorded.
//
// Records lie in the worker's scratch memory: u32 kind, u32 a, u32 b, u32 c. The driver decodes
// them.
import { systemScratch } from './control';
import {
  Lock,
  LockMode,
  Message,
  OBSERVATION_BYTES,
  OBSERVATION_MAX,
  OBSERVATION_RECORDS_OFFSET,
  Observation,
} from './layout';
import { lockGiven, lockTaken } from './lockOrder';
import { collecting, recording, watching, watchSteps } from './watch';

/** Starts (and empties) or ends the record. */
export function record(on: bool): void {
  watchSteps(on);
  if (on) store<u32>(systemScratch(), 0);
}

export function isRecording(): bool {
  return recording;
}

/** Notes something while a step is recorded. In a search this is one test, at every caller. */
export function observe(kind: Observation, a: u32, b: u32, c: u32): void {
  if (recording) keep(kind, a, b, c);
}

function keep(kind: Observation, a: u32, b: u32, c: u32): void {
  const count = load<u32>(systemScratch());
  if (count >= <u32>OBSERVATION_MAX) return;
  const at = systemScratch() + OBSERVATION_RECORDS_OFFSET + <usize>count * OBSERVATION_BYTES;
  store<u32>(at, kind);
  store<u32>(at, a, 4);
  store<u32>(at, b, 8);
  store<u32>(at, c, 12);
  store<u32>(systemScratch(), count + 1);
}

export function observeLock(lock: Lock, object: u32, mode: LockMode): void {
  if (watching) keepLock(Observation.Lock, lock, object, mode);
}

export function observeUnlock(lock: Lock, object: u32, mode: LockMode): void {
  if (watching) keepLock(Observation.Unlock, lock, object, mode);
}

function keepLock(kind: Observation, lock: Lock, object: u32, mode: LockMode): void {
  if (recording) keep(kind, lock, object, mode);
  if (!collecting) return;
  if (kind == Observation.Lock) lockTaken(lock, mode);
  else lockGiven(lock, mode);
}

/** A lock that is taken and given back inside one step. */
export function observePair(lock: Lock, object: u32, mode: LockMode): void {
  observeLock(lock, object, mode);
  observeUnlock(lock, object, mode);
}

export function observeMessage(message: Message, object: u32, range: u32): void {
  observe(Observation.Message, message, object, range);
}
