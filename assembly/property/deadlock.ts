// no-deadlock: threads that wait for one another for ever.
//
// While a state is expanded, each thread that could not move says for whom it waits. The deadlocked
// threads are the greatest set whose members each wait for a member, or for a thread that has ended
// and keeps what is waited for.

/** Threads that could not move, and for each, in a byte of a register, for whom it waits. */
let blocked: u32 = 0;
let holders: u64 = 0;
/** Threads that will do nothing more. */
let ended: u32 = 0;

export function forgetWaits(): void {
  blocked = 0;
  holders = 0;
  ended = 0;
}

/** Notes that a thread could not move and waits for a set of threads. */
export function noteWait(thread: u32, waitsFor: u32): void {
  if (waitsFor == 0) return;
  blocked |= 1 << thread;
  holders |= (<u64>(waitsFor & 0xff)) << ((<u64>thread) << 3);
}

/** Notes that a thread will do nothing more. */
export function noteEnded(thread: u32): void {
  ended |= 1 << thread;
}

/** Returns the set of threads that will never move again because of one another. */
export function deadlocked(): u32 {
  let set = blocked;
  while (true) {
    let kept: u32 = 0;
    for (let thread: u32 = 0; thread < 8; thread++) {
      const waitsFor = <u32>((holders >> ((<u64>thread) << 3)) & 0xff);
      if (((set >> thread) & 1) != 0 && (waitsFor & (set | ended)) != 0) kept |= 1 << thread;
    }
    if (kept == set) return set;
    set = kept;
  }
}
