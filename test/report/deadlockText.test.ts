/** The deadlock table: who is in it, which rows, the cycle, and what stays out. */
import { describe, expect, it } from 'vitest';
import { renderDeadlock } from '../../src/report/deadlockText.js';
import type { DeadlockView, Trace } from '../../src/verdict/trace.js';
import { DEADLOCK_TRACE, UNBIND_TRACE } from './fixtures.js';

function withDeadlock(change: (deadlock: DeadlockView) => DeadlockView): Trace {
  const { finding } = DEADLOCK_TRACE;
  const deadlock = finding.deadlock === null ? null : change(finding.deadlock);
  return { ...DEADLOCK_TRACE, finding: { ...finding, deadlock } };
}

describe('a deadlock as a table', () => {
  it('is empty for a finding that is no deadlock', () => {
    expect(renderDeadlock(UNBIND_TRACE)).toBe('');
  });

  it('closes the cycle over the locks waited for', () => {
    expect(renderDeadlock(DEADLOCK_TRACE)).toContain(
      'Cycle  resizer -> dax_region_rwsem -> remover -> s_active(dax0.0/size) -> resizer',
    );
  });

  it('says that only a reboot ends a permanent one', () => {
    const trace = withDeadlock((deadlock) => ({ ...deadlock, kind: 'permanent' }));

    expect(renderDeadlock(trace)).toContain('permanent: no signal and no timeout ends it');
  });

  it('finds no cycle where a thread waits for something outside', () => {
    const trace = withDeadlock((deadlock) => ({
      kind: 'unbounded wait',
      threads: deadlock.threads.map((thread) => ({ ...thread, heldBy: [] })),
    }));

    expect(renderDeadlock(trace)).toContain('No cycle among these threads');
  });

  it('leaves out the calls that were over before the first stuck one began', () => {
    const [earlier] = UNBIND_TRACE.steps;
    if (earlier === undefined) throw new Error('the fixture has steps');

    const text = renderDeadlock({ ...DEADLOCK_TRACE, steps: [earlier, ...DEADLOCK_TRACE.steps] });

    expect(text).not.toContain('admin');
  });

  it('puts threads that are not stuck in a column of their own', () => {
    const [first, ...rest] = DEADLOCK_TRACE.steps;
    const [bystander] = UNBIND_TRACE.steps;
    if (first === undefined || bystander === undefined) throw new Error('the fixtures have steps');

    const text = renderDeadlock({ ...DEADLOCK_TRACE, steps: [first, bystander, ...rest] });

    expect(text).toMatchInlineSnapshot(`
      "Interleaving
      step  CPU 0: resizer             | CPU 1: remover             | others
            echo 536870912 >           | echo hmem.0 >              |
            /sys/bus/dax/devices/      | /sys/bus/platform/drivers/ |
            dax0.0/size                | hmem/unbind                |
      ----- ---------------------------+----------------------------+---------------------------
         1                             | unbind_store               |
                                       |   takes                    |
                                       |   s_active(hmem/unbind)    |
         2                             |                            | admin: devres_release_all
         3                             | device_driver_detach       |
                                       |   takes                    |
                                       |   device_lock(hmem.0)      |
         4  size_store                 |                            |
              takes                    |                            |
              s_active(dax0.0/size)    |                            |
         5                             | unregister_dev_dax         |
                                       |   takes dax_region_rwsem   |
         6    WAITS for                |                            |
              dax_region_rwsem         |                            |
         7                             | kernfs_drain               |
                                       |   WAITS for                |
                                       |   s_active(dax0.0/size)    |

      Deadlock, lasts until a waiting thread gets a fatal signal (kill -9)
        resizer  holds     s_active(dax0.0/size)
                 waits for dax_region_rwsem, held by remover; kill -9 ends this wait
        remover  holds     s_active(hmem/unbind), device_lock(hmem.0), dax_region_rwsem
                 waits for s_active(dax0.0/size), held by resizer; not even kill -9 ends this wait

      Cycle  resizer -> dax_region_rwsem -> remover -> s_active(dax0.0/size) -> resizer

      Stacks, innermost function first
        resizer  size_store < dev_attr_store < kernfs_fop_write_iter < vfs_write
        remover  kernfs_drain < device_del < unregister_dev_dax < devres_release_all <
                 device_driver_detach < unbind_store
      "
    `);
  });
});
