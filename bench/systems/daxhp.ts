// Devices, memory blocks, an environment and actors that bind, unbind, online and offline under
// device locks: a small system with known counts, also written in Promela, Murphi and TLA+.
//
// Scenario: bytes D (1-4), B (1-7), A (devices, blocks of each, actors), then one byte: 1 plants a
// bug (step 6 forgets the lock). State: drv[4] use[4] lock[4] psn[4] blk[D*B], then pc, td, tb of
// each actor; zeros up to a multiple of 8. Properties: 0 a block in between is locked, 1 blocks
// need kmem, 2 users need device_dax.
//
// begin() looks at the whole state once and keeps what is enabled as sets of bits, so that next()
// takes one after the other without trying those that are not.
import { SCENARIO_OFFSET } from '../../assembly/layout';

const DRIVER: usize = 0;
const USE: usize = 4;
const LOCK: usize = 8;
const POISON: usize = 12;
const BLOCKS: usize = 16;
/** One in every byte. */
const ONES: u64 = 0x0101010101010101;
/** Where a choice of the environment writes: POISON, DRIVER, DRIVER, USE, USE, four bits each. */
const ENVIRONMENT_AT: u32 = 0x4400c;

let devices: u32 = 0;
let blocks: u32 = 0;
let actors: u32 = 0;
let planted: bool = false;
let bytes: usize = 0;
/** Where the actors' records begin. */
let actorsAt: usize = 0;
/** The bytes of one device's blocks in a word. */
let blockMask: u64 = 0;
let base: usize = 0;
/** What the environment may do: eight bits a device. */
let environment: u32 = 0;
/** What an actor may begin with: sixteen bits a device, and what is left of it for this actor. */
let beginnings: u64 = 0;
let left: u64 = 0;
let actor: u32 = 0;
/** Steps that the present actor has taken, when it is not at its beginning; DONE after the last. */
let taken: u32 = 0;

const DONE: u32 = 2;

function get(state: usize, at: usize): u32 {
  return load<u8>(state + at);
}

function set(state: usize, at: usize, value: u32): void {
  store<u8>(state + at, <u8>value);
}

/** Returns the blocks of a device, a byte each. */
function blocksOf(state: usize, device: u32): u64 {
  return load<u64>(state + <usize>(device * blocks), BLOCKS) & blockMask;
}

function copyTo(to: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(base + at));
  if (at < bytes) store<u64>(to + at, load<u64>(base + at));
}

/** Returns what the environment may do with a device: bits by kind. */
function environmentOf(driver: u32, use: u32): u32 {
  if (driver == 0) return 3;
  if (driver != 1) return 1;
  return 1 | (use == 0 ? 4 : 16) | (use < 2 ? 8 : 0);
}

/** Returns what an actor may begin with on a device: bind, remove, then two bits for each block. */
function beginningsOf(device: u32, driver: u32): u32 {
  if (driver == 0) return 1;
  if (driver != 3) return 0;
  let all = blocksOf(base, device);
  let bits: u32 = all == (ONES & blockMask) ? 2 : 0;
  for (let block: u32 = 0; block < blocks; ++block) {
    // 1 is offline and 3 online; the other states are even.
    const value = <u32>all;
    bits |= (value & 1) << (2 + block * 2 + ((value >> 1) & 1));
    all >>= 8;
  }
  return bits;
}

@final
@unmanaged
export class Daxhp {
  stateBytes(): u32 {
    devices = load<u8>(SCENARIO_OFFSET);
    blocks = load<u8>(SCENARIO_OFFSET, 1);
    actors = load<u8>(SCENARIO_OFFSET, 2);
    planted = load<u8>(SCENARIO_OFFSET, 3) != 0;
    actorsAt = BLOCKS + <usize>(devices * blocks);
    blockMask = <u64>-1 >> <u64>(64 - blocks * 8);
    bytes = (actorsAt + <usize>actors * 3 + 7) & ~7;
    return <u32>bytes;
  }

  initialCount(): u32 {
    return 1;
  }

  writeInitial(index: u32, to: usize): void {
    memory.fill(to, 0, bytes);
  }

  begin(state: usize): void {
    base = state;
    environment = 0;
    beginnings = 0;
    for (let device: u32 = 0; device < devices; ++device) {
      const driver = get(state + <usize>device, DRIVER);
      environment |= environmentOf(driver, get(state + <usize>device, USE)) << (device << 3);
      beginnings |= (<u64>beginningsOf(device, driver)) << ((<u64>device) << 4);
    }
    left = beginnings;
    actor = 0;
    taken = 0;
  }

  next(to: usize): i32 {
    const choices = environment;
    if (choices != 0) {
      environment = choices & (choices - 1);
      return this.disturb(to, ctz<u32>(choices));
    }
    while (actor < actors) {
      const record = actorsAt + <usize>actor * 3;
      const pc = get(base, record);
      if (pc == 0) {
        const ways = left;
        if (ways != 0) {
          left = ways & (ways - 1);
          return this.start(to, record, <u32>ctz<u64>(ways)) | <i32>(actor + 1);
        }
      } else if (taken < DONE) {
        const kind = this.act(to, record, pc);
        if (kind >= 0) return (kind << 8) | <i32>(actor + 1);
      }
      ++actor;
      taken = 0;
      left = beginnings;
    }
    return -1;
  }

  ample(): i32 {
    return -1;
  }

  restrict(thread: u32): void {}

  canonical(state: usize): void {}

  finish(): u32 {
    return 0;
  }

  check(state: usize): u32 {
    let violated: u32 = 0;
    for (let device: u32 = 0; device < devices; ++device) {
      const at = state + <usize>device;
      const driver = get(at, DRIVER);
      const all = blocksOf(state, device);
      // 2 and 4: going online, going offline.
      const between = ((all >> 1) | (all >> 2)) & ~all & ONES;
      if (between != 0 && get(at, LOCK) == 0) violated |= 1;
      if (all != 0 && driver <= 1) violated |= 2;
      if (get(at, USE) > 0 && driver != 1) violated |= 4;
    }
    return violated;
  }

  /** Does one enabled choice of the environment: eight numbers a device. */
  private disturb(to: usize, choice: u32): i32 {
    const kind = choice & 7;
    const at = <usize>(((ENVIRONMENT_AT >> (kind << 2)) & 15) + (choice >> 3));
    const value = get(base, at);
    copyTo(to);
    // The first three turn a bit, the fourth counts up and the fifth down.
    set(to, at, kind < 3 ? value ^ 1 : value + 7 - kind * 2);
    return <i32>(kind << 8);
  }

  /** Begins something as an actor at rest: sixteen numbers a device. Its label, less the actor. */
  private start(to: usize, record: usize, choice: u32): i32 {
    const device = choice >> 4;
    const kind = choice & 15;
    copyTo(to);
    set(to, record + 1, device);
    if (kind < 2) {
      set(to + <usize>device, DRIVER, 2 + kind * 2);
      set(to, record, 1 + kind * 3);
      return <i32>((5 + kind) << 8);
    }
    const isOnline = kind & 1;
    set(to, record, 2 + isOnline);
    set(to, record + 2, (kind - 2) >> 1);
    return <i32>((7 + isOnline) << 8);
  }

  /** Does the next step of an actor that has begun; its kind, or -1 when it has to wait. */
  private act(to: usize, record: usize, pc: u32): i32 {
    const device = get(base, record + 1);
    const lock = <usize>device + LOCK;
    if (pc <= 4) {
      taken = DONE;
      if (get(base, lock) != 0) return -1;
      copyTo(to);
      set(to, lock, actor + 1);
      set(to, record, (0xa8650 >> (pc << 2)) & 15);
      return 8 + <i32>pc;
    }
    copyTo(to);
    if (pc != 9) {
      taken = DONE;
      if (!this.proceed(to, record, pc, device)) this.reset(to, record, device);
      return 8 + <i32>pc;
    }
    set(to, this.blockAt(device, get(base, record + 2)), taken == 0 ? 1 : 3);
    this.reset(to, record, device);
    ++taken;
    return 19 + <i32>taken;
  }

  /** Does the one step of an actor that holds the lock; false when it ends there. */
  private proceed(to: usize, record: usize, pc: u32, device: u32): bool {
    const driver = <usize>device + DRIVER;
    if (pc == 10) {
      if (blocksOf(base, device) == (ONES & blockMask)) {
        set(to, record, 11);
        return true;
      }
      set(to, driver, 3);
      return false;
    }
    const block = get(base, record + 2);
    const at = this.blockAt(device, block);
    if (pc == 5 || pc == 11) {
      if (block < blocks) {
        set(to, at, pc == 5 ? 1 : 0);
        set(to, record + 2, block + 1);
        return true;
      }
      set(to, driver, pc == 5 ? 3 : 0);
      return false;
    }
    if (pc == 7) {
      set(to, at, 3);
      return false;
    }
    const value = get(base, at);
    const isPoisoned = get(base + <usize>device, POISON) != 0;
    if (pc == 6 ? value != 1 || isPoisoned : value != 3) return false;
    set(to, at, pc == 6 ? 2 : 4);
    set(to, record, pc + 1);
    if (pc == 6 && planted) set(to, <usize>device + LOCK, 0);
    return true;
  }

  private blockAt(device: u32, block: u32): usize {
    return BLOCKS + <usize>(device * blocks + block);
  }

  private reset(to: usize, record: usize, device: u32): void {
    set(to, <usize>device + LOCK, 0);
    set(to, record, 0);
    set(to, record + 1, 0);
    set(to, record + 2, 0);
  }
}
