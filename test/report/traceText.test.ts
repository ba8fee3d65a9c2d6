/** Counterexamples as text: two whole ones for the eye, and what must be true of every trace. */
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStyle, PLAIN } from '../../src/report/style.js';
import { renderTrace } from '../../src/report/traceText.js';
import { FC, SEED_TITLE } from '../support/fc.js';
import { anyTrace } from './arbitraries.js';
import { DEADLOCK_TRACE, UNBIND_TRACE } from './fixtures.js';

describe(`a counterexample as text (${SEED_TITLE})`, () => {
  it('tells a sequential one call by call, and where it became inevitable', () => {
    const text = renderTrace(UNBIND_TRACE, PLAIN, { file: 'traces/unbind.itf.json' });

    expect(text).toMatchInlineSnapshot(`
      "FINDING recoverable(dax0.0)
        dax0.0 cannot be bound to any driver again without a reboot: kmem was unbound while
        memory33 was online, and the kernel keeps 100000000-10fffffff claimed.

        class   script finding: the kernel does as documented, the procedure loses
        kernel  v6.12; 5 steps, granularity: call
        model   models/lifecycle/unbind-while-online.yaml (kmem is unbound while udev has a block
                online)

      Start
          100000000-17fffffff : Soft Reserved
            100000000-10fffffff : dax0.0
          (3 other lines of /proc/iomem)
          dax0.0: driver device_dax, 256M at 100000000-10fffffff, target node 1
          auto_online_blocks: offline

      Steps
      admin$ echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind                          line 14
         1  unbind_store > device_driver_detach > dax_bus_remove > devres_release_all
                                                                             drivers/base/devres.c
            locks     +s_active(device_dax/unbind) +device_lock(dax0.0) +-mem_hotplug_lock
                      -device_lock(dax0.0) -s_active(device_dax/unbind)
            iomem     -   100000000-10fffffff : dax0.0
            now       dax0.0: driver device_dax -> none
            returns   ok

      admin$ echo dax0.0 > /sys/bus/dax/drivers/kmem/bind                                  line 15
         2  bind_store > dax_bus_probe > dev_dax_kmem_probe > add_memory_driver_managed
                                                                               mm/memory_hotplug.c
            locks     +device_lock(dax0.0) +device_hotplug_lock +-mem_hotplug_lock
                      -device_hotplug_lock -device_lock(dax0.0)
            uevent    add /devices/system/memory/memory32-33
            iomem     +   100000000-10fffffff : dax0.0
                      +     100000000-10fffffff : System RAM (kmem)
            now       dax0.0: driver none -> kmem
            now       memory32-33: added, offline
            returns   ok

      udev$ echo online > /sys/devices/system/memory/memory33/state                        line 19
         3  state_store > device_online > memory_subsys_online > online_pages  mm/memory_hotplug.c
            locks     +device_hotplug_lock +-device_lock(memory33) -device_hotplug_lock
            now       memory33: offline -> online Movable
            returns   ok

      admin$ echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind                                line 16
         4  unbind_store > dax_bus_remove > dev_dax_kmem_remove > remove_memory
                                                                                drivers/dax/kmem.c
            locks     +device_lock(dax0.0) +-device_hotplug_lock -device_lock(dax0.0)
            dmesg     removing memory fails, because memory
                      [0x0000000108000000-0x000000010fffffff] is onlined
            dmesg     kmem dax0.0: mapping0: 0x100000000-0x10fffffff cannot be hotremoved until
                      the next reboot
            now       dax0.0: driver kmem -> none
            returns   ok
      ==> After step 4 the outcome is inevitable.

      admin$ echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind                            line 17
         5  bind_store > dax_bus_probe > dev_dax_probe                        drivers/dax/device.c
            locks     +-device_lock(dax0.0)
            dmesg     device_dax dax0.0: mapping0: 0x100000000-0x10fffffff could not reserve range
            returns   -EBUSY

      Outcome
          recoverable(dax0.0) is violated after step 5: dax0.0 cannot be bound to any driver again
          without a reboot: kmem was unbound while memory33 was online, and the kernel keeps
          100000000-10fffffff claimed.

      Replay: daxcheck replay traces/unbind.itf.json
      "
    `);
  });

  it('tells an interleaved one with the locks held, grouped by system call, and the table', () => {
    const text = renderTrace(DEADLOCK_TRACE, PLAIN);

    expect(text).toMatchInlineSnapshot(`
      "VIOLATED no-deadlock
        resizer in size_store waits for dax_region_rwsem, whose holder remover waits in
        kernfs_drain for resizer to leave dax0.0/size.

        class   kernel defect: the kernel breaks what it promises
        kernel  v6.12; 6 steps, granularity: step
        model   models/bugs/size-against-unbind.yaml (size is written while the region driver is
                unbound)

      Start
          100000000-17fffffff : Soft Reserved
          (3 other lines of /proc/iomem)
          dax0.0: driver none, 256M at 100000000-10fffffff, target node 1
          auto_online_blocks: offline

      Steps
      remover$ echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind                         line 14
         1  kernfs_fop_write_iter > unbind_store                                drivers/base/bus.c
            takes     s_active(hmem/unbind)
         2  unbind_store > device_driver_detach                                  drivers/base/dd.c
            takes     device_lock(hmem.0)
            holds     s_active(hmem/unbind), device_lock(hmem.0)

      resizer$ echo 536870912 > /sys/bus/dax/devices/dax0.0/size                           line 12
         3  kernfs_fop_write_iter > size_store                                   drivers/dax/bus.c
            takes     s_active(dax0.0/size)
            holds     s_active(dax0.0/size)

      remover$ echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind  (continues)            line 14
         4  unbind_store > device_driver_detach > devres_release_all > unregister_dev_dax
                                                                                 drivers/dax/bus.c
            takes     dax_region_rwsem
            holds     s_active(hmem/unbind), device_lock(hmem.0), dax_region_rwsem
      ==> After step 4 the outcome is inevitable.

      resizer$ echo 536870912 > /sys/bus/dax/devices/dax0.0/size  (continues)              line 12
         5  kernfs_fop_write_iter > size_store                                   drivers/dax/bus.c
            WAITS     for dax_region_rwsem, held by remover; kill -9 ends this wait
            holds     s_active(dax0.0/size)

      remover$ echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind  (continues)            line 14
         6  unbind_store > device_driver_detach > devres_release_all > unregister_dev_dax >
            device_del > kernfs_drain
                                                                                   fs/kernfs/dir.c
            WAITS     for s_active(dax0.0/size), held by resizer; not even kill -9 ends this wait
            holds     s_active(hmem/unbind), device_lock(hmem.0), dax_region_rwsem

      Outcome
          no-deadlock is violated after step 6: resizer in size_store waits for dax_region_rwsem,
          whose holder remover waits in kernfs_drain for resizer to leave dax0.0/size.

      Interleaving
      step  CPU 0: resizer                            | CPU 1: remover
            echo 536870912 >                          | echo hmem.0 >
            /sys/bus/dax/devices/dax0.0/size          | /sys/bus/platform/drivers/hmem/unbind
      ----- ------------------------------------------+------------------------------------------
         1                                            | unbind_store
                                                      |   takes s_active(hmem/unbind)
         2                                            | device_driver_detach
                                                      |   takes device_lock(hmem.0)
         3  size_store                                |
              takes s_active(dax0.0/size)             |
         4                                            | unregister_dev_dax
                                                      |   takes dax_region_rwsem
         5    WAITS for dax_region_rwsem              |
         6                                            | kernfs_drain
                                                      |   WAITS for s_active(dax0.0/size)

      Deadlock, lasts until a waiting thread gets a fatal signal (kill -9)
        resizer  holds     s_active(dax0.0/size)
                 waits for dax_region_rwsem, held by remover; kill -9 ends this wait
        remover  holds     s_active(hmem/unbind), device_lock(hmem.0), dax_region_rwsem
                 waits for s_active(dax0.0/size), held by resizer; not even kill -9 ends this wait

      Cycle  resizer -> dax_region_rwsem -> remover -> s_active(dax0.0/size) -> resizer
      Freed  by kill -9 of resizer

      Stacks, innermost function first
        resizer  size_store < dev_attr_store < kernfs_fop_write_iter < vfs_write
        remover  kernfs_drain < device_del < unregister_dev_dax < devres_release_all <
                 device_driver_detach < unbind_store
      "
    `);
  });

  it('reads the same without its colours', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const coloured = renderTrace(trace, createStyle({ color: true }));

        expect(stripVTControlCharacters(coloured)).toBe(
          stripVTControlCharacters(renderTrace(trace, PLAIN)),
        );
      }),
      FC,
    );
  });

  it('carries no colour unless asked', () => {
    expect(renderTrace(UNBIND_TRACE, createStyle({ color: false }))).not.toContain('\u001b');
  });

  it('numbers every step, whatever the trace', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const numbers = renderTrace(trace, PLAIN).match(/^ {2,3}\d+ {2}(?=\S)/gm) ?? [];

        expect(numbers.length).toBeGreaterThanOrEqual(trace.steps.length);
      }),
      FC,
    );
  });

  it('stays within 92 columns and ASCII', () => {
    const text = renderTrace(UNBIND_TRACE, PLAIN) + renderTrace(DEADLOCK_TRACE, PLAIN);

    expect(text.split('\n').filter((line) => line.length > 92 || /[^ -~]/.test(line))).toEqual([]);
  });

  it('leaves out the lines of a long iomem that the trace is not about, and counts them', () => {
    const text = renderTrace(UNBIND_TRACE, PLAIN);

    expect(text).toContain('(3 other lines of /proc/iomem)');
  });

  it('says so when the outcome is inevitable from the start', () => {
    const text = renderTrace({ ...UNBIND_TRACE, inevitableAt: -1 }, PLAIN);

    expect(text).toContain('==> The outcome is inevitable from the start.');
  });

  it('says that a thread goes on with its call after another one moved', () => {
    const text = renderTrace(DEADLOCK_TRACE, PLAIN);

    expect(text).toContain(
      'resizer$ echo 536870912 > /sys/bus/dax/devices/dax0.0/size  (continues)',
    );
  });
});
