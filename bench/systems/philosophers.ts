// Dining philosophers as in the Petri net of the Model Checking Contest: a philosopher takes either
// free fork beside him, and lays both down when he has both. Every way in which n forks can lie or
// be held is reached: 3^n states, 7n * 3^(n-2) transitions, depth n, and two deadlocks.
//
// Scenario: one byte, the number of philosophers (2-16). State, 8 or 16 bytes: one for each fork, 0
// free, 1 held by the philosopher of its number, 2 by the one before. Thread p is philosopher p.
// Property 0: nobody can do anything.
import { SCENARIO_OFFSET } from '../../assembly/layout';

const KINDS: u32 = 3;

let count: u32 = 0;
let base: usize = 0;
let choice: u32 = 0;
let taken: u32 = 0;

@final
@unmanaged
export class Philosophers {
  stateBytes(): u32 {
    count = load<u8>(SCENARIO_OFFSET);
    return count <= 8 ? 8 : 16;
  }

  initialCount(): u32 {
    return 1;
  }

  writeInitial(index: u32, to: usize): void {
    memory.fill(to, 0, this.stateBytes());
  }

  begin(state: usize): void {
    base = state;
    choice = 0;
    taken = 0;
  }

  next(to: usize): i32 {
    while (choice < count * KINDS) {
      const philosopher = choice / KINDS;
      const kind = choice - philosopher * KINDS;
      ++choice;
      const own = <usize>philosopher;
      const other: usize = philosopher + 1 == count ? 0 : own + 1;
      const left = load<u8>(base + own);
      const right = load<u8>(base + other);
      if (kind == 0 ? left != 0 : kind == 1 ? right != 0 : left != 1 || right != 2) continue;
      store<u64>(to, load<u64>(base));
      if (count > 8) store<u64>(to, load<u64>(base, 8), 8);
      if (kind != 1) store<u8>(to + own, kind == 0 ? 1 : 0);
      if (kind != 0) store<u8>(to + other, kind == 1 ? 2 : 0);
      ++taken;
      return <i32>((kind << 8) | philosopher);
    }
    return -1;
  }

  ample(): i32 {
    return -1;
  }

  restrict(thread: u32): void {}

  canonical(state: usize): void {}

  check(state: usize): u32 {
    return 0;
  }

  finish(): u32 {
    return taken == 0 ? 1 : 0;
  }
}
