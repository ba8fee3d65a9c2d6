// Runs one step of a thread that is inside memory hotplug of v5.3 and later: from its program point
// to the function that goes on.

import { fail } from '../fail';
import { Pc } from '../layout';
import { BLOCKED, FAIL_PROGRAM_POINT } from '../state';
import { stateStoreTrylock } from './memoryBlockFiles';
import { probeStoreAdd } from './memoryProbe';
import { tryRemoveMemoryDrain } from './memoryRemove';
import {
  offlineAndRemoveDrain,
  offlineAndRemoveLock,
  offlineAndRemoveOffline,
  offlineAndRemoveOfflined,
  offlineAndRemoveRemove,
  offlineAndRemoveReonline,
} from './offlineAndRemove';
import { walkCopy, walkFind } from './resourceIterate';

/** Whether a program point is of memory hotplug, v5.3 and later. */
export function isMemoryPoint(pc: Pc): bool {
  return pc >= Pc.try_remove_memory__drain && pc <= Pc.probe_store__add;
}

export function memoryStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.try_remove_memory__drain:
      return tryRemoveMemoryDrain();
    case Pc.state_store__trylock:
      return stateStoreTrylock();
    case Pc.offline_and_remove_memory__lock:
      return offlineAndRemoveLock();
    case Pc.offline_and_remove_memory__offline:
      return offlineAndRemoveOffline();
    case Pc.offline_and_remove_memory__offlined:
      return offlineAndRemoveOfflined();
    case Pc.offline_and_remove_memory__reonline:
      return offlineAndRemoveReonline();
    case Pc.offline_and_remove_memory__remove:
      return offlineAndRemoveRemove();
    case Pc.offline_and_remove_memory__drain:
      return offlineAndRemoveDrain();
    case Pc.find_next_iomem_res__next:
      return walkFind();
    case Pc.find_next_iomem_res__copy:
      return walkCopy();
    case Pc.probe_store__add:
      return probeStoreAdd();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}
