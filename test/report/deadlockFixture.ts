/** What stands at the end of DEADLOCK_TRACE (fixtures.ts). */
import type { DeadlockView } from '../../src/verdict/trace.js';

const TEARDOWN = ['unbind_store', 'device_driver_detach', 'devres_release_all'];

export const DEADLOCK_VIEW: DeadlockView = {
  kind: 'freed by a fatal signal',
  cycles: [{ kind: 'freed by a fatal signal', threads: ['resizer', 'remover'], kill: ['resizer'] }],
  threads: [
    {
      thread: 'resizer',
      command: 'echo 536870912 > /sys/bus/dax/devices/dax0.0/size',
      stack: ['vfs_write', 'kernfs_fop_write_iter', 'dev_attr_store', 'size_store'],
      holds: ['s_active(dax0.0/size)'],
      waitsFor: 'dax_region_rwsem',
      heldBy: ['remover'],
      killable: true,
      restarts: false,
    },
    {
      thread: 'remover',
      command: 'echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind',
      stack: [...TEARDOWN, 'unregister_dev_dax', 'device_del', 'kernfs_drain'],
      holds: ['s_active(hmem/unbind)', 'device_lock(hmem.0)', 'dax_region_rwsem'],
      waitsFor: 's_active(dax0.0/size)',
      heldBy: ['resizer'],
      killable: false,
      restarts: false,
    },
  ],
};
