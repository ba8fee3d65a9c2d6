// Who owns a range that the firmware reserves for special purposes: exactly one, or the kernel has
// said that nobody does. Looked at where nobody is inside the kernel, in machines that name such
// ranges.
import { firstOf, lastOf, rangesOf } from '../kernel/daxRange';
import {
  beneath,
  describedBytes,
  hasBeneath,
  intersects,
  isAt,
  nodeSlot,
  publicationEnd,
  publicationIs,
  publicationKind,
  publicationStart,
  publications,
} from '../kernel/publication';
import { isLinked, ROOT } from '../kernel/resource';
import { addedRamBytes, REGION_DISJOINT } from '../kernel/resourceWalk';
import {
  BENEATH_HMEM_LOCK_OFFSET,
  BENEATH_PLATFORM_LOCK_OFFSET,
  BENEATH_WORK_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_PRESENT,
  Feature,
  NAME_CXL_WINDOW,
  NAME_SOFT_RESERVED,
  Property,
  PUBLICATION_DAX,
  PUBLICATION_TOLD,
  PUBLICATION_TRIED,
  Publication,
  STAGE_BOOTED,
  STAGE_CXL_ACPI,
  STAGE_DAX_HMEM,
  STAGE_ENUMERATED,
  STAGE_RELEASED,
} from '../layout';
import { has } from '../scenario';
import { device, devices } from '../state';

function isPresent(index: u32): bool {
  return (load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) != 0;
}

/** no-overlap, no-silent-loss, query-sound and lock-pairing, of ranges that the firmware names. */
export function ofPublications(): u32 {
  if (!hasBeneath()) return 0;
  let found: u32 = 0;
  for (let index: u32 = 0; index < devices(); index++) {
    if (isPresent(index) && sharesBytes(index)) found |= 1 << Property.NoOverlap;
  }
  const locks = <u32>load<u8>(beneath(), BENEATH_HMEM_LOCK_OFFSET);
  if ((locks | load<u8>(beneath(), BENEATH_PLATFORM_LOCK_OFFSET)) != 0)
    found |= 1 << Property.LockPairing;
  const settled = isSettled();
  for (let index: u32 = 0; index < publications(); index++) {
    if (isHiddenFromQuery(index)) found |= 1 << Property.QuerySound;
    if (settled && isLost(index)) found |= 1 << Property.NoSilentLoss;
  }
  return found;
}

/** Whether a later device has a byte of this one. */
function sharesBytes(index: u32): bool {
  for (let other = index + 1; other < devices(); other++) {
    if (!isPresent(other)) continue;
    for (let r: u32 = 0; r < rangesOf(index); r++) {
      for (let s: u32 = 0; s < rangesOf(other); s++) {
        const apart = firstOf(index, r) > lastOf(other, s) || lastOf(index, r) < firstOf(other, s);
        if (!apart) return true;
      }
    }
  }
  return false;
}

/**
 * Whether every publisher has said what it has to say: hmem has looked, CXL has assembled what it
 * can, no work is queued, and nobody has given anything back on purpose.
 */
function isSettled(): bool {
  if (!isAt(STAGE_BOOTED) || !isAt(STAGE_DAX_HMEM) || isAt(STAGE_RELEASED)) return false;
  if (load<u8>(beneath(), BENEATH_WORK_OFFSET) != 0) return false;
  if (isAt(STAGE_CXL_ACPI) && !isAt(STAGE_ENUMERATED)) return false;
  for (let index: u32 = 0; index < publications(); index++) {
    const waits = publicationIs(index, PUBLICATION_DAX) && !publicationIs(index, PUBLICATION_TRIED);
    if (waits) return false;
  }
  return true;
}

/** Whether bytes of a reserved entry have no device, are no RAM, and no message said so. */
function isLost(index: u32): bool {
  if (publicationKind(index) != Publication.SoftReserved) return false;
  const start = publicationStart(index);
  const end = publicationEnd(index);
  for (let other: u32 = 0; other < publications(); other++) {
    const apart = publicationStart(other) > end || publicationEnd(other) < start;
    if (!apart && publicationIs(other, PUBLICATION_TOLD)) return false;
  }
  let cursor = start;
  while (cursor <= end) {
    const last = ownedFrom(cursor);
    if (last < cursor) break;
    cursor = last + 1;
  }
  if (cursor > end) return false;
  return addedRamBytes(cursor, end) != end - cursor + 1;
}

/** Last address of a present device's range that has `at`; `at` - 1 when none has. */
function ownedFrom(at: u64): u64 {
  for (let index: u32 = 0; index < devices(); index++) {
    if (!isPresent(index)) continue;
    for (let r: u32 = 0; r < rangesOf(index); r++) {
      if (firstOf(index, r) <= at && lastOf(index, r) >= at) return lastOf(index, r);
    }
  }
  return at - 1;
}

/**
 * Whether region_intersects() says that a published range is not of its kind, although it is.
 * Source: kernel/resource.c region_intersects(), v5.10 to v6.11: what lies beneath the top of the
 * tree is not seen.
 */
function isHiddenFromQuery(index: u32): bool {
  const kind = publicationKind(index);
  const isEntry = kind == Publication.SoftReserved;
  if ((!isEntry && kind != Publication.Window) || !isLinked(nodeSlot(index))) return false;
  if (isEntry && has(Feature.SoftReserveTree)) return false;
  const descriptor = isEntry ? NAME_SOFT_RESERVED : NAME_CXL_WINDOW;
  const start = publicationStart(index);
  const end = publicationEnd(index);
  if (describedBytes(ROOT, start, end, descriptor) == 0) return false;
  return intersects(start, end, descriptor) == REGION_DISJOINT;
}
