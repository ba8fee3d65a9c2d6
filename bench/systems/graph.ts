// Any finite graph, given edge by edge: what the tests of the search are made of.
//
// Scenario, u32 words: states, initial states, bytes of a state, then the initial states, then for
// each state: the word where its edges begin, their number, bits of check(), bits of finish();
// edges are (label, successor). State: its number, times an odd constant, in every eighth byte
// group, so that states differ in all words.
import { SCENARIO_OFFSET } from '../../assembly/layout';

const MIX: u64 = 0x9e3779b97f4a7c15;

let edge: usize = 0;
let left: u32 = 0;
let finished: u32 = 0;

function word(number: u32): u32 {
  return load<u32>(<usize>SCENARIO_OFFSET + ((<usize>number) << 2));
}

function rowOf(state: u32): u32 {
  return 3 + word(1) + state * 4;
}

function write(state: u32, to: usize): void {
  const bytes = word(2);
  for (let at: u32 = 0; at < bytes; at += 8) {
    store<u64>(to + at, at == 0 ? <u64>state : <u64>state * MIX + at);
  }
}

@final
@unmanaged
export class Graph {
  stateBytes(): u32 {
    return word(2);
  }

  initialCount(): u32 {
    return word(1);
  }

  writeInitial(index: u32, to: usize): void {
    write(word(3 + index), to);
  }

  begin(state: usize): void {
    const row = rowOf(load<u32>(state));
    edge = <usize>SCENARIO_OFFSET + ((<usize>word(row)) << 2);
    left = word(row + 1);
    finished = word(row + 3);
  }

  next(to: usize): i32 {
    if (left == 0) return -1;
    --left;
    const label = load<i32>(edge);
    write(load<u32>(edge, 4), to);
    edge += 8;
    return label;
  }

  check(state: usize): u32 {
    return word(rowOf(load<u32>(state)) + 2);
  }

  ample(): i32 {
    return -1;
  }

  restrict(thread: u32): void {}

  canonical(state: usize): void {}

  finish(): u32 {
    return finished;
  }
}
