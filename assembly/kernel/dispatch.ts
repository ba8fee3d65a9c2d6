// Runs one step of a thread that is inside the kernel: from its program point to the function that
// goes on.

import { fail } from '../fail';
import { Pc, THREAD_PC_OFFSET } from '../layout';
import { BLOCKED, FAIL_PROGRAM_POINT, th } from '../state';
import { beneathStep } from './beneath';
import { isUnloadPoint, unloadStep } from './beneathUnload';
import { daxBusProbe, doIdStoreAttached } from './daxBus';
import { daxLaterStep, isDaxLaterPoint } from './daxLaterDispatch';
import { regionStep } from './daxRegion';
import { deviceAddReady, deviceAttachNext, deviceAttachProbed } from './deviceAdd';
import {
  devDaxProbeMemremap,
  devDaxProbeRequest,
  devDaxRemoveKill,
  devDaxRemoveUnmap,
  devDaxRemoveUnpin,
} from './deviceDax';
import {
  bindStoreLock,
  bindStoreProbed,
  driverAttachLock,
  driverAttachNext,
  driverAttachProbed,
  driversProbeLock,
  driversProbeProbed,
  unbindStoreLock,
  unbindStoreRemoved,
} from './driverCore';
import { daxHmemProbeFailed } from './hmem';
import { kmemProbeAdded, kmemProbeRequest, kmemRemoveRange, kmemRemoveRemoved } from './kmem';
import { stateStoreOffline, stateStoreOfflined, stateStoreOnline } from './memoryBlockFiles';
import { isMemoryPoint, memoryStep } from './memoryDispatch';
import { addMemoryLock, addMemoryResourceBegin, addMemoryResourceOnline } from './memoryHotplug';
import { removeMemoryLock, removeMemoryRemove } from './memoryRemove';
import {
  deleteModuleDrain,
  driverDetachLock,
  driverDetachRemoved,
  initModuleAttached,
} from './module';
import { nvdimmStep } from './nvdimmDevices';
import {
  daxPmemProbeLock,
  daxPmemRemoveLock,
  deviceAddAttach,
  providerProbeDone,
  unregisterDevDaxDrop,
  unregisterDevDaxForget,
  unregisterDevDaxLock,
  unregisterDevDaxRemoved,
} from './pmem';

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one line for each program point
export function kernelStep(): i32 {
  const pc: Pc = load<u16>(th, THREAD_PC_OFFSET);
  switch (pc) {
    case Pc.bind_store__lock:
      return bindStoreLock();
    case Pc.bind_store__probed:
      return bindStoreProbed();
    case Pc.unbind_store__lock:
      return unbindStoreLock();
    case Pc.unbind_store__removed:
      return unbindStoreRemoved();
    case Pc.driver_attach__lock:
      return driverAttachLock();
    case Pc.driver_attach__probed:
      return driverAttachProbed();
    case Pc.driver_attach__next:
      return driverAttachNext();
    case Pc.do_id_store__attached:
      return doIdStoreAttached();
    case Pc.drivers_probe_store__lock:
      return driversProbeLock();
    case Pc.drivers_probe_store__probed:
      return driversProbeProbed();
    case Pc.dax_bus_probe__size:
      return daxBusProbe();
    case Pc.dev_dax_probe__request:
      return devDaxProbeRequest();
    case Pc.dev_dax_probe__memremap:
      return devDaxProbeMemremap();
    case Pc.dev_dax_remove__kill:
      return devDaxRemoveKill();
    case Pc.dev_dax_remove__unpin:
      return devDaxRemoveUnpin();
    case Pc.dev_dax_remove__unmap:
      return devDaxRemoveUnmap();
    case Pc.dev_dax_kmem_probe__request:
      return kmemProbeRequest();
    case Pc.dev_dax_kmem_probe__added:
      return kmemProbeAdded();
    case Pc.dev_dax_kmem_remove__range:
      return kmemRemoveRange();
    case Pc.dev_dax_kmem_remove__removed:
      return kmemRemoveRemoved();
    case Pc.add_memory__lock:
      return addMemoryLock();
    case Pc.add_memory_resource__begin:
      return addMemoryResourceBegin();
    case Pc.add_memory_resource__online:
      return addMemoryResourceOnline();
    case Pc.remove_memory__lock:
      return removeMemoryLock();
    case Pc.remove_memory__remove:
      return removeMemoryRemove();
    case Pc.state_store__online:
      return stateStoreOnline();
    case Pc.state_store__offline:
      return stateStoreOffline();
    case Pc.state_store__offlined:
      return stateStoreOfflined();
    case Pc.init_module__attached:
      return initModuleAttached();
    case Pc.delete_module__drain:
      return deleteModuleDrain();
    case Pc.driver_detach__lock:
      return driverDetachLock();
    case Pc.driver_detach__removed:
      return driverDetachRemoved();
    case Pc.dax_pmem_remove__lock:
      return daxPmemRemoveLock();
    case Pc.unregister_dev_dax__lock:
      return unregisterDevDaxLock();
    case Pc.unregister_dev_dax__drop:
      return unregisterDevDaxDrop();
    case Pc.unregister_dev_dax__removed:
      return unregisterDevDaxRemoved();
    case Pc.unregister_dev_dax__forget:
      return unregisterDevDaxForget();
    case Pc.dax_pmem_probe__lock:
      return daxPmemProbeLock();
    case Pc.device_add__attach:
      return deviceAddAttach();
    case Pc.device_add__probed:
      return deviceAttachProbed();
    case Pc.device_add__next:
      return deviceAttachNext();
    case Pc.provider_probe__done:
      return providerProbeDone();
    case Pc.dax_hmem_probe__failed:
      return daxHmemProbeFailed();
    case Pc.device_add__ready:
      return deviceAddReady();
    default: {
      if (pc >= Pc.size_store__region && pc <= Pc.dax_hmem_probe__created) return regionStep(pc);
      if (isMemoryPoint(pc)) return memoryStep(pc);
      if (isDaxLaterPoint(pc)) return daxLaterStep(pc);
      if (pc >= Pc.hmat_init__register && pc <= Pc.uuid_store__idle) return beneathStep(pc);
      if (isUnloadPoint(pc)) return unloadStep(pc);
      if (pc >= Pc.namespace_store__lock && pc <= Pc.nd_region_remove__end) return nvdimmStep(pc);
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}
