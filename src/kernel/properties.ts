/**
 * The built-in properties: name, bit, class, default, and the sentence that a violation is told in.
 *
 * docs/properties.md defines each with its source and observation point.
 */
import { Property } from '../../assembly/layout.js';

export type PropertyClass = 'kernel-defect' | 'script' | 'policy';

export interface PropertyRow {
  readonly name: string;
  readonly bit: Property;
  readonly class: PropertyClass;
  /** Checked when the model asks for nothing in particular. */
  readonly isDefault: boolean;
  /** What is wrong when it is violated. */
  readonly summary: string;
}

/** The name of the built-in property of behaviours. */
export const NO_LIVELOCK = 'no-livelock';

const KERNEL: readonly (readonly [string, Property, string])[] = [
  [
    'no-crash',
    Property.NoCrash,
    'the kernel uses memory that it has freed, or follows a null pointer',
  ],
  ['no-deadlock', Property.NoDeadlock, 'threads wait for one another for ever'],
  ['lock-pairing', Property.LockPairing, 'a lock is given back by a thread that does not hold it'],
  ['no-overlap', Property.NoOverlap, 'two owners claim the same addresses'],
  ['accounting', Property.Accounting, "a region's books do not agree with its devices"],
  [
    'resource-tree',
    Property.ResourceTree,
    '/proc/iomem shows a node whose name or parent has been freed, or that leaves its parent',
  ],
  ['covered', Property.Covered, 'a memory block exists that System RAM does not cover'],
  ['aligned', Property.Aligned, 'memory was added that is not whole blocks inside its device'],
  ['node', Property.Node, 'memory joined another NUMA node than its firmware names'],
  [
    'query-sound',
    Property.QuerySound,
    'a query of the resource tree says that a range is not what it is',
  ],
  [
    'matching',
    Property.Matching,
    'which driver gets a device depends on the order of registration',
  ],
  ['rollback', Property.Rollback, 'an operation failed and did not leave what was before'],
  ['no-leak', Property.NoLeak, 'something stays claimed that nobody owns any more'],
  ['report-truth', Property.ReportTruth, 'a write reports success and has done nothing'],
  ['no-silent-loss', Property.NoSilentLoss, 'memory has no owner, and the kernel has not said so'],
  ['explicit-kmem', Property.ExplicitKmem, 'kmem took a device that nobody gave to it'],
  [
    'no-data-loss',
    Property.NoDataLoss,
    'memory of a device that nobody gave to kmem was overwritten',
  ],
  [
    'no-rebind-after-kmem',
    Property.NoRebindAfterKmem,
    'a device that kmem had is bound again, while its memory is still in use',
  ],
  ['owner-removal', Property.OwnerRemoval, 'a driver removes memory that it did not add'],
];

export const PROPERTIES: readonly PropertyRow[] = [
  ...KERNEL.map(
    ([name, bit, summary]): PropertyRow => ({
      name,
      bit,
      class: 'kernel-defect',
      isDefault: true,
      summary,
    }),
  ),
  {
    name: 'recoverable',
    bit: Property.Recoverable,
    class: 'kernel-defect',
    isDefault: false,
    summary: 'the device can never be bound again without a reboot',
  },
  {
    name: 'zone',
    bit: Property.Zone,
    class: 'script',
    isDefault: true,
    summary: 'a block is online in another zone than somebody asked for',
  },
  {
    name: 'capacity',
    bit: Property.Capacity,
    class: 'script',
    isDefault: false,
    summary: 'bytes at the head or tail of the device are lost to alignment',
  },
  {
    name: 'no-poison-online',
    bit: Property.NoPoisonOnline,
    class: 'policy',
    isDefault: false,
    summary: 'a block with uncleared errors is online',
  },
  {
    name: 'encrypted',
    bit: Property.Encrypted,
    class: 'policy',
    isDefault: false,
    summary: 'persistent memory is online as RAM and is not encrypted at rest',
  },
];

export const propertyNamed = (name: string): PropertyRow | undefined =>
  PROPERTIES.find((row) => row.name === name);

export const propertyOfBit = (bit: number): PropertyRow | undefined =>
  PROPERTIES.find((row) => row.bit === bit);

/** Properties that steps alone can break; all others are looked at while no thread is inside. */
export const SEEN_BY_STEPS: ReadonlySet<Property> = new Set([
  Property.NoCrash,
  Property.NoDeadlock,
  Property.QuerySound,
  Property.Matching,
  Property.Rollback,
  Property.ReportTruth,
  Property.NoSilentLoss,
  Property.OwnerRemoval,
]);
