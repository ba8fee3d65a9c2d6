// Behaviours that are followed again, with steps that are named by who moves and not by their place
// among all successors: so they keep their meaning when others are left out.
import { copyState, fingerprint } from './fingerprint';
import { TARGET_OWN } from './layout';
import { ownViolations } from './own';
import { bytes, COUNTS_AT, enterRoom, present, room } from './room';

/**
 * Follows named steps: u32 each, bits 0-7 the thread, the rest a place among that thread's
 * successors.
 *
 * @param steps their address, `count` of them; overwritten with ordinals as far as it comes.
 * @param to not 0: where the fingerprints of the states on the way go, u64 each, one more than the
 * steps.
 * @returns steps taken until the target was violated first, or -1 when it never was, or a step
 * cannot be taken.
 */
export function followSteps<S>(
  initial: u32,
  steps: usize,
  count: u32,
  target: u32,
  to: usize,
): i32 {
  enterRoom<S>(0);
  const system = changetype<S>(0);
  system.writeInitial(initial, present());
  let step: u32 = 0;
  while (true) {
    if (to != 0) store<u64>(to + ((<usize>step) << 3), fingerprint(present(), bytes));
    if (isTarget<S>(target)) return step;
    if (step == count) return -1;
    const at = steps + ((<usize>step) << 2);
    const ordinal = takeNamed<S>(load<u32>(at));
    if (ordinal < 0) return -1;
    store<u32>(at, ordinal);
    ++step;
  }
}

function isTarget<S>(target: u32): bool {
  const system = changetype<S>(0);
  const own = target >= <u32>TARGET_OWN;
  let bits = own ? ownViolations(present()) : system.check(present());
  if (((bits >> (target & 31)) & 1) != 0) return true;
  if (own) return false;
  system.begin(present());
  while (system.next(room) >= 0) {}
  bits = system.finish();
  return ((bits >> target) & 1) != 0;
}

/** Takes a step by its name: its ordinal, or -1 when the state has none of that name. */
function takeNamed<S>(name: u32): i32 {
  const system = changetype<S>(0);
  const thread = name & 0xff;
  let place = name >> 8;
  system.begin(present());
  for (let ordinal = 0; ; ++ordinal) {
    const label = system.next(room);
    if (label < 0) return -1;
    if ((<u32>label & 0xff) != thread || place-- != 0) continue;
    copyState(present(), room, bytes);
    return ordinal;
  }
}

/** Turns a trail of ordinals into named steps, in place. */
export function nameSteps<S>(initial: u32, steps: usize, count: u32): void {
  enterRoom<S>(0);
  const system = changetype<S>(0);
  system.writeInitial(initial, present());
  for (let step: u32 = 0; step < count; ++step) {
    const at = steps + ((<usize>step) << 2);
    const wanted = load<u32>(at);
    const counts = room + COUNTS_AT;
    memory.fill(counts, 0, 1024);
    system.begin(present());
    for (let ordinal: u32 = 0; ; ++ordinal) {
      const label = system.next(room);
      if (label < 0) unreachable();
      const tally = counts + ((<usize>(<u32>label & 0xff)) << 2);
      const place = load<u32>(tally);
      store<u32>(tally, place + 1);
      if (ordinal < wanted) continue;
      store<u32>(at, (<u32>label & 0xff) | (place << 8));
      copyState(present(), room, bytes);
      break;
    }
  }
}
