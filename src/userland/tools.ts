/**
 * daxctl, ndctl and cxl are one package with one number. A release of it is a set of features, as a
 * kernel's is: each one commit of pmem/ndctl that changed what the tools do to a dax device.
 */
export interface ToolFeature {
  readonly id: string;
  readonly commit: string;
  readonly title: string;
  /** First release that has it. */
  readonly since: string;
  readonly effect: string;
}

type Row = readonly [id: string, commit: string, title: string, since: string, effect: string];

const ROWS: readonly Row[] = [
  [
    'builtin-driver',
    'd44dd508e971',
    'libdaxctl: fix device reconfiguration with builtin drivers',
    'v67',
    'a driver in the kernel image is found; without it no device can be given to one',
  ],
  [
    'online-zone-scan',
    '0542201b5902',
    'daxctl: detect races when onlining memory blocks',
    'v67',
    'where nothing was left to bring online, a block that is not online is an error',
  ],
  [
    'no-movable',
    '819a9701823f',
    'daxctl: add --no-movable option for onlining memory',
    'v67',
    '--no-movable',
  ],
  [
    'already-online-is-success',
    '5b7ffa5',
    'daxctl/device.c: fix json output omission for reconfigure-device',
    'v67',
    'reconfigure-device succeeds when all memory was online or the mode is there already',
  ],
  [
    'divide',
    '559ef6b6035a',
    'daxctl: add resize support in reconfigure-device',
    'v71',
    'create-device, destroy-device, enable-device, disable-device; --size and --align',
  ],
  [
    'policy-check',
    '99415dfc7c51',
    'daxctl: fail reconfigure-device based on kernel onlining policy',
    'v72',
    'system-ram is refused while auto_online_blocks would bring the memory online',
  ],
  [
    'active-memory-check',
    '573f0d46cff1',
    'libndctl: check for active system-ram before disabling daxctl devices',
    'v72',
    'ndctl refuses to disable a namespace while memory of it is online',
  ],
  [
    'last-block',
    '06419eb6e862',
    'daxctl: Fix memblock enumeration off-by-one',
    'v76',
    'the block behind the device is no longer taken for one of its own',
  ],
  [
    'online-zone-check',
    '28c8ae0c5e2c',
    'libdaxctl: Add accurate check for daxctl_memory_op(MEM_GET_ZONE)',
    'v79',
    'where nothing was left to bring online, memory in another zone is an error',
  ],
  [
    'region-offline',
    '6cf914f',
    'cxl/region: Add -f option for disable-region',
    'v79',
    'cxl disable-region takes memory offline first, and gives up where it cannot',
  ],
  [
    'region-devdax',
    'db03f8b3ce84',
    'cxl/region: Fix memory device teardown in disable-region',
    'v79',
    'cxl disable-region passes over devices that are not memory',
  ],
  [
    'destroy-first',
    'd78f57ebdc07',
    'daxctl/device.c: Handle special case of destroying daxX.0',
    'v79',
    'destroy-device of daxX.0, which the kernel keeps, is a success',
  ],
  [
    'any-failure',
    'f533bd784859',
    'daxctl/device.c: Fix error propagation in do_xaction_device()',
    'v79',
    'the exit status is that of the last device that failed, not of the last one; none is success',
  ],
  [
    'removable-check',
    'ac46afe',
    'daxctl: output more information if memblock is unremovable',
    'v81',
    'a block whose `removable` says 0 is not tried',
  ],
];

export const TOOL_FEATURES: readonly ToolFeature[] = ROWS.map(
  ([id, commit, title, since, effect]) => ({ id, commit, title, since, effect }),
);

const FIRST = 66;
const LAST = 81;

/** The releases that are modelled, oldest first. */
export const TOOL_RELEASES: readonly string[] = Array.from(
  { length: LAST - FIRST + 1 },
  (_, index) => `v${FIRST + index}`,
);

export const TOOL_RELEASE_DEFAULT = `v${LAST}`;

export interface ToolRequest {
  readonly release: string;
  readonly without: readonly string[];
}

const numberOf = (release: string): number => Number(release.slice(1));

/** The features of a release of the tools, less what is taken from it. */
export function toolFeatures({ release, without }: ToolRequest): ReadonlySet<string> {
  const present = TOOL_FEATURES.filter(({ since }) => numberOf(since) <= numberOf(release));
  return new Set(present.map(({ id }) => id).filter((id) => !without.includes(id)));
}
