// A reboot: the kernel's part of the state goes back to how the machine boots. Namespaces keep
// their mode, errors on the medium and encryption stay, kmem's assignment is gone; udev is offered
// every device again. The script that asked for the reboot goes on after it; all others are over.
import {
  DEVICE_MEMORY_OFFSET,
  EVENT_ADD,
  Header,
  INSTRUCTION_ENDED,
  INSTRUCTION_IDLE,
  MEMORY_POISON,
  REGION_ENCRYPTED,
  REGION_FLAGS_OFFSET,
  SCENARIO_OFFSET,
  THREAD_BYTES,
  THREAD_COUNT_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_ROW_BOUNDED_OFFSET,
  THREAD_ROW_KIND_OFFSET,
  THREAD_ROW_TIMES_OFFSET,
  THREAD_ROW_VARIABLE_OFFSET,
  THREAD_ROW_VARIABLES_OFFSET,
  ThreadKind,
} from '../layout';
import { header } from '../scenario';
import {
  device,
  devices,
  leave,
  me,
  region,
  st,
  threadRecord,
  threadRow,
  threads,
  variable,
} from '../state';
import { ueventOfDevice } from './event';

function restartThread(index: u32): void {
  // The script that reboots goes on, on the machine that has come up again: it is the
  // administrator's procedure.
  if (index == me && load<u8>(threadRow(index), THREAD_ROW_KIND_OFFSET) == ThreadKind.Script)
    return;
  const at = threadRecord(index);
  const row = threadRow(index);
  const kind: ThreadKind = load<u8>(row, THREAD_ROW_KIND_OFFSET);
  const done = load<u8>(at, THREAD_COUNT_OFFSET);
  const first = <u32>load<u8>(row, THREAD_ROW_VARIABLE_OFFSET);
  const variables = <u32>load<u8>(row, THREAD_ROW_VARIABLES_OFFSET);
  for (let number: u32 = 0; number < variables; number++) store<u8>(variable(first + number), 0);
  memory.fill(at, 0, THREAD_BYTES);
  store<u8>(at, done, THREAD_COUNT_OFFSET);
  const spent =
    load<u8>(row, THREAD_ROW_BOUNDED_OFFSET) != 0 &&
    done >= load<u16>(row, THREAD_ROW_TIMES_OFFSET);
  const over = kind == ThreadKind.Script || (kind == ThreadKind.Menu && spent);
  store<u16>(at, over ? INSTRUCTION_ENDED : INSTRUCTION_IDLE, THREAD_INSTRUCTION_OFFSET);
}

/**
 * Boots the machine again: other scripts are over, menus and udev start anew. Fault budgets are not
 * given back.
 */
export function reboot(): i32 {
  const boot = SCENARIO_OFFSET + <usize>header(Header.BootTable);
  const count = devices();
  let poison: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if ((load<u8>(device(index), DEVICE_MEMORY_OFFSET) & MEMORY_POISON) != 0) poison |= 1 << index;
  }
  let encrypted: u32 = 0;
  const regions = header(Header.RegionCount);
  for (let index: u32 = 0; index < regions; index++) {
    if ((load<u8>(region(index), REGION_FLAGS_OFFSET) & REGION_ENCRYPTED) != 0)
      encrypted |= 1 << index;
  }
  memory.copy(st, boot, header(Header.FaultsAt));
  for (let index: u32 = 0; index < count; index++) {
    const at = device(index);
    const kept = load<u8>(at, DEVICE_MEMORY_OFFSET) & ~MEMORY_POISON;
    store<u8>(at, ((poison >> index) & 1) != 0 ? kept | MEMORY_POISON : kept, DEVICE_MEMORY_OFFSET);
    ueventOfDevice(index, EVENT_ADD);
  }
  for (let index: u32 = 0; index < regions; index++) {
    const at = region(index);
    const kept = load<u8>(at, REGION_FLAGS_OFFSET) & ~REGION_ENCRYPTED;
    store<u8>(
      at,
      ((encrypted >> index) & 1) != 0 ? kept | REGION_ENCRYPTED : kept,
      REGION_FLAGS_OFFSET,
    );
  }
  const all = threads();
  for (let index: u32 = 0; index < all; index++) restartThread(index);
  return leave(0);
}
