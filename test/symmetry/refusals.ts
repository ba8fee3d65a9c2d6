/** Models in which what looks alike is not, and one in which it turns out not to be. */
import { BOTH, DRIVERS, MACHINE, menu, NEW_IDS, usesOf, written } from './written.ts';

/**
 * Two devices that are alike until a write of new_id, on its way over both, has to wait for the
 * first: pinned, and being unbound.
 */
export const WAITS_AMONG_DEVICES: string = written({
  kernel: 'v5.1',
  granularity: 'call',
  machine: MACHINE,
  actors:
    menu('process', [...usesOf('dax0.0'), ...usesOf('dax1.0')], 3) +
    menu(
      'admin',
      ['dax0.0', 'dax1.0'].map((name) => `echo ${name} > ${DRIVERS}/device_dax/unbind`),
      1,
    ) +
    menu('second', NEW_IDS, 1),
});

/** What tells things apart, and in which words it is said. */
export const REFUSALS: readonly (readonly [string, string, string])[] = [
  [
    'memory of one node, whose zones are spans',
    written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: MACHINE.replace('target_node: 2', 'target_node: 1'),
      actors: menu('admin', BOTH, 2),
    }),
    'dax0.0 and dax1.0 are not alike: their memory shares a node, whose zones tell positions apart',
  ],
  [
    'sizes',
    written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: MACHINE.replaceAll('87ffffff', '8fffffff'),
      actors: menu('admin', BOTH, 2),
    }),
    'dax0.0 and dax1.0 are not alike: size, blocks or kind differ',
  ],
  [
    'what the first state says of them',
    written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: `${MACHINE}\n  ids: { kmem: [dax1.0] }`,
      actors: menu('admin', BOTH, 2),
    }),
    'what is alike otherwise differs in the first state',
  ],
  [
    'a menu that has a command for one of them alone',
    written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: MACHINE,
      actors: menu('admin', BOTH.slice(1), 2),
    }),
    'dax0.0 and dax1.0 are not alike: programs, rules or strings tell them apart',
  ],
  [
    'a write of new_id, step by step',
    written({
      kernel: 'v6.12',
      granularity: 'step',
      machine: MACHINE,
      actors: menu('admin', [...BOTH, ...NEW_IDS], 2),
    }),
    'devices are not alike: a write of new_id goes over them in their order, step by step',
  ],
  [
    'a property of your own that names one',
    written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: MACHINE,
      actors: menu('admin', BOTH, 2),
      more: `properties:\n  stays: 'devices["dax0.0"].driver == "device_dax"'`,
    }),
    'dax0.0 and dax1.0 are not alike: a property of your own can tell them apart',
  ],
  [
    '`recoverable` of one',
    written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: MACHINE,
      actors: menu('admin', BOTH, 2),
      more: 'check: [{ recoverable: dax0.0 }]',
    }),
    'dax0.0 and dax1.0 are not alike: `recoverable` is asked for one of them',
  ],
  [
    'a property of behaviours',
    written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: MACHINE,
      actors: menu('admin', BOTH, 2),
      more: 'check: [no-livelock]',
    }),
    '`no-livelock` is a property of behaviours, which follow single threads',
  ],
];
