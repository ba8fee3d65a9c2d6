// Packed states: a state wider than one part is kept as the numbers of its parts, and every
// distinct part is stored once. Lossless, and numbers are unique: two states are equal exactly when
// their tuples are. So the arena, the hash and the comparison deal with 4 bytes for each part.
//
//   state   | 64 bytes | 64 bytes | ... | the rest, filled up with zeros |
//   tuple   |  number  |  number  | ... |             number             | up to a multiple of 8
//
// A successor differs from its source in few parts; the others keep the source's numbers and cost a
// comparison. Parts have a region and a visited set of their own, which works like that of the
// states (visitedSet.ts): a load first, compare-and-swap into an empty slot, grown at a barrier.
// Numbers depend on the order in which parts are found. Nothing outside the search sees them.
import { partScratch, workerLine } from '../control';
import { must } from '../fail';
import { copyState, fingerprint, isEqual } from './fingerprint';
import {
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_ARENA,
  CONTROL_PACKED_BYTES,
  CONTROL_PARTS,
  CONTROL_PARTS_ARENA,
  CONTROL_PARTS_BUCKETS,
  CONTROL_PARTS_GROW_AT,
  CONTROL_PARTS_RESERVED,
  CONTROL_PARTS_TABLE,
  CONTROL_PARTS_TOP,
  CONTROL_STATE_BYTES,
  CONTROL_TOP,
  FAIL_TABLE_FULL,
  LINE_PART_END,
  LINE_PART_NEXT,
  PART_BYTES,
  PARTS_BUCKETS,
  PARTS_SHARE,
  SET_PARTS,
} from './layout';
import { hasUnused, takePlaces } from './places';
import { NOT_FOUND, place } from './visitedSet';

/** In the place of a worker: no part is stored. */
export const NO_WORKER: u32 = 0xffffffff;

const PART_BLOCK: u32 = 16;

/** Sets how wide a packed state is, and gives the parts their share of the arena's room. */
export function placeParts(bytes: u32): void {
  store<u32>(CONTROL_PACKED_BYTES, bytes);
  if (bytes <= <u32>PART_BYTES) return;
  const parts = (bytes + PART_BYTES - 1) / PART_BYTES;
  const arena = load<u32>(CONTROL_ARENA);
  const share = ((load<u32>(CONTROL_TOP) - arena) / PARTS_SHARE) & ~(PART_BYTES - 1);
  store<u32>(CONTROL_PARTS, parts);
  store<u32>(CONTROL_PACKED_BYTES, (parts * 4 + 7) & ~7);
  store<u32>(CONTROL_PARTS_ARENA, arena);
  store<u32>(CONTROL_PARTS_TOP, arena + share);
  store<u32>(CONTROL_ARENA, arena + share);
  must(share > <u32>(PARTS_BUCKETS * BUCKET_BYTES * 2), FAIL_TABLE_FULL);
  setPartTable(PARTS_BUCKETS);
}

function setPartTable(buckets: u32): void {
  store<u32>(CONTROL_PARTS_TABLE, load<u32>(CONTROL_PARTS_TOP) - buckets * BUCKET_BYTES);
  store<u32>(CONTROL_PARTS_BUCKETS, buckets);
  // Half full at most: it is small beside the states' table, and every changed part asks it.
  store<u32>(CONTROL_PARTS_GROW_AT, buckets * (BUCKET_SLOTS / 2));
}

/** Returns the address of a part. */
export function partAt(number: u32): usize {
  return <usize>load<u32>(CONTROL_PARTS_ARENA) + <usize>number * PART_BYTES;
}

/** Writes a state from its tuple. */
export function unpack(tuple: usize, to: usize): void {
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  if (load<u32>(CONTROL_PARTS) == 0) {
    copyState(to, tuple, bytes);
    return;
  }
  const arena = <usize>load<u32>(CONTROL_PARTS_ARENA);
  const end = to + bytes;
  let at = to;
  for (; at + PART_BYTES <= end; at += PART_BYTES, tuple += 4) {
    copyState(at, arena + <usize>load<u32>(tuple) * PART_BYTES, PART_BYTES);
  }
  if (at < end) copyState(at, arena + <usize>load<u32>(tuple) * PART_BYTES, <u32>(end - at));
}

/**
 * Packs a state by looking its parts up.
 *
 * @param worker whose block takes new parts; NO_WORKER to store none.
 * @param source a state whose tuple is known, or 0; `known` is that tuple.
 * @returns false when a part is not known and none can be stored: with a worker, its block is used
 * up (takePartBlock).
 */
export function pack(worker: u32, state: usize, source: usize, known: usize, tuple: usize): bool {
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  const pad = partScratch();
  const end = state + bytes;
  for (let at = state; at < end; at += PART_BYTES, tuple += 4, known += 4) {
    const left = min<u32>(PART_BYTES, <u32>(end - at));
    if (source != 0 && isEqual(at, source + (at - state), left)) {
      store<u32>(tuple, load<u32>(known));
      continue;
    }
    let part = at;
    if (left < <u32>PART_BYTES) {
      memory.fill(pad, 0, PART_BYTES);
      copyState(pad, at, left);
      part = pad;
    }
    const number = numberOf(worker, part);
    if (number == NOT_FOUND) return false;
    store<u32>(tuple, number);
  }
  if ((load<u32>(CONTROL_PARTS) & 1) != 0) store<u32>(tuple, 0);
  return true;
}

/** Finds a part's number, or stores it as the next of a worker's block; NOT_FOUND otherwise. */
function numberOf(worker: u32, part: usize): u32 {
  const hash = fingerprint(part, PART_BYTES);
  if (worker == NO_WORKER) return place(SET_PARTS, part, hash, NOT_FOUND, PART_BYTES);
  const line = workerLine(worker);
  const next = load<u32>(line, LINE_PART_NEXT);
  const fresh = next < load<u32>(line, LINE_PART_END) ? next : NOT_FOUND;
  const number = place(SET_PARTS, part, hash, fresh, PART_BYTES);
  if (number == fresh && fresh != NOT_FOUND) store<u32>(line, next + 1, LINE_PART_NEXT);
  return number;
}

/** Takes places for new parts when a worker has none; false when their table must grow first. */
export function takePartBlock(worker: u32): bool {
  const line = workerLine(worker);
  if (load<u32>(line, LINE_PART_NEXT) < load<u32>(line, LINE_PART_END)) return true;
  const limit = load<u32>(CONTROL_PARTS_GROW_AT);
  return takePlaces(worker, LINE_PART_NEXT, CONTROL_PARTS_RESERVED, limit, PART_BLOCK);
}

/** Tells whether the table of the parts can be doubled. */
export function canPartsGrow(): bool {
  const room = <u64>(load<u32>(CONTROL_PARTS_TOP) - load<u32>(CONTROL_PARTS_ARENA));
  const buckets = <u64>load<u32>(CONTROL_PARTS_BUCKETS) * 2;
  return buckets * BUCKET_BYTES + buckets * (BUCKET_SLOTS / 2) * PART_BYTES <= room;
}

/** Tells whether the table of the parts is as full as it may be. Only while all stand still. */
export function arePartsFull(): bool {
  return load<u32>(CONTROL_PARTS_RESERVED) >= load<u32>(CONTROL_PARTS_GROW_AT);
}

/** Sets the table of the parts for so many, over memory without any; false when they do not fit. */
export function fitParts(count: u32): bool {
  store<u32>(CONTROL_PARTS_RESERVED, count);
  while (arePartsFull()) {
    if (!canPartsGrow()) return false;
    setPartTable(load<u32>(CONTROL_PARTS_BUCKETS) * 2);
  }
  return true;
}

/** Doubles the table of the parts until they fit in. Only while all workers stand still. */
export function growParts(): void {
  do setPartTable(load<u32>(CONTROL_PARTS_BUCKETS) * 2);
  while (arePartsFull());
  refillPartTable();
}

/** Puts every part into an empty table. Only while all workers stand still. */
export function refillPartTable(): void {
  const count = load<u32>(CONTROL_PARTS_RESERVED);
  const table = <usize>load<u32>(CONTROL_PARTS_TABLE);
  memory.fill(table, 0, <usize>load<u32>(CONTROL_PARTS_BUCKETS) * BUCKET_BYTES);
  for (let number: u32 = 0; number < count; ++number) {
    if (hasUnused(LINE_PART_NEXT, number, number + 1)) continue;
    const part = partAt(number);
    place(SET_PARTS, part, fingerprint(part, PART_BYTES), number, PART_BYTES);
  }
}
