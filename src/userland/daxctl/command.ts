/**
 * daxctl as a command of a script or menu: which devices or regions it goes through, what it does
 * to each, and with which status it ends.
 *
 * Source: pmem/ndctl daxctl/device.c do_xaction_device(), do_xaction_region(), daxctl/filter.c,
 * util/main.c run_builtin(), v81. Simplified: devices and regions come in the order of their
 * numbers; in a real directory any order may come.
 */
import type { Invocation } from '../sh/command.js';
import { type Context, finish, report, withStatus } from '../sh/context.js';
import type { Environment } from '../sh/environment.js';
import { refuseArguments } from '../sh/output.js';
import { type Field, requireText } from '../sh/words.js';
import { listNames } from '../sysfsPath.js';
import { TOOL_FEATURES } from '../tools.js';
import type { Universe, UniverseDevice, UniverseRegion } from '../universe.js';
import {
  create,
  type DeviceAction,
  destroy,
  disable,
  enable,
  offlineDevice,
  onlineDevice,
  reconfigure,
} from './device.js';
import { type CommandLine, parseArguments, readOptions } from './options.js';
import {
  ask,
  clear,
  ENOSPC,
  ENXIO,
  jump,
  label,
  look,
  mark,
  type Outcome,
  put,
  read,
  SAVED,
  TEXT,
  type Tool,
  unless,
  write,
} from './tool.js';

interface DeviceCommand {
  readonly action: DeviceAction;
  readonly needs: string | null;
  readonly allowed: readonly string[];
}

const COMMON = ['region', 'human', 'verbose'];

const DEVICE_COMMANDS: ReadonlyMap<string, DeviceCommand> = new Map<string, DeviceCommand>([
  [
    'reconfigure-device',
    {
      action: reconfigure,
      needs: null,
      allowed: ['mode', 'no-online', 'force', 'size', 'align', 'no-movable'],
    },
  ],
  ['online-memory', { action: onlineDevice, needs: null, allowed: ['no-movable'] }],
  ['offline-memory', { action: offlineDevice, needs: null, allowed: [] }],
  ['enable-device', { action: enable, needs: 'divide', allowed: [] }],
  ['disable-device', { action: disable, needs: 'divide', allowed: [] }],
  ['destroy-device', { action: destroy, needs: 'divide', allowed: ['force'] }],
]);

const USAGE =
  'daxctl reconfigure-device|online-memory|offline-memory|enable-device|disable-device|' +
  'destroy-device DEVICE, or create-device';

/** All features, where the model names no release. */
const ALL_FEATURES: ReadonlySet<string> = new Set(TOOL_FEATURES.map(({ id }) => id));

export const featuresOf = (universe: Universe): ReadonlySet<string> =>
  universe.tools ?? ALL_FEATURES;

/** Compiles a command of daxctl; null when it is at fault (reported). */
export function compileDaxctl(context: Context, call: Invocation): Environment | null {
  const texts = call.fields.map((field) =>
    isEventDevice(field) ? EVENT_DEVICE : requireText(context, field, 'an argument of daxctl'),
  );
  const known = texts.filter((text) => text !== null);
  if (known.length < texts.length) return null;
  const [verb = '', ...rest] = known;
  // What it lists is read by nobody here, and changes nothing.
  if (verb === 'list') return finish(context, call.at, call.env, 0);
  const line = parseArguments(rest);
  if (line === null) return refuseArguments(context, call, USAGE);
  if (verb === 'create-device') return compileCreate(context, call, line);
  const command = DEVICE_COMMANDS.get(verb);
  if (command === undefined || !isAllowed(line, command.allowed)) {
    return refuseArguments(context, call, USAGE);
  }
  if (isMissing(context, call, line, command.needs)) return null;
  return compileOverDevices(context, call, line, command.action);
}

/** Stands for the device of a udev event, as `%k` and `$kernel` name it. */
const EVENT_DEVICE = '%k';

function isEventDevice({ pieces }: Field): boolean {
  const solid = pieces.filter((piece) => piece.kind !== 'text' || piece.text !== '');
  return solid.length === 1 && solid[0]?.kind === 'event-device';
}

function isAllowed(line: CommandLine, allowed: readonly string[]): boolean {
  return [...line.options.keys()].every((name) => COMMON.includes(name) || allowed.includes(name));
}

/** Reports what this release of the tools cannot do. */
function isMissing(
  context: Context,
  call: Invocation,
  line: CommandLine,
  needs: string | null,
): boolean {
  const features = featuresOf(context.universe);
  const wanted = [
    needs,
    line.options.has('no-movable') ? 'no-movable' : null,
    line.options.has('size') || line.options.has('align') ? 'divide' : null,
  ].find((name) => name !== null && !features.has(name));
  if (wanted === undefined) return false;
  const since = TOOL_FEATURES.find(({ id }) => id === wanted)?.since ?? '';
  const message = 'this release of daxctl cannot do that';
  report(context, 'DAX203', call.at, message, {
    suggestion: `write \`tools: { daxctl: ${since} }\``,
  });
  return true;
}

/** Region X of daxX.Y, as `--region` names it. */
function inRegion(device: UniverseDevice, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === 'all') return true;
  const number = /^(?:region)?(\d+)/.exec(wanted)?.[1];
  return device.region === wanted || device.name.startsWith(`dax${number}.`);
}

function findDevices(
  context: Context,
  call: Invocation,
  line: CommandLine,
): readonly UniverseDevice[] | null {
  const [wanted, ...others] = line.words;
  if (wanted === undefined || others.length > 0) return refuseArguments(context, call, USAGE);
  const { devices } = context.universe;
  const filtered = devices.filter((device) => inRegion(device, line.options.get('region')));
  const found = filtered.filter(
    ({ name }) =>
      wanted === 'all' || wanted === EVENT_DEVICE || name === wanted || name === `dax${wanted}`,
  );
  if (found.length > 0) return found;
  const suggestion = listNames(
    'devices',
    devices.map(({ name }) => name),
  );
  report(context, 'DAX211', call.at, `this model has no device ${wanted} there`, { suggestion });
  return null;
}

/** Compiles an action for each device, and the status of them all. */
function compileOverDevices(
  context: Context,
  call: Invocation,
  line: CommandLine,
  action: DeviceAction,
): Environment | null {
  const options = readOptions(line);
  const devices = findDevices(context, call, line);
  if (options === null) return refuseArguments(context, call, USAGE);
  if (devices === null) return null;
  const features = featuresOf(context.universe);
  const base = { context, at: call.at, name: 'daxctl', features, options };
  const any = features.has('any-failure');
  if (!any) {
    setStatus(base, ENXIO);
    put(base, { op: 'keep', variable: SAVED });
  }
  for (const device of devices) {
    const next = label(base);
    const end = (outcome: Outcome): void => {
      setStatus(base, outcome);
      if (outcome !== 0 || !any) put(base, { op: 'keep', variable: SAVED });
      jump(base, next);
    };
    if (line.words[0] === EVENT_DEVICE) {
      const right = { kind: 'constant', text: device.name } as const;
      put(base, { op: 'equal', left: { kind: 'event-device' }, right });
      unless(base, next);
    }
    look(base, { kind: 'device-directory', device: device.name });
    unless(base, next);
    action({ ...base, device, end });
    mark(base, next);
  }
  put(base, { op: 'recall', variable: SAVED });
  clear(base, SAVED);
  return withStatus(call.env, 'runtime');
}

/** The exit status of an outcome: the low byte of -errno, or a positive number itself. */
function setStatus(tool: Pick<Tool, 'context' | 'at'>, outcome: Outcome): void {
  if (outcome === 'errno') put(tool, { op: 'negate' });
  else put(tool, { op: 'status', value: outcome <= 1 ? outcome : 256 - outcome });
}

/** Compiles create-device: in each region that is asked for, one device of what is free there. */
function compileCreate(context: Context, call: Invocation, line: CommandLine): Environment | null {
  const options = readOptions(line);
  if (options === null || !isAllowed(line, ['size', 'align']) || line.words.length > 0) {
    return refuseArguments(context, call, 'daxctl create-device [-r REGION] -s SIZE [-a ALIGN]');
  }
  if (isMissing(context, call, line, 'divide')) return null;
  const wanted = line.options.get('region');
  const { regions, devices } = context.universe;
  const found = regions.filter(({ name }) =>
    devices.some((device) => device.region === name && inRegion(device, wanted)),
  );
  const features = featuresOf(context.universe);
  const base = { context, at: call.at, name: 'daxctl', features, options };
  setStatus(base, ENXIO);
  for (const region of found) createIn(base, region, devices);
  return withStatus(call.env, 'runtime');
}

/**
 * Source: do_create(). Between the write of `create` and the read of `seed` another one may have
 * made a device: both then take the same one.
 */
function createIn(
  base: Pick<Tool, 'context' | 'at' | 'name' | 'features' | 'options'>,
  { name: region }: UniverseRegion,
  devices: readonly UniverseDevice[],
): void {
  const next = label(base);
  const none = label(base);
  const end = (outcome: Outcome): void => {
    setStatus(base, outcome);
    jump(base, next);
  };
  write(base, { kind: 'region', region, attr: 'create' }, '1');
  unless(base, none);
  read(base, { kind: 'region', region, attr: 'seed' }, TEXT);
  for (const device of devices.filter((each) => each.region === region)) {
    const other = label(base);
    ask(base, TEXT, device.name);
    unless(base, other);
    clear(base, TEXT);
    create({ ...base, device, end });
    mark(base, other);
  }
  clear(base, TEXT);
  mark(base, none);
  end(ENOSPC);
  mark(base, next);
}
