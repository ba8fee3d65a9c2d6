// Devices, memory blocks, an environment and actors that bind, unbind, online and offline under
// device locks: a small system with known counts, also written in Promela, Murphi and TLA+.
//
// Scenario: bytes D, B, A (devices, blocks of each, actors), then one byte: 1 plants a bug (step 6
// forgets the lock). State: drv[4] use[4] lock[4] psn[4] blk[D*B], then pc, td, tb of each actor;
// zeros up to a multiple of 8. Properties: 0 a block in between is locked, 1 blocks need kmem, 2
// users need device_dax.
import { SCENARIO_OFFSET } from '../../assembly/layout';

const DRIVER: usize = 0;
const USE: usize = 4;
const LOCK: usize = 8;
const POISON: usize = 12;
const BLOCKS: usize = 16;
const ENVIRONMENT: u32 = 5;

let devices: u32 = 0;
let blocks: u32 = 0;
let actors: u32 = 0;
let planted: bool = false;
let bytes: u32 = 0;
/** Where the actors' records begin. */
let actorsAt: usize = 0;
let base: usize = 0;
/** The enumeration: first the environment's choices (actor -1), then those of each actor. */
let actor: i32 = -1;
let choice: u32 = 0;

function get(state: usize, at: usize): u32 {
  return load<u8>(state + at);
}

function set(state: usize, at: usize, value: u32): void {
  store<u8>(state + at, <u8>value);
}

function blockAt(device: u32, block: u32): usize {
  return BLOCKS + <usize>(device * blocks + block);
}

function allBlocksAre(state: usize, device: u32, value: u32): bool {
  for (let block: u32 = 0; block < blocks; ++block) {
    if (get(state, blockAt(device, block)) != value) return false;
  }
  return true;
}

function copyTo(to: usize): void {
  for (let at: usize = 0; at < bytes; at += 8) store<u64>(to + at, load<u64>(base + at));
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
    bytes = (<u32>actorsAt + actors * 3 + 7) & ~7;
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
    actor = -1;
    choice = 0;
  }

  next(to: usize): i32 {
    while (actor < 0) {
      if (choice == devices * ENVIRONMENT) {
        actor = 0;
        choice = 0;
        break;
      }
      const kind = this.environment(choice++, to);
      if (kind >= 0) return kind << 8;
    }
    while (<u32>actor < actors) {
      const kind = this.act(to);
      if (kind >= 0) return (kind << 8) | (actor + 1);
      ++actor;
      choice = 0;
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
      const driver = get(state, DRIVER + device);
      const isLocked = get(state, LOCK + device) != 0;
      for (let block: u32 = 0; block < blocks; ++block) {
        const value = get(state, blockAt(device, block));
        if (!isLocked && (value == 2 || value == 4)) violated |= 1;
        if (driver <= 1 && value != 0) violated |= 2;
      }
      if (get(state, USE + device) > 0 && driver != 1) violated |= 4;
    }
    return violated;
  }

  /** Does one choice of the environment; its kind, or -1 when it is not enabled. */
  private environment(number: u32, to: usize): i32 {
    const device = number / ENVIRONMENT;
    const kind = number - device * ENVIRONMENT;
    const driver = get(base, DRIVER + device);
    const use = get(base, USE + device);
    let at = DRIVER + <usize>device;
    let value: u32 = 0;
    if (kind == 0) {
      at = POISON + <usize>device;
      value = 1 - get(base, at);
    } else if (kind == 1) {
      if (driver != 0) return -1;
      value = 1;
    } else if (kind == 2) {
      if (driver != 1 || use != 0) return -1;
    } else if (kind == 3) {
      if (driver != 1 || use >= 2) return -1;
      at = USE + <usize>device;
      value = use + 1;
    } else {
      if (driver != 1 || use == 0) return -1;
      at = USE + <usize>device;
      value = use - 1;
    }
    copyTo(to);
    set(to, at, value);
    return <i32>kind;
  }

  /** Does the next enabled step of the present actor; its kind, or -1 when there is none left. */
  private act(to: usize): i32 {
    const record = actorsAt + <usize>actor * 3;
    const pc = get(base, record);
    if (pc == 0) return this.idle(to, record);
    const device = get(base, record + 1);
    if (pc == 9) {
      if (choice == 2) return -1;
      copyTo(to);
      set(to, blockAt(device, get(base, record + 2)), choice == 0 ? 1 : 3);
      this.reset(to, record, device);
      ++choice;
      return 19 + <i32>choice;
    }
    if (choice++ != 0) return -1;
    if (pc <= 4) {
      if (get(base, LOCK + device) != 0) return -1;
      copyTo(to);
      set(to, LOCK + device, <u32>actor + 1);
      set(to, record, pc == 1 ? 5 : pc == 2 ? 6 : pc == 3 ? 8 : 10);
      return 8 + <i32>pc;
    }
    copyTo(to);
    this.locked(to, record, pc, device);
    return 8 + <i32>pc;
  }

  /** Chooses something to do: per device, two choices on the device and two on each block. */
  private idle(to: usize, record: usize): i32 {
    const each = 2 + blocks * 2;
    while (choice < devices * each) {
      const device = choice / each;
      const kind = choice - device * each;
      ++choice;
      const driver = get(base, DRIVER + device);
      if (kind == 0) {
        if (driver != 0) continue;
        copyTo(to);
        set(to, DRIVER + device, 2);
        this.start(to, record, 1, device, 0);
        return 5;
      }
      if (driver != 3) continue;
      if (kind == 1) {
        if (!allBlocksAre(base, device, 1)) continue;
        copyTo(to);
        set(to, DRIVER + device, 4);
        this.start(to, record, 4, device, 0);
        return 6;
      }
      const block = (kind - 2) >> 1;
      const wanted: u32 = (kind & 1) == 0 ? 1 : 3;
      if (get(base, blockAt(device, block)) != wanted) continue;
      copyTo(to);
      this.start(to, record, wanted == 1 ? 2 : 3, device, block);
      return wanted == 1 ? 7 : 8;
    }
    return -1;
  }

  /** Does the one step of an actor that holds the lock. */
  private locked(to: usize, record: usize, pc: u32, device: u32): void {
    const block = get(base, record + 2);
    const at = blockAt(device, block);
    if (pc == 5 || pc == 11) {
      if (block < blocks) {
        set(to, at, pc == 5 ? 1 : 0);
        set(to, record + 2, block + 1);
        return;
      }
      set(to, DRIVER + device, pc == 5 ? 3 : 0);
    } else if (pc == 6) {
      if (get(base, at) == 1 && get(base, POISON + device) == 0) {
        set(to, at, 2);
        set(to, record, 7);
        if (planted) set(to, LOCK + device, 0);
        return;
      }
    } else if (pc == 7) {
      set(to, at, 3);
    } else if (pc == 8) {
      if (get(base, at) == 3) {
        set(to, at, 4);
        set(to, record, 9);
        return;
      }
    } else {
      if (allBlocksAre(base, device, 1)) {
        set(to, record, 11);
        return;
      }
      set(to, DRIVER + device, 3);
    }
    this.reset(to, record, device);
  }

  private start(to: usize, record: usize, pc: u32, device: u32, block: u32): void {
    set(to, record, pc);
    set(to, record + 1, device);
    set(to, record + 2, block);
  }

  private reset(to: usize, record: usize, device: u32): void {
    set(to, LOCK + device, 0);
    this.start(to, record, 0, 0, 0);
  }
}
