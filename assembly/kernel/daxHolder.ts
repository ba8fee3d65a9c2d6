// drivers/dax/super.c, v7.1 and later: the filesystem that holds a device of fsdev_dax, its token
// and its operations, and the report of a bad page to it. A filesystem is a process that mounts and
// unmounts; what it does with the pages is not modelled. The thread's DEVICE is the device.
import {
  DEVICE_ALIVE,
  DEVICE_DRIVER_OFFSET,
  DEVICE_EXTRA_HOLDER_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_LOCK_OFFSET,
  Driver,
  Errno,
  Feature,
  HOLDER_OPERATIONS,
  Lock,
  Message,
  Pc,
  Property,
  THREAD_DEVICE_OFFSET,
} from '../layout';
import { observeMessage } from '../observe';
import { has } from '../scenario';
import {
  broken,
  device,
  deviceExtra,
  goto,
  leave,
  MOVED,
  me,
  oops,
  th,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';

function holderOf(index: u32): u32 {
  return load<u8>(deviceExtra(index), DEVICE_EXTRA_HOLDER_OFFSET);
}

function setHolder(index: u32, holder: u32): void {
  store<u8>(deviceExtra(index), holder, DEVICE_EXTRA_HOLDER_OFFSET);
}

function isAlive(index: u32): bool {
  return (load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_ALIVE) != 0;
}

/** Mounts: the device must be alive. Source: drivers/dax/super.c fs_dax_get(), v7.1. */
export function fsDaxGet(index: u32): i32 {
  if (!has(Feature.FsdevDax) || !isAlive(index)) return leave(Errno.ENODEV);
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  goto(Pc.fs_dax_get__lock);
  return MOVED;
}

/**
 * Looks at the driver under device_lock, and takes the token, which one filesystem has. Source:
 * drivers/dax/super.c fs_dax_get(), v7.1.
 */
export function fsDaxGetLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const lock = device(index) + DEVICE_LOCK_OFFSET;
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  const which: Driver = load<u8>(device(index), DEVICE_DRIVER_OFFSET);
  unlockMutex(lock, Lock.DeviceLock, index);
  if (which == Driver.None) return leave(Errno.ENODEV);
  if (which != Driver.Fsdev) return leave(Errno.EOPNOTSUPP);
  const held = holderOf(index);
  if ((held & ~HOLDER_OPERATIONS) != 0) return leave(Errno.EBUSY);
  setHolder(index, held | (me + 1));
  goto(Pc.fs_dax_get__operations);
  return MOVED;
}

/** Notes the operations of who has the token. */
export function fsDaxGetOperations(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  setHolder(index, holderOf(index) | HOLDER_OPERATIONS);
  return leave(0);
}

/**
 * Unmounts: the token goes, and only then the operations, which may be another's by now; from v7.3
 * on both go before anybody can take the token. Source: drivers/dax/super.c fs_put_dax(), v7.1,
 * v7.3.
 */
export function fsPutDax(index: u32): i32 {
  if (!has(Feature.FsdevDax)) return leave(Errno.EINVAL);
  const held = holderOf(index);
  if ((held & ~HOLDER_OPERATIONS) != me + 1) return leave(Errno.EINVAL);
  if (has(Feature.DaxHolderPut)) {
    setHolder(index, 0);
    return leave(0);
  }
  setHolder(index, held & HOLDER_OPERATIONS);
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  goto(Pc.fs_put_dax__operations);
  return MOVED;
}

export function fsPutDaxOperations(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  setHolder(index, holderOf(index) & ~HOLDER_OPERATIONS);
  return leave(0);
}

/**
 * Reports a bad page to the filesystem: whether there are operations is looked at first, and up to
 * v7.2 they are read again for the call. Source: drivers/dax/super.c dax_holder_notify_failure(),
 * v6.19, v7.3.
 */
export function notifyFailure(index: u32): void {
  if ((holderOf(index) & HOLDER_OPERATIONS) == 0 || has(Feature.DaxHolderReadOnce)) return;
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  goto(Pc.dax_holder_notify_failure__call);
}

export function notifyFailureCall(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  store<u8>(th, 0, THREAD_DEVICE_OFFSET);
  goto(Pc.User);
  if ((holderOf(index) & HOLDER_OPERATIONS) == 0) {
    observeMessage(Message.NullOperations, index, 0);
    broken(Property.NoCrash, index);
    oops();
  }
  return MOVED;
}
