// Which class of lock is taken while which is held, over every step of every state that is given.
//
// A class is a number of the enum Lock: all locks of one kind. The table lies in the worker's
// scratch memory, behind the record of a step; nothing is collected unless it was begun. Of several
// threads that do the same the least example is kept, so that the order of the states is no matter.
import { systemScratch } from './control';
import {
  EDGE_BYTES,
  EDGE_COMMON_OFFSET,
  EDGE_DEADLOCK,
  EDGE_EXAMPLE_OFFSET,
  EDGE_FLAGS_OFFSET,
  EDGE_READ_READ,
  EDGE_READ_WRITE,
  EDGE_THREAD_OFFSET,
  EDGE_TRIED,
  EDGE_WAITED,
  EDGE_WRITE_READ,
  EDGE_WRITE_WRITE,
  LOCK_CLASSES,
  LOCK_ORDER_AT,
  LOCK_ORDER_EDGES,
  LOCK_ORDER_STRAY,
  Lock,
  LockMode,
} from './layout';
import { collecting } from './watch';

/** The record of the thread whose step is being looked at. */
let runner: usize = 0;
/** Classes it holds: exclusively, and with others. */
let owned: u32 = 0;
let shared: u32 = 0;

function table(): usize {
  return systemScratch() + LOCK_ORDER_AT;
}

function edge(from: u32, to: u32): usize {
  return table() + LOCK_ORDER_EDGES + (<usize>from * LOCK_CLASSES + <usize>to) * EDGE_BYTES;
}

/** Empties the table. */
export function clearLockOrder(): void {
  memory.fill(table(), 0, LOCK_ORDER_EDGES + LOCK_CLASSES * LOCK_CLASSES * EDGE_BYTES);
}

/** Address of the table. */
export function lockOrderTable(): usize {
  return table();
}

/** Begins a step of a thread that holds two sets of classes already. */
export function beginCollecting(thread: usize, exclusively: u32, withOthers: u32): void {
  runner = thread;
  owned = exclusively;
  shared = withOthers;
}

/** Keeps the least of the examples, by the bytes of program point, instruction and stack. */
function keepExample(at: usize): void {
  const first = load<u64>(runner);
  const second = load<u64>(runner, 8);
  const known = load<u64>(at, EDGE_THREAD_OFFSET);
  if (load<u32>(at, EDGE_EXAMPLE_OFFSET) != 0) {
    if (known < first) return;
    if (known == first && load<u64>(at, EDGE_THREAD_OFFSET + 8) <= second) return;
  }
  store<u32>(at, 1, EDGE_EXAMPLE_OFFSET);
  store<u64>(at, first, EDGE_THREAD_OFFSET);
  store<u64>(at, second, EDGE_THREAD_OFFSET + 8);
}

function addEdge(from: u32, to: u32, mode: LockMode, also: u32): void {
  const at = edge(from, to);
  const flags = load<u32>(at, EDGE_FLAGS_OFFSET);
  if (mode == LockMode.Tried) {
    store<u32>(at, flags | EDGE_TRIED, EDGE_FLAGS_OFFSET);
    return;
  }
  const others = owned & ~(1 << from);
  const before = (flags & EDGE_WAITED) != 0 ? load<u32>(at, EDGE_COMMON_OFFSET) : <u32>0xffffffff;
  store<u32>(at, before & others, EDGE_COMMON_OFFSET);
  const reads = mode != LockMode.Write;
  let modes: u32 = reads ? EDGE_READ_READ : EDGE_READ_WRITE;
  if (((owned >> from) & 1) != 0) modes = reads ? EDGE_WRITE_READ : EDGE_WRITE_WRITE;
  store<u32>(at, flags | EDGE_WAITED | modes | also, EDGE_FLAGS_OFFSET);
  keepExample(at);
}

function addEdges(to: u32, mode: LockMode, also: u32): void {
  const held = owned | shared;
  for (let from: u32 = 0; from < <u32>LOCK_CLASSES; from++) {
    if (((held >> from) & 1) != 0) addEdge(from, to, mode, also);
  }
}

/** A lock is taken: an edge from each class held. */
export function lockTaken(lock: Lock, mode: LockMode): void {
  addEdges(lock, mode, 0);
  if (mode == LockMode.Write || mode == LockMode.Tried) owned |= 1 << lock;
  else shared |= 1 << lock;
}

/** A lock is given back. */
export function lockGiven(lock: Lock, mode: LockMode): void {
  const bit: u32 = 1 << lock;
  if (((owned | shared) & bit) == 0) {
    const stray = table() + LOCK_ORDER_STRAY;
    store<u32>(stray, load<u32>(stray) | bit);
  }
  if (mode == LockMode.Write || mode == LockMode.Tried) owned &= ~bit;
  else shared &= ~bit;
}

/** A removal waits until nobody is inside a kind of file: as one who takes and gives it back. */
export function filesDrained(lock: Lock): void {
  if (collecting) addEdges(lock, LockMode.Write, 0);
}

/** A thread of a deadlock, which holds what beginCollecting() said, waits for a lock. */
export function lockMissed(lock: Lock): void {
  addEdges(lock, LockMode.Write, EDGE_DEADLOCK);
}
