/**
 * Commands that act on the machine other than by sysfs: modules, namespaces, udev, processes.
 */
import type { DriverName } from '../../model/model.js';
import { compileNamespace, compileRegionDisable, type NamespaceVerb } from '../daxctl/ndctl.js';
import type { DeviceVerb } from '../program.js';
import { listNames } from '../sysfsPath.js';
import type { UniverseRegion } from '../universe.js';
import {
  beneathModule,
  compileBeneathLoad,
  compileBeneathUnload,
  compileCxlRegion,
  compileMemdev,
  isOnCxlRegions,
  isOnMemdevs,
} from './beneathCommands.js';
import type { Invocation } from './command.js';
import { type Context, emit, finish, report, withStatus } from './context.js';
import type { Environment } from './environment.js';
import { refuseArguments } from './output.js';
import { type Field, requireText } from './words.js';

/** Compiles modprobe, modprobe -r and rmmod. */
export function compileModule(context: Context, call: Invocation): Environment | null {
  const words = argumentTexts(context, call);
  if (words === null) return null;
  const options = words.filter((word) => word.startsWith('-'));
  const names = words.filter((word) => !word.startsWith('-'));
  const removing = options.some((option) => option === '-r' || option === '--remove');
  const known = ['-r', '--remove', '-q', '--quiet', '-v', '--verbose'];
  const [name] = names;
  if (names.length !== 1 || name === undefined || options.some((word) => !known.includes(word))) {
    return refuseArguments(context, call, 'modprobe [-r] kmem');
  }
  const beneath = beneathModule(name);
  const verb = removing || call.name === 'rmmod' ? 'unload' : 'load';
  if (beneath !== null) {
    const compile = verb === 'load' ? compileBeneathLoad : compileBeneathUnload;
    return compile(context, call, beneath);
  }
  const module = driverModule(name);
  if (module === null) {
    const suggestion = 'the modelled modules are device_dax, kmem and fsdev_dax';
    report(context, 'DAX204', call.at, `module ${name} is not modelled`, { suggestion });
    return null;
  }
  if ((context.universe.builtin ?? []).includes(module)) {
    // There is nothing to load; taking it away fails, with `Module kmem is builtin`.
    return finish(context, call.at, call.env, verb === 'load' ? 0 : 1);
  }
  emit(context, call.at, { op: 'module', verb, module });
  return withStatus(call.env, 'runtime');
}

/** modprobe takes '-' for '_', as in file names of modules. */
function driverModule(name: string): DriverName | null {
  const plain = name.replaceAll('-', '_').replace(/\.ko$/, '');
  return plain === 'kmem' || plain === 'device_dax' || plain === 'fsdev_dax' ? plain : null;
}

/** Compiles `udevadm settle` and `udevadm trigger`. */
export function compileUdevadm(context: Context, call: Invocation): Environment | null {
  const words = argumentTexts(context, call);
  if (words === null) return null;
  if (words[0] === 'settle') {
    emit(context, call.at, { op: 'settle' });
    return finish(context, call.at, call.env, 0);
  }
  if (words[0] === 'trigger') return compileTrigger(context, call, words.slice(1));
  return refuseArguments(context, call, 'udevadm settle');
}

const ACTIONS = ['add', 'remove', 'change', 'online', 'offline'] as const;

/** Compiles `udevadm trigger`, whose action is change where none is named. */
function compileTrigger(
  context: Context,
  call: Invocation,
  words: readonly string[],
): Environment | null {
  let action: (typeof ACTIONS)[number] | undefined = 'change';
  let subsystem: string | null = null;
  const joined = words.join(' ').replace(/(--action|-c|--subsystem-match|-s)[ =]/g, '$1=');
  for (const word of joined.split(' ').filter((each) => each !== '')) {
    const [option, value] = word.split('=');
    if (option === '--settle' || option === '-w' || option === '--type') continue;
    if (option === '--action' || option === '-c') action = ACTIONS.find((name) => name === value);
    else if (option === '--subsystem-match' || option === '-s') subsystem = value ?? '';
    else return refuseArguments(context, call, TRIGGER_USAGE);
  }
  const known = subsystem === null || subsystem === 'memory' || subsystem === 'dax';
  if (action === undefined || !known) return refuseArguments(context, call, TRIGGER_USAGE);
  const kind = subsystem === 'memory' || subsystem === 'dax' ? subsystem : null;
  emit(context, call.at, { op: 'trigger', subsystem: kind, action });
  if (words.includes('--settle') || words.includes('-w')) {
    emit(context, call.at, { op: 'settle' }, 'udevadm settle');
  }
  return finish(context, call.at, call.env, 0);
}

const TRIGGER_USAGE = 'udevadm trigger [-c ACTION] [-s memory|dax] [--settle]';

/** Compiles a process that opens, maps or pins a device: a plain verb and a device node. */
export function compileProcess(context: Context, call: Invocation): Environment | null {
  const words = argumentTexts(context, call);
  if (words === null) return null;
  if (call.name === 'open' && words.length === 1 && words[0] === '/proc/kcore') {
    emit(context, call.at, { op: 'open-kcore' });
    return withStatus(call.env, 'runtime');
  }
  const device = /^\/dev\/(dax\d+\.\d+)$/.exec(words[0] ?? '')?.[1];
  if (words.length !== 1 || device === undefined) {
    return refuseArguments(context, call, `${call.name} /dev/dax0.0`);
  }
  const names = context.universe.devices.map(({ name }) => name);
  if (!names.includes(device)) {
    const suggestion = listNames('devices', names);
    report(context, 'DAX211', call.at, `this model has no device ${device}`, { suggestion });
    return null;
  }
  emit(context, call.at, { op: 'process', verb: call.name as DeviceVerb, device });
  // A fault that finds no memory is a signal, which ends the process whatever the script tests.
  if (call.name === 'touch') emit(context, call.at, { op: 'jump-if-failed', to: context.end });
  return withStatus(call.env, 'runtime');
}

/** Compiles `kexec -p KERNEL`: a crash kernel is loaded. */
export function compileKexec(context: Context, call: Invocation): Environment | null {
  const words = argumentTexts(context, call);
  if (words === null) return null;
  const isCrash = words[0] === '-p' || words[0] === '--load-panic';
  if (!isCrash || words.length < 2) return refuseArguments(context, call, 'kexec -p KERNEL');
  emit(context, call.at, { op: 'kexec-crash' });
  return withStatus(call.env, 'runtime');
}

const NDCTL_USAGE =
  'ndctl disable-namespace|enable-namespace|destroy-namespace|clear-errors NAMESPACE, ' +
  'create-namespace -m devdax -e NAMESPACE [-f], ' +
  'disable-region|enable-region|setup-passphrase REGION';

/** Compiles the subcommands of ndctl that matter beneath a dax device. */
export function compileNdctl(context: Context, call: Invocation): Environment | null {
  const words = argumentTexts(context, call);
  if (words === null) return null;
  const force = words.some((word) => word === '-f' || word === '--force' || word === '-fe');
  const plain = plainWords(words);
  const [verb = '', target = ''] = plain;
  const change = NAMESPACE_VERBS.get(verb);
  if (change !== undefined && plain.length === 2 && !target.startsWith('-')) {
    const found = findRegions(context, call, { target, byRegion: false });
    if (found === null) return null;
    return compileNamespace(context, call, { verb: change, force, regions: found });
  }
  const known = /^(?:(?:dis|en)able-(?:namespace|region)|clear-errors|setup-passphrase)$/;
  if (plain.length !== 2 || !known.test(verb) || target.startsWith('-')) {
    return refuseArguments(context, call, NDCTL_USAGE);
  }
  const regions = findRegions(context, call, { target, byRegion: verb.endsWith('region') });
  if (regions === null) return null;
  // With `all`, the status is that of the last one.
  for (const region of regions) emitNdctl(context, call, verb, region);
  return withStatus(call.env, 'runtime');
}

const NAMESPACE_VERBS: ReadonlyMap<string, NamespaceVerb> = new Map([
  ['disable-namespace', 'disable'],
  ['destroy-namespace', 'destroy'],
  ['create-namespace', 'create'],
]);

/** Options of create-namespace that name what every namespace here is, and those without effect. */
const WITHOUT_EFFECT = ['-f', '--force', '-v', '--verbose', '-e', '--reconfig', '--continue'];

/** The words without options; of `-fe NAME` and `--reconfig=NAME` the name is left. */
function plainWords(words: readonly string[]): readonly string[] {
  return words
    .flatMap((word) => (word === '-fe' ? [] : [word.replace(/^--reconfig=/, '')]))
    .filter((word, index, all) => {
      const isMode = /^(?:-m|--mode)$/.test(all[index - 1] ?? '') && word === 'devdax';
      return !isMode && !/^(?:-m|--mode|--mode=devdax)$/.test(word);
    })
    .filter((word) => !WITHOUT_EFFECT.includes(word));
}

/** Compiles cxl disable-region and enable-region: of a dynamic region, its dax driver's part. */
export function compileCxl(context: Context, call: Invocation): Environment | null {
  const words = argumentTexts(context, call);
  if (words === null) return null;
  const force = words.some((word) => word === '-f' || word === '--force');
  const [verb = '', target = '', ...rest] = words.filter((word) => !/^(?:-f|--force)$/.test(word));
  if (isOnCxlRegions(context, verb)) return compileCxlRegion(context, call);
  if (isOnMemdevs(verb)) return compileMemdev(context, call);
  if (!/^(?:dis|en)able-region$/.test(verb) || target === '' || rest.length > 0) {
    return refuseArguments(context, call, 'cxl disable-region|enable-region REGION [-f]');
  }
  const regions = context.universe.regions.filter(({ kind }) => kind === 'dynamic');
  const region = regions.find(({ name }) => name === target);
  if (region === undefined) {
    const suggestion = listNames(
      'dynamic regions',
      regions.map(({ name }) => name),
    );
    report(context, 'DAX211', call.at, `this model has no ${target} for cxl`, { suggestion });
    return null;
  }
  if (verb === 'disable-region') return compileRegionDisable(context, call, { force, region });
  const file = { kind: 'provider', driver: 'cxl_dax_region', attr: 'bind' } as const;
  const value = { kind: 'constant', text: region.name } as const;
  emit(context, call.at, { op: 'write', file, value });
  return withStatus(call.env, 'runtime');
}

function emitNdctl(context: Context, call: Invocation, verb: string, region: UniverseRegion): void {
  if (verb === 'setup-passphrase') {
    emit(context, call.at, { op: 'encrypt', region: region.name });
    return;
  }
  if (verb !== 'clear-errors') {
    const change = verb.startsWith('enable') ? 'enable' : 'disable';
    emit(context, call.at, { op: 'namespace', verb: change, region: region.name });
    return;
  }
  const devices = context.universe.devices.filter((device) => device.region === region.name);
  for (const device of devices) {
    emit(context, call.at, { op: 'clear-errors', device: device.name });
  }
}

interface RegionQuery {
  readonly target: string;
  readonly byRegion: boolean;
}

function findRegions(
  context: Context,
  call: Invocation,
  { target, byRegion }: RegionQuery,
): readonly UniverseRegion[] | null {
  const below = context.universe.regions.filter(({ kind }) => kind === 'static');
  const candidates = byRegion ? below : below.filter(({ namespace }) => namespace !== null);
  const found = candidates.filter(
    ({ name, namespace }) => target === 'all' || target === namespace || target === name,
  );
  if (found.length > 0) return found;
  const names = below.flatMap(({ name, namespace }) =>
    byRegion || namespace === null ? [name] : [namespace],
  );
  const what = byRegion ? 'regions' : 'namespaces';
  const suggestion = listNames(what, names);
  report(context, 'DAX211', call.at, `this model has no ${target} for ndctl`, { suggestion });
  return null;
}

function argumentTexts(context: Context, call: Invocation): string[] | null {
  const texts = call.fields.map((field: Field) =>
    requireText(context, field, `an argument of ${call.name}`),
  );
  const known = texts.filter((text) => text !== null);
  return known.length === texts.length ? known : null;
}
