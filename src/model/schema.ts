/**
 * The shape of a model file, once: what the loader checks and what editors get as JSON Schema.
 *
 * Only shapes are here. What numbers and names mean together (ranges inside regions, exclusive
 * keys) is checked by the files that build the model from it.
 */
import * as z from 'zod';
import { BLOCKS_PATTERN, RANGE_PATTERN, SIZE_PATTERN } from './quantity.js';

// A model is checked once: compiling a checker for each shape costs more than it saves.
z.config({ jitless: true });

export const DEVICE_PATTERN = /^dax(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$/;
export const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
export const RELEASE_PATTERN = /^v[0-9]+\.[0-9]+(\.[0-9]+)?$/;
export const FAULT_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*( -E[A-Z0-9]+)?$/;
const CXL_REGION_PATTERN = /^region(0|[1-9][0-9]{0,5})$/;
const MEMDEV_PATTERN = /^mem(0|[1-9][0-9]{0,5})$/;
const NAMESPACE_PATTERN = /^namespace[0-9]+\.[0-9]+$/;

/** What each pattern stands for: the code of its fault and how the right thing is written. */
export const FORMATS: readonly {
  readonly pattern: RegExp;
  readonly code: 'DAX018' | 'DAX020' | 'DAX021' | 'DAX024' | 'DAX054';
  readonly expected: string;
}[] = [
  { pattern: DEVICE_PATTERN, code: 'DAX018', expected: 'devices are named daxR.I, as in dax0.0' },
  { pattern: NAMESPACE_PATTERN, code: 'DAX018', expected: 'namespaces are named namespaceN.M' },
  { pattern: CXL_REGION_PATTERN, code: 'DAX018', expected: 'CXL regions are named regionN' },
  { pattern: MEMDEV_PATTERN, code: 'DAX018', expected: 'CXL memory devices are named memN' },
  { pattern: NAME_PATTERN, code: 'DAX018', expected: 'letters, digits, `_`, `-`, `.`; 64 at most' },
  { pattern: SIZE_PATTERN, code: 'DAX020', expected: 'bytes or a binary unit' },
  { pattern: RANGE_PATTERN, code: 'DAX021', expected: 'start-end in hex' },
  { pattern: BLOCKS_PATTERN, code: 'DAX018', expected: 'blocks are named 33, or 33-40' },
  {
    pattern: RELEASE_PATTERN,
    code: 'DAX024',
    expected: 'releases are written as v5.1 or v6.12.117',
  },
  { pattern: FAULT_PATTERN, code: 'DAX054', expected: 'point and errno' },
];

const text = z.string().min(1);
const count = z.int().min(1);
/** Counted down in a byte of the state. */
const repeats = count.max(255);
const size = z.union([z.int().min(0), z.string().regex(SIZE_PATTERN)]);
const range = z.string().regex(RANGE_PATTERN);
const release = z.string().regex(RELEASE_PATTERN);
const deviceName = z.string().regex(DEVICE_PATTERN);
const name = z.string().regex(NAME_PATTERN);
const targetNode = z.union([z.int().min(0).max(1023), z.literal('none')]);
const policy = z.enum(['offline', 'online', 'online_kernel', 'online_movable']);
const blockNumbers = z.string().regex(BLOCKS_PATTERN);
const beneathState = z.enum(['not-loaded', 'absent']);
const moduleState = z
  .enum(['loaded', 'not-loaded', 'absent', 'builtin'])
  .describe('builtin: in the kernel image');
const oneOrMore = z.union([text, z.array(text).min(1)]);

const namespace = z
  .strictObject({ name: z.string().regex(NAMESPACE_PATTERN), metadata: size })
  .describe('The nvdimm namespace beneath; its metadata takes the first bytes.');

const region = z.strictObject({
  range: range.describe('start-end in hex, as in /proc/iomem; the end is the last byte'),
  kind: z.enum(['static', 'dynamic']).optional().describe('static: pmem; dynamic: hmem, CXL'),
  target_node: targetNode.describe("the firmware's node, or none"),
  align: size.optional().describe('power of two; default 2M'),
  kmem: z.boolean().optional().describe('devices match kmem by type (v6.3 and later)'),
  encrypted: z.boolean().optional(),
  namespace: namespace.optional(),
});

const device = z.strictObject({
  region: name.optional().describe('a region above; without it the device gets a static one'),
  range: range.optional(),
  ranges: z.array(range).min(1).optional(),
  target_node: targetNode.optional().describe('only without `region`'),
  align: size.optional().describe('only without `region`; default 2M'),
  driver: z
    .enum(['kmem', 'device_dax', 'fsdev_dax', 'none'])
    .optional()
    .describe('bound at the start'),
  blocks: z
    .union([policy, z.record(blockNumbers, policy)])
    .optional()
    .describe('its memory blocks at the start, all or by number; only on kmem'),
  compat: z.boolean().optional().describe('on the /sys/class/dax compat driver'),
  poison: z.boolean().optional().describe('uncleared media errors'),
  encrypted: z.boolean().optional().describe('only without `region`'),
  namespace: namespace.optional().describe('only without `region`'),
});

const firmwareRange = z.strictObject({ range, target_node: targetNode });
const cxlRegion = z.strictObject({
  range,
  target_node: targetNode,
  assembles: z
    .union([z.boolean(), z.literal('maybe')])
    .optional()
    .describe('whether all its memory devices are found; default true'),
  memdev: z.string().regex(MEMDEV_PATTERN).optional().describe('its memory device, memN'),
});

const machine = z.strictObject({
  block_size: z
    .union([z.literal('auto'), z.int().min(0), z.string().regex(SIZE_PATTERN)])
    .describe('size of a memory block, or auto as x86 picks it'),
  hypervisor: z
    .union([z.boolean(), text])
    .optional()
    .describe('a guest; or what systemd-detect-virt prints there, none on bare metal'),
  auto_online_blocks: policy.optional(),
  possible_nodes: z
    .array(z.int().min(0).max(31))
    .min(1)
    .optional()
    .describe('nodes that the firmware tells of; default: all that are named'),
  auto_movable: z
    .strictObject({
      ratio: count.optional().describe('memory_hotplug.auto_movable_ratio, percent; default 301'),
      numa_aware: z.boolean().optional().describe('memory_hotplug.auto_movable_numa_aware'),
    })
    .optional()
    .describe('memory_hotplug.online_policy=auto-movable; from v5.15 on'),
  memmap_on_memory: z.boolean().optional().describe('memory_hotplug.memmap_on_memory=on'),
  movable_node: z.boolean().optional().describe('the movable_node boot option'),
  mem_limit: size.optional().describe('the mem= boot option'),
  iomem: text.optional().describe('/proc/iomem at boot, as printed for root'),
  iomem_file: text.optional().describe('the same from a file, relative to this one'),
  modules: z
    .strictObject({
      device_dax: moduleState.optional(),
      kmem: moduleState.optional(),
      fsdev_dax: moduleState.optional().describe('v7.1 and later; default not-loaded'),
      dax_hmem: beneathState.optional(),
      cxl_acpi: beneathState.optional(),
      dax_cxl: beneathState.optional(),
      cxl: z.enum(['modules', 'builtin']).optional().describe('drivers/cxl; default modules'),
    })
    .optional(),
  soft_reserved: z
    .array(firmwareRange)
    .min(1)
    .optional()
    .describe("the firmware's entries that are reserved for special purposes"),
  hmat: z.array(firmwareRange).min(1).optional().describe('memory targets of the HMAT'),
  cxl: z
    .strictObject({
      windows: z.array(range).min(1).optional(),
      regions: z.record(z.string().regex(CXL_REGION_PATTERN), cxlRegion).optional(),
    })
    .optional()
    .describe('CXL windows, and regions that the firmware has set up'),
  ids: z
    .strictObject({
      device_dax: z.array(deviceName).optional(),
      kmem: z.array(deviceName).optional(),
      fsdev_dax: z.array(deviceName).optional(),
    })
    .optional()
    .describe('dynamic ids written to new_id before the start'),
  regions: z.record(name, region).optional(),
  dax: z.record(deviceName, device).optional(),
});

const actor = z.strictObject({
  script: text.optional(),
  script_file: text.optional(),
  any: z.array(text).min(1).optional().describe('commands, done in any order'),
  times: repeats.optional().describe('how many of them at most; without it, for ever'),
  rules: text.optional().describe('udev rules'),
  rules_file: oneOrMore.optional(),
  events: z
    .array(z.enum(['coldplug']))
    .optional()
    .describe('coldplug: somebody may trigger once'),
  workers: count.max(16).optional().describe('udev workers; default 1'),
});

const faultText = z.string().regex(FAULT_PATTERN);

const expect = z.strictObject({
  holds: z.boolean().optional(),
  violated: oneOrMore.optional().describe('kernel defects and policies that must be found'),
  finding: oneOrMore.optional().describe('script findings that must be found'),
  states: count.optional(),
  transitions: z.int().min(0).optional(),
  depth: z.int().min(0).optional(),
  complete: z.boolean().optional().describe('false: the limits end the search'),
});

const expressions = z.union([text, z.array(text).min(1).max(2)]);

const ownProperty = z
  .union([text, z.record(text, expressions)])
  .describe('an expression in CEL; or a form and its expressions, as in { eventually: quiet }');

/** The whole file. */
export const modelSchema = z.strictObject({
  format: z.literal(1),
  title: text,
  kernel: z.union([
    release,
    z.strictObject({
      base: release,
      without: z.array(text).optional().describe('features (commits) taken away'),
      with: z.array(text).optional().describe('features added'),
    }),
  ]),
  tools: z
    .strictObject({
      daxctl: z
        .string()
        .regex(/^v[0-9]+$/)
        .describe('release of daxctl, ndctl and cxl: v66 to v81'),
      without: z.array(text).optional().describe('features (commits) taken away'),
    })
    .optional(),
  granularity: z.enum(['call', 'step']).optional(),
  continue: z.boolean().optional().describe('explore on after a violation'),
  limits: z.strictObject({ states: count.optional(), depth: count.optional() }).optional(),
  machine,
  actors: z.record(name, z.union([text, actor])).optional(),
  faults: z
    .array(z.union([faultText, z.strictObject({ fault: faultText, times: repeats.optional() })]))
    .optional(),
  properties: z.record(name, ownProperty).optional().describe('properties of your own, by name'),
  check: z
    .array(z.union([text, z.record(text, expressions)]))
    .min(1)
    .optional(),
  expect: expect.optional(),
});

export type ModelFile = z.output<typeof modelSchema>;
export type MachineFile = ModelFile['machine'];
export type RegionFile = z.output<typeof region>;
export type DeviceFile = z.output<typeof device>;
export type ActorFile = z.output<typeof actor>;
export type ExpectFile = z.output<typeof expect>;
