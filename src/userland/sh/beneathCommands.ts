/**
 * Commands on what lies beneath drivers/dax: its modules, and the regions of `cxl`.
 */
import type { BeneathModule } from '../../model/model.js';
import { offlineBefore } from '../daxctl/ndctl.js';
import { listNames } from '../sysfsPath.js';
import type { Invocation } from './command.js';
import { type Context, emit, report, withStatus } from './context.js';
import type { Environment } from './environment.js';
import { refuseArguments } from './output.js';
import { requireText } from './words.js';

const MODULES: readonly BeneathModule[] = ['dax_hmem', 'cxl_acpi', 'dax_cxl'];

/** The module beneath drivers/dax of a name, as modprobe and insmod take it; null for others. */
export function beneathModule(name: string): BeneathModule | null {
  const plain = name
    .replace(/^.*\//, '')
    .replaceAll('-', '_')
    .replace(/\.ko(?:\.[xg]z|\.zst)?$/, '');
  return MODULES.find((module) => module === plain) ?? null;
}

/** Whether a module can ever be loaded; where it cannot, that is a fault of the script. */
function exists(context: Context, call: Invocation, module: BeneathModule): boolean {
  const { modules = [] } = context.universe;
  if (modules.includes(module)) return true;
  const message =
    modules.length === 0
      ? `module ${module} has nothing to do: the machine names no range of the firmware's`
      : `module ${module} is absent`;
  const suggestion = 'docs/model-format.md: soft_reserved, hmat, cxl, modules';
  report(context, 'DAX204', call.at, message, { suggestion });
  return false;
}

/**
 * Compiles the unloading of a module beneath drivers/dax: rmmod takes that one alone, modprobe -r
 * also what it was loaded for, as far as nobody uses it.
 *
 * Source: kmod tools/modprobe.c rmmod_do_module(), v30.
 */
export function compileBeneathUnload(
  context: Context,
  call: Invocation,
  module: BeneathModule,
): Environment | null {
  if (!exists(context, call, module)) return null;
  const first = call.name !== 'rmmod';
  emit(context, call.at, { op: 'beneath', deed: `unload ${module}`, first, region: null });
  return withStatus(call.env, 'runtime');
}

/** Compiles the loading of a module beneath drivers/dax, as modprobe or as insmod does it. */
export function compileBeneathLoad(
  context: Context,
  call: Invocation,
  module: BeneathModule,
): Environment | null {
  if (!exists(context, call, module)) return null;
  const { modules = [] } = context.universe;
  const heeds = call.name === 'modprobe' && modules.includes('cxl_acpi');
  emit(context, call.at, {
    op: 'beneath',
    deed: `load ${module}`,
    first: module === 'dax_hmem' && heeds,
    region: null,
  });
  return withStatus(call.env, 'runtime');
}

/** Compiles insmod, which heeds no dependency. */
export function compileInsmod(context: Context, call: Invocation): Environment | null {
  const [field] = call.fields;
  const path = field === undefined ? null : requireText(context, field, 'a module');
  const module = path === null ? null : beneathModule(path);
  if (call.fields.length !== 1 || module === null) {
    return refuseArguments(context, call, 'insmod dax_hmem.ko');
  }
  return compileBeneathLoad(context, call, module);
}

interface CxlCall<Verb> {
  readonly verb: Verb;
  readonly target: string;
  readonly isForced: boolean;
}

/** One of some verbs of cxl's with its one object; reports other arguments and returns null. */
function cxlCall<Verb extends string>(
  context: Context,
  call: Invocation,
  { verbs, usage }: { readonly verbs: readonly Verb[]; readonly usage: string },
): CxlCall<Verb> | null {
  const words = call.fields.map((field) => requireText(context, field, 'an argument of cxl'));
  const isForce = (word: string | null): boolean => word === '-f' || word === '--force';
  const [first, target = null, ...rest] = words.filter((word) => !isForce(word));
  const verb = verbs.find((one) => one === first);
  if (verb === undefined || target === null || rest.length > 0) {
    return refuseArguments(context, call, usage);
  }
  return { verb, target, isForced: words.some(isForce) };
}

const MEMDEVS = {
  verbs: ['disable-memdev', 'enable-memdev'],
  usage: 'cxl disable-memdev|enable-memdev MEMDEV [-f]',
} as const;

/** Whether a command of cxl's is one on a memory device. */
export const isOnMemdevs = (verb: string): boolean => /^(?:dis|en)able-memdev$/.test(verb);

/** Compiles `cxl disable-memdev` and `cxl enable-memdev`; the region behind the device is named. */
export function compileMemdev(context: Context, call: Invocation): Environment | null {
  const asked = cxlCall(context, call, MEMDEVS);
  if (asked === null) return null;
  const { verb, target, isForced } = asked;
  const { cxlMemdevs = [] } = context.universe;
  const found = cxlMemdevs.find(({ name }) => name === target);
  if (found === undefined) {
    const suggestion = listNames(
      'memory devices (`memdev` of a CXL region)',
      cxlMemdevs.map(({ name }) => name),
    );
    report(context, 'DAX211', call.at, `this model has no memory device ${target}`, { suggestion });
    return null;
  }
  emit(context, call.at, { op: 'beneath', deed: verb, first: isForced, region: found.region });
  return withStatus(call.env, 'runtime');
}

const CXL_REGIONS = {
  verbs: ['create-region', 'destroy-region'],
  usage: 'cxl create-region|destroy-region REGION [-f]',
} as const;

/** Whether a command of cxl's is one on the regions that the firmware set up. */
export const isOnCxlRegions = (context: Context, verb: string): boolean =>
  /^(?:create|destroy)-region$/.test(verb) && (context.universe.cxlRegions ?? []).length > 0;

/** Compiles `cxl create-region` and `cxl destroy-region` of a region that the firmware set up. */
export function compileCxlRegion(context: Context, call: Invocation): Environment | null {
  const asked = cxlCall(context, call, CXL_REGIONS);
  if (asked === null) return null;
  const { verb, target, isForced } = asked;
  const { cxlRegions = [] } = context.universe;
  if (!cxlRegions.includes(target)) {
    const suggestion = listNames('CXL regions', cxlRegions);
    report(context, 'DAX211', call.at, `this model has no CXL region ${target}`, { suggestion });
    return null;
  }
  const first = verb === 'destroy-region' && isForced;
  if (first) offlineBefore(context, call, target);
  emit(context, call.at, { op: 'beneath', deed: verb, first, region: target });
  return withStatus(call.env, 'runtime');
}
