// The towers of Hanoi: few states on each of very many levels. 3^n states, 3 * (3^n - 1)
// transitions, depth 2^n - 1.
//
// Scenario: one byte, the number of discs (1-16). State, 16 bytes: the peg of each disc, the
// smallest first. Thread 0. Property 0: all discs are on the last peg.
import { SCENARIO_OFFSET } from '../../assembly/layout';

const PEGS: u32 = 3;

let count: u32 = 0;
let base: usize = 0;
let choice: u32 = 0;

/** Returns the smallest disc on a peg; the number of discs when there is none. */
function topOf(peg: u32): u32 {
  let disc: u32 = 0;
  while (disc < count && <u32>load<u8>(base + disc) != peg) ++disc;
  return disc;
}

@final
@unmanaged
export class Hanoi {
  stateBytes(): u32 {
    count = load<u8>(SCENARIO_OFFSET);
    return 16;
  }

  initialCount(): u32 {
    return 1;
  }

  writeInitial(index: u32, to: usize): void {
    memory.fill(to, 0, 16);
  }

  begin(state: usize): void {
    base = state;
    choice = 0;
  }

  next(to: usize): i32 {
    while (choice < PEGS * PEGS) {
      const from = choice / PEGS;
      const peg = choice - from * PEGS;
      ++choice;
      const disc = topOf(from);
      if (from == peg || disc == count || topOf(peg) < disc) continue;
      v128.store(to, v128.load(base));
      store<u8>(to + disc, <u8>peg);
      return <i32>((choice - 1) << 8);
    }
    return -1;
  }

  ample(): i32 {
    return -1;
  }

  restrict(thread: u32): void {}

  canonical(state: usize): void {}

  check(state: usize): u32 {
    for (let disc: u32 = 0; disc < count; ++disc) {
      if (<u32>load<u8>(state + disc) != PEGS - 1) return 0;
    }
    return 1;
  }

  finish(): u32 {
    return 0;
  }
}
