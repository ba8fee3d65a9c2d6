// Peterson's mutual exclusion for n processes: one climbs n - 1 levels, and on each one waits until
// nobody else is as high or another one has come to that level after it.
//
// Scenario: one byte, the number of processes (2-7). State: four bytes for each process, up to a
// multiple of 8: step (0 away, 1 to raise the flag, 2 to take the turn, 3 waiting, 4 inside), the
// level it climbs, its flag, and who came last to level i + 1. Thread p is process p. Property 0:
// two are inside.
import { SCENARIO_OFFSET } from '../../assembly/layout';

const STEP: usize = 0;
const LEVEL: usize = 1;
const FLAG: usize = 2;
const TURN: usize = 3;
const INSIDE: u32 = 4;

let count: u32 = 0;
let bytes: u32 = 0;
let base: usize = 0;
let process: u32 = 0;

function at(state: usize, number: u32): usize {
  return state + ((<usize>number) << 2);
}

/** Tells whether a process that waits on a level may go on. */
function mayGoOn(number: u32, level: u32): bool {
  if (<u32>load<u8>(at(base, level - 1), TURN) != number) return true;
  for (let other: u32 = 0; other < count; ++other) {
    if (other != number && <u32>load<u8>(at(base, other), FLAG) >= level) return false;
  }
  return true;
}

@final
@unmanaged
export class Peterson {
  stateBytes(): u32 {
    count = load<u8>(SCENARIO_OFFSET);
    bytes = (count * 4 + 7) & ~7;
    return bytes;
  }

  initialCount(): u32 {
    return 1;
  }

  writeInitial(index: u32, to: usize): void {
    memory.fill(to, 0, bytes);
  }

  begin(state: usize): void {
    base = state;
    process = 0;
  }

  next(to: usize): i32 {
    while (process < count) {
      const number = process++;
      const step = <u32>load<u8>(at(base, number), STEP);
      const level = <u32>load<u8>(at(base, number), LEVEL);
      if (step == 3 && !mayGoOn(number, level)) continue;
      for (let word: usize = 0; word < bytes; word += 8) {
        store<u64>(to + word, load<u64>(base + word));
      }
      this.move(at(to, number), at(to, level - 1), step, level, number);
      return <i32>((step << 8) | number);
    }
    return -1;
  }

  ample(): i32 {
    return -1;
  }

  restrict(thread: u32): void {}

  canonical(state: usize): void {}

  check(state: usize): u32 {
    let inside: u32 = 0;
    for (let number: u32 = 0; number < count; ++number) {
      if (<u32>load<u8>(at(state, number), STEP) == INSIDE) ++inside;
    }
    return inside > 1 ? 1 : 0;
  }

  finish(): u32 {
    return 0;
  }

  /** Takes a step: `own` is the record of the process, `rung` that of the level it is on. */
  private move(own: usize, rung: usize, step: u32, level: u32, number: u32): void {
    if (step == 0) {
      store<u8>(own, 1, LEVEL);
      store<u8>(own, 1, STEP);
    } else if (step == 1) {
      store<u8>(own, <u8>level, FLAG);
      store<u8>(own, 2, STEP);
    } else if (step == 2) {
      store<u8>(rung, <u8>number, TURN);
      store<u8>(own, 3, STEP);
    } else if (step == 3 && level + 1 < count) {
      store<u8>(own, <u8>(level + 1), LEVEL);
      store<u8>(own, 1, STEP);
    } else {
      store<u8>(own, 0, LEVEL);
      if (step == 3) {
        store<u8>(own, 4, STEP);
      } else {
        store<u8>(own, 0, FLAG);
        store<u8>(own, 0, STEP);
      }
    }
  }
}
