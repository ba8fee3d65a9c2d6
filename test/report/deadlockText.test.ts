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

  it('shows no cycle where one thread waits for another that has ended', () => {
    const trace = withDeadlock(({ threads }) => ({
      kind: 'unbounded wait',
      cycles: [{ kind: 'unbounded wait', threads: ['remover'], kill: ['process'] }],
      threads: threads.slice(1).map((thread) => ({ ...thread, heldBy: ['process'] })),
    }));

    const text = renderDeadlock(trace);
    expect(text).toContain('Wait   remover -> s_active(dax0.0/size) -> process');
    expect(text).toContain('Freed  by kill -9 of process');
  });

  it('tells of each cycle what frees it, and who only waits behind one', () => {
    const trace = withDeadlock(({ threads: [resizer, remover] }) => {
      if (resizer === undefined || remover === undefined) throw new Error('the fixture has two');
      const reader = { ...resizer, thread: 'reader', heldBy: ['remover'] };
      const self = { ...remover, thread: 'self', waitsFor: 'its page', heldBy: ['self'] };
      return {
        kind: 'permanent',
        cycles: [
          { kind: 'freed by a fatal signal', threads: ['resizer', 'remover'], kill: ['resizer'] },
          { kind: 'permanent', threads: ['self'], kill: [] },
        ],
        threads: [resizer, remover, reader, self],
      };
    });

    const text = renderDeadlock(trace);
    expect(text).toMatch(
      /resizer \(freed by\s+a\s+fatal signal\)\nFreed {2}by kill -9 of resizer\n/,
    );
    expect(text).toContain('Cycle  self -> its page -> self (permanent)\n');
    expect(text).toContain('Behind reader: in no cycle\n');
  });

  it('reads a trace file of the release before, which tells no cycles apart', () => {
    const text = renderDeadlock(withDeadlock((deadlock) => ({ ...deadlock, cycles: [] })));

    expect(text).toContain('Cycle  resizer -> dax_region_rwsem -> remover');
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
      Freed  by kill -9 of resizer

      Stacks, innermost function first
        resizer  size_store < dev_attr_store < kernfs_fop_write_iter < vfs_write
        remover  kernfs_drain < device_del < unregister_dev_dax < devres_release_all <
                 device_driver_detach < unbind_store
      "
    `);
  });
});
