/** The order of locks as text: each verdict in words, and what is only tried. */
import { describe, expect, it } from 'vitest';
import { renderLockOrder } from '../../src/report/lockOrderText.js';
import type { LockOrder } from '../../src/verdict/trace.js';

const ORDER: LockOrder = {
  edges: [
    {
      held: 's_active(memoryN/*)',
      taken: 'device_hotplug_lock',
      waits: false,
      shared: true,
      path: ['state_store'],
    },
    {
      held: 's_active(memoryN/*)',
      taken: 'mem_hotplug_lock',
      waits: true,
      shared: true,
      path: ['state_store'],
    },
    {
      held: 'mem_hotplug_lock',
      taken: 's_active(memoryN/*)',
      waits: true,
      shared: false,
      path: ['unbind_store', 'try_remove_memory'],
    },
  ],
  cycles: [
    {
      classes: ['s_active(memoryN/*)', 'mem_hotplug_lock'],
      paths: [['state_store'], ['unbind_store', 'try_remove_memory']],
      verdict: 'masked',
      maskedBy: 'device_hotplug_lock',
      hidden: [],
    },
  ],
  stray: [],
};

const withCycle = (change: Partial<LockOrder['cycles'][number]>): string =>
  renderLockOrder({ ...ORDER, cycles: ORDER.cycles.map((cycle) => ({ ...cycle, ...change })) });

describe('the order of locks as text', () => {
  it('tells cycles with their paths, then what is taken under what', () => {
    expect(renderLockOrder(ORDER)).toMatchInlineSnapshot(`
      "Order of locks
        3 pairs of a lock held and a lock taken, 1 cycles

        Cycle     s_active(memoryN/*) -> mem_hotplug_lock -> s_active(memoryN/*)
          verdict   cannot happen: masked by device_hotplug_lock
          lockdep   would report it
          paths     state_store
                    unbind_store > try_remove_memory

        s_active(memoryN/*)
          -> device_hotplug_lock (tried), mem_hotplug_lock
        mem_hotplug_lock
          -> s_active(memoryN/*)
      "
    `);
  });

  it('says that a deadlock was found', () => {
    expect(withCycle({ verdict: 'deadlock', maskedBy: null })).toContain(
      'verdict   a deadlock of it was found',
    );
  });

  it('says that nothing rules a cycle out', () => {
    expect(withCycle({ verdict: 'not reached', maskedBy: null })).toContain(
      'verdict   no deadlock found, and no common outer lock',
    );
  });

  it('says that only readers meet', () => {
    expect(withCycle({ verdict: 'readers', maskedBy: null })).toContain('only readers meet in it');
  });

  it('says what lockdep does not look at', () => {
    expect(withCycle({ hidden: ['device_lock(region)'] })).toContain(
      'lockdep   does not see it: device_lock(region) exempt',
    );
  });

  it('tells of a lock that was given back and not held', () => {
    expect(renderLockOrder({ ...ORDER, stray: ['dax_dev_rwsem'] })).toContain(
      'given back and not seen to be held: dax_dev_rwsem',
    );
  });
});
