// Program points of drivers/dax as it is from v6.8 on: from a point to the function that goes on.

import { fail } from '../fail';
import { Pc } from '../layout';
import { BLOCKED, FAIL_PROGRAM_POINT } from '../state';
import {
  fsDaxGetLock,
  fsDaxGetOperations,
  fsPutDaxOperations,
  notifyFailureCall,
} from './daxHolder';
import { memmapOnMemoryStoreDevice } from './daxMemmap';
import { fsdevProbeMemremap, fsdevProbeRequest } from './fsdev';
import {
  daxStateStoreLock,
  daxStateStoreUnplugged,
  kmemRemoveUnplugged,
  removeGroupsDrain,
} from './kmemState';
import { doHotplugAdded, doHotplugRange, initResourcesRange } from './kmemTwoPass';

/** Whether a program point is of drivers/dax, v6.8 and later. */
export function isDaxLaterPoint(pc: Pc): bool {
  return pc >= Pc.memmap_on_memory_store__device && pc <= Pc.dax_holder_notify_failure__call;
}

/**
 * Runs the step of a program point. Source: drivers/dax/kmem.c, v7.3; drivers/dax/super.c, v7.1;
 * drivers/dax/bus.c, v6.12; drivers/base/dd.c, v6.19.
 */
export function daxLaterStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.memmap_on_memory_store__device:
      return memmapOnMemoryStoreDevice();
    case Pc.dax_kmem_init_resources__range:
      return initResourcesRange();
    case Pc.dax_kmem_do_hotplug__range:
      return doHotplugRange();
    case Pc.dax_kmem_do_hotplug__added:
      return doHotplugAdded();
    case Pc.dax_state_store__lock:
      return daxStateStoreLock();
    case Pc.dax_state_store__unplugged:
      return daxStateStoreUnplugged();
    case Pc.device_remove_groups__drain:
      return removeGroupsDrain();
    case Pc.dev_dax_kmem_remove__unplugged:
      return kmemRemoveUnplugged();
    case Pc.fsdev_dax_probe__request:
      return fsdevProbeRequest();
    case Pc.fsdev_dax_probe__memremap:
      return fsdevProbeMemremap();
    case Pc.fs_dax_get__lock:
      return fsDaxGetLock();
    case Pc.fs_dax_get__operations:
      return fsDaxGetOperations();
    case Pc.fs_put_dax__operations:
      return fsPutDaxOperations();
    case Pc.dax_holder_notify_failure__call:
      return notifyFailureCall();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}
