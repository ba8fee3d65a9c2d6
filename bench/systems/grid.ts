// Independent digits, each moved up or down by one: base^digits states, 2 * digits * (base - 1) *
// base^(digits-1) transitions, depth digits * (base - 1). The size of the search's own cost,
// because a step costs nothing.
//
// Scenario: bytes digits (1-8), base (2-255). State: eight bytes. Property 0: the last corner was
// reached.
import { SCENARIO_OFFSET } from '../../assembly/layout';

let digits: u32 = 0;
let last: u32 = 0;
let base: u64 = 0;
let choice: u32 = 0;

@final
@unmanaged
export class Grid {
  stateBytes(): u32 {
    digits = load<u8>(SCENARIO_OFFSET);
    last = <u32>load<u8>(SCENARIO_OFFSET, 1) - 1;
    return 8;
  }

  initialCount(): u32 {
    return 1;
  }

  writeInitial(index: u32, to: usize): void {
    store<u64>(to, 0);
  }

  begin(state: usize): void {
    base = load<u64>(state);
    choice = 0;
  }

  next(to: usize): i32 {
    while (choice < digits * 2) {
      const digit = choice >> 1;
      const isUp = (choice & 1) == 0;
      ++choice;
      const shift = (<u64>digit) << 3;
      const value = <u32>(base >> shift) & 0xff;
      if (value == (isUp ? last : 0)) continue;
      const one = (<u64>1) << shift;
      store<u64>(to, isUp ? base + one : base - one);
      return <i32>(((choice - 1) << 8) | digit);
    }
    return -1;
  }

  check(state: usize): u32 {
    for (let digit: u32 = 0; digit < digits; ++digit) {
      if (<u32>load<u8>(state + digit) != last) return 0;
    }
    return 1;
  }

  ample(): i32 {
    return -1;
  }

  restrict(thread: u32): void {}

  canonical(state: usize): void {}

  finish(): u32 {
    return 0;
  }
}
