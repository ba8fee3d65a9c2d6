// Two-phase commit after Lamport's TwoPhase.tla, as a further system with counts that TLC and
// others publish.
//
// Scenario: one byte, the number of resource managers (1-8). State, 24 bytes: rm[8] (0 working, 1
// prepared, 2 committed, 3 aborted), tm (0 init, 1 committed, 2 aborted), bit sets: tm prepared,
// Prepared messages sent, and bit 0 Commit sent, bit 1 Abort sent. Thread 0 is the manager, thread
// r + 1 resource manager r. Property 0: one has committed and another has aborted. Property 1:
// nothing is left to do (it is, at the end).
import { SCENARIO_OFFSET } from '../../assembly/layout';

const MANAGER: usize = 8;
const TM_PREPARED: usize = 9;
const SENT_PREPARED: usize = 10;
const SENT: usize = 11;
const KINDS: u32 = 5;

let count: u32 = 0;
let base: usize = 0;
let choice: u32 = 0;
let taken: u32 = 0;

@final
@unmanaged
export class TwoPhase {
  stateBytes(): u32 {
    count = load<u8>(SCENARIO_OFFSET);
    return 16;
  }

  initialCount(): u32 {
    return 1;
  }

  writeInitial(index: u32, to: usize): void {
    store<u64>(to, 0);
    store<u64>(to, 0, 8);
  }

  begin(state: usize): void {
    base = state;
    choice = 0;
    taken = 0;
  }

  next(to: usize): i32 {
    while (choice < 2 + count * KINDS) {
      const number = choice++;
      store<u64>(to, load<u64>(base));
      store<u64>(to, load<u64>(base, 8), 8);
      const isDone = number < 2 ? this.manager(number, to) : this.resource(number - 2, to);
      if (!isDone) continue;
      ++taken;
      if (number < 2) return <i32>(number << 8);
      const manager = (number - 2) / KINDS;
      return <i32>(((2 + ((number - 2) % KINDS)) << 8) | (manager + 1));
    }
    return -1;
  }

  check(state: usize): u32 {
    let committed = false;
    let aborted = false;
    for (let manager: u32 = 0; manager < count; ++manager) {
      const value = load<u8>(state + manager);
      if (value == 2) committed = true;
      if (value == 3) aborted = true;
    }
    return committed && aborted ? 1 : 0;
  }

  ample(): i32 {
    return -1;
  }

  restrict(thread: u32): void {}

  canonical(state: usize): void {}

  finish(): u32 {
    return taken == 0 ? 2 : 0;
  }

  private manager(kind: u32, to: usize): bool {
    if (load<u8>(base, MANAGER) != 0) return false;
    const all = ((<u32>1) << count) - 1;
    if (kind == 0 && <u32>load<u8>(base, TM_PREPARED) != all) return false;
    store<u8>(to, kind == 0 ? 1 : 2, MANAGER);
    store<u8>(to, load<u8>(base, SENT) | (kind == 0 ? 1 : 2), SENT);
    return true;
  }

  private resource(number: u32, to: usize): bool {
    const manager = number / KINDS;
    const kind = number % KINDS;
    const bit = (<u32>1) << manager;
    const isWorking = load<u8>(base + manager) == 0;
    const sent = <u32>load<u8>(base, SENT);
    if (kind == 0) {
      const isSent = (<u32>load<u8>(base, SENT_PREPARED) & bit) != 0;
      if (load<u8>(base, MANAGER) != 0 || !isSent) return false;
      store<u8>(to, <u8>(<u32>load<u8>(base, TM_PREPARED) | bit), TM_PREPARED);
    } else if (kind == 1) {
      if (!isWorking) return false;
      store<u8>(to + manager, 1);
      store<u8>(to, <u8>(<u32>load<u8>(base, SENT_PREPARED) | bit), SENT_PREPARED);
    } else if (kind == 2) {
      if (!isWorking) return false;
      store<u8>(to + manager, 3);
    } else {
      if ((sent & (kind == 3 ? 1 : 2)) == 0) return false;
      store<u8>(to + manager, kind == 3 ? 2 : 3);
    }
    return true;
  }
}
