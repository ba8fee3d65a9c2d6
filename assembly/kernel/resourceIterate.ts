// kernel/resource.c: walks over all System RAM that somebody in userland causes: the list of memory
// that a crash kernel is given (kexec -p), and the segments of /proc/kcore. Each node is found
// under resource_lock, and the lock is given back before the next one is looked for.
//
// Locals of the thread: DRIVER is the walk, VALUE and OTHER say where it stands.
import {
  BlockState,
  Feature,
  GLOBAL_EXTRA_KCORE_OFFSET,
  Header,
  KCORE_FRESH,
  KCORE_STALE,
  Lock,
  LockMode,
  Message,
  Pc,
  Property,
  RESOURCE_BUSY,
  RESOURCE_SYSRAM,
  SLOT_PARENT_BASE,
  THREAD_DRIVER_OFFSET,
  THREAD_OTHER_OFFSET,
  THREAD_VALUE_OFFSET,
} from '../layout';
import { observeMessage, observePair } from '../observe';
import { blockBytes, has, header, point } from '../scenario';
import { blocks, broken, globalExtra, goto, leave, MOVED, th } from '../state';
import {
  isLinked,
  NOWHERE,
  nodeEnd,
  nodeFlags,
  nodeParent,
  nodeStart,
  pointIndex,
  ROOT,
} from './resource';
import { blockStart, blockState } from './zone';

/** Which walk: of kexec -p, or of /proc/kcore. */
const WALK_CRASH: u32 = 0;
const WALK_KCORE: u32 = 1;

/** What VALUE is: nothing yet; a node of the boot tree; the place of an end; a slot found. */
const AT_BEGIN: u32 = 0;
const AT_STATIC: u32 = 1;
const AT_END: u32 = 2;
const AT_SLOT: u32 = 3;

function standAt(what: u32, value: u32): void {
  store<u16>(th, what, THREAD_OTHER_OFFSET);
  store<u16>(th, value, THREAD_VALUE_OFFSET);
}

/** First address that has not been walked over. */
function nextAddress(): u64 {
  const what = <u32>load<u16>(th, THREAD_OTHER_OFFSET);
  const value = <u32>load<u16>(th, THREAD_VALUE_OFFSET);
  if (what == AT_BEGIN) return 0;
  return (what == AT_STATIC ? nodeEnd(value) : point(value)) + 1;
}

/** The busy System RAM with the lowest address at or above `from`; NOWHERE when there is none. */
function nextRam(from: u64, to: u64, nested: bool): u32 {
  const wanted = RESOURCE_BUSY | RESOURCE_SYSRAM;
  let found = NOWHERE;
  let lowest = u64.MAX_VALUE;
  const statics = header(Header.StaticCount);
  const count = statics + header(Header.SlotCount);
  for (let number: u32 = 1; number <= count; number++) {
    const isSlot = number > statics;
    const node = isSlot ? <u32>SLOT_PARENT_BASE + (number - statics - 1) : number;
    if (isSlot && !isLinked(node - SLOT_PARENT_BASE)) continue;
    if ((nodeFlags(node) & wanted) != wanted || (!nested && nodeParent(node) != ROOT)) continue;
    if (nodeEnd(node) < from || nodeStart(node) > to) continue;
    const first = max<u64>(nodeStart(node), from);
    if (found != NOWHERE && first >= lowest) continue;
    found = node;
    lowest = first;
  }
  return found;
}

/**
 * Bytes that walk_system_ram_res() hands on of [start, end].
 * Source: kernel/resource.c walk_system_ram_res(), v5.1 (top level only) and v5.15 (all levels).
 */
export function ramFoundByRes(start: u64, end: u64): u64 {
  let bytes: u64 = 0;
  let from = start;
  while (from < end) {
    const found = nextRam(from, end, has(Feature.WalkResChildren));
    if (found == NOWHERE) break;
    const last = min<u64>(nodeEnd(found), end);
    bytes += last - max<u64>(nodeStart(found), from) + 1;
    from = last + 1;
  }
  return bytes;
}

/** Last address that the walk of /proc/kcore covers: no node with memory online reaches further. */
function lastOnline(): u64 {
  let last: u64 = 0;
  const statics = header(Header.StaticCount);
  const wanted = RESOURCE_BUSY | RESOURCE_SYSRAM;
  for (let node: u32 = 1; node <= statics; node++) {
    if ((nodeFlags(node) & wanted) == wanted) last = max<u64>(last, nodeEnd(node));
  }
  const count = blocks();
  for (let index: u32 = 0; index < count; index++) {
    if (blockState(index) == BlockState.Absent || blockState(index) == BlockState.Offline) continue;
    last = max<u64>(last, blockStart(index) + blockBytes() - 1);
  }
  return last;
}

/** Loads a crash kernel. Source: arch/x86/kernel/crash.c prepare_elf_headers(), v6.12. */
export function kexecCrash(): i32 {
  store<u8>(th, WALK_CRASH, THREAD_DRIVER_OFFSET);
  return walkFind();
}

/**
 * Opens /proc/kcore: the segments are made anew when memory went online or offline since.
 * Source: fs/proc/kcore.c open_kcore(), kcore_update_ram(), v4.4.
 */
export function kcoreOpen(): i32 {
  if (load<u8>(globalExtra(), GLOBAL_EXTRA_KCORE_OFFSET) != KCORE_STALE) return leave(0);
  store<u8>(globalExtra(), KCORE_FRESH, GLOBAL_EXTRA_KCORE_OFFSET);
  store<u8>(th, WALK_KCORE, THREAD_DRIVER_OFFSET);
  return walkFind();
}

/** Notes that memory went online or offline. Source: fs/proc/kcore.c kcore_callback(), v4.4. */
export function noteKcore(): void {
  if (header(Header.GlobalExtraAt) == 0) return;
  if (load<u8>(globalExtra(), GLOBAL_EXTRA_KCORE_OFFSET) == 0) return;
  store<u8>(globalExtra(), KCORE_STALE, GLOBAL_EXTRA_KCORE_OFFSET);
}

/**
 * Finds the next node. Nodes of the boot tree stay, so all of them up to the next one that a driver
 * made are one step. Up to v5.2 the node is read after the lock is given back.
 *
 * kexec's walk sees the top level alone up to v5.12. Source: kernel/resource.c
 * find_next_iomem_res(), walk_system_ram_res(), walk_system_ram_range(), v5.1, v5.3 and v5.15.
 */
export function walkFind(): i32 {
  observePair(Lock.ResourceLock, 0, LockMode.Read);
  const crash = <u32>load<u8>(th, THREAD_DRIVER_OFFSET) == WALK_CRASH;
  const nested = crash ? has(Feature.WalkResChildren) : has(Feature.WalkRamChildren);
  const last = crash ? u64.MAX_VALUE : lastOnline();
  while (true) {
    const from = nextAddress();
    const found = nextRam(from, last, nested);
    if (nextRam(from, last, true) != found) broken(Property.QuerySound, 0);
    if (found == NOWHERE) return leave(0);
    if (found < <u32>SLOT_PARENT_BASE) {
      standAt(AT_STATIC, found);
      continue;
    }
    if (has(Feature.WalkCopiesLocked)) {
      standAt(AT_END, pointIndex(nodeEnd(found)));
      goto(Pc.find_next_iomem_res__next);
    } else {
      standAt(AT_SLOT, found - SLOT_PARENT_BASE);
      goto(Pc.find_next_iomem_res__copy);
    }
    return MOVED;
  }
}

/**
 * Reads the node that was found under the lock; who freed it meanwhile has left freed memory.
 * Source: kernel/resource.c find_next_iomem_res(), v5.1.
 */
export function walkCopy(): i32 {
  const found = <u32>load<u16>(th, THREAD_VALUE_OFFSET);
  if (!isLinked(found)) {
    observeMessage(Message.NullDereference, 0, 0);
    broken(Property.NoCrash, 0);
    return leave(0);
  }
  standAt(AT_END, pointIndex(nodeEnd(SLOT_PARENT_BASE + found)));
  return walkFind();
}
