// What the search needs of a system, and all it knows of one.
//
// A System is an @unmanaged class without fields; the entry file names it once and the search is
// generic over it: `changetype<S>(0).begin(state)` is a direct call after compilation. It may keep
// per-instance scratch in globals or in its worker's scratch memory; it must be a deterministic
// function of the state bytes.

/**
 * The reference shape. Systems do not extend it (asc dispatches statically) but have its methods.
 *
 *   stateBytes(): u32               bytes of a state, a multiple of 8, constant during a run; it is
 *                                   called before any other, so it may also set the instance up
 *   initialCount(): u32             number of initial states, at least 1
 *   writeInitial(index: u32, to: usize): void
 *                                   writes initial state number `index`
 *   begin(state: usize): void       starts the enumeration of the successors of a state
 *   next(to: usize): i32            writes the next successor and returns its label (>= 0); or
 *                                   -1 at the end, and may have written to `to` then as well; a
 *                                   label says who moved: bits 0-7 the thread, bits 8-23 a detail
 *   check(state: usize): u32        bit set of properties that this state violates (bit: property
 *                                   number); called between two next() too, and must not disturb
 *                                   the enumeration
 *   finish(): u32                   after next() gave -1: bit set of properties that the state
 *                                   just expanded violates, known only from that (deadlocks)
 *
 *   ample(): i32                    after begin(): the number of a thread whose next steps alone
 *                                   suffice in this state, or -1 (successors.ts has the rule)
 *   restrict(thread: u32): void     after begin(): next() gives that thread's successors alone
 *   canonical(state: usize): void   replaces a state by the representative of its class; a System
 *                                   without symmetry leaves it as it is
 *
 * next() may return successors equal to the state itself (stutters): they count as transitions.
 * Order of successors is fixed by the state bytes alone.
 */
export const SYSTEM_LABEL_THREAD_MASK: i32 = 0xff;
