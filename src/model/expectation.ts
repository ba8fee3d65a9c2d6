/**
 * Builds what a model asks for: the properties to check, and the verdict that it declares.
 *
 * Whether a property of that name exists is checked by a later layer.
 */
import { type Context, report, shownPlace } from './context.js';
import type { Expectation, Limits, Machine, PropertyRequest } from './model.js';
import { buildForm, isOwnForm } from './ownProperties.js';
import { DEVICE_PATTERN, type ExpectFile, type ModelFile } from './schema.js';
import { suggestion } from './suggest.js';

/** Builds the list of properties; null when the file has none, which means the default ones. */
export function buildCheck(
  context: Context,
  written: ModelFile['check'],
  machine: Machine,
): PropertyRequest[] | null {
  if (written === undefined) return null;
  const requests: PropertyRequest[] = [];
  for (const [index, entry] of written.entries()) {
    const request = buildRequest(context, entry, index, machine);
    if (request === null) continue;
    const same = requests.find((one) => keyOf(one) === keyOf(request));
    if (same === undefined) requests.push(request);
    else {
      const values = { place: shownPlace(same.place, request.place) };
      report(context, 'DAX046', request.place, `\`${request.name}\` is asked for twice`, values);
    }
  }
  return requests;
}

/** Two requests with the same key ask for the same. */
function keyOf({ name, device, own }: PropertyRequest): string {
  return JSON.stringify([name, device, own?.expressions.map(({ text }) => text)]);
}

type WrittenRequest = NonNullable<ModelFile['check']>[number];

function buildRequest(
  context: Context,
  entry: WrittenRequest,
  index: number,
  machine: Machine,
): PropertyRequest | null {
  const place = context.source.placeOf(['check', index]);
  if (typeof entry === 'string') return { name: entry, device: null, place };
  const [pair, ...others] = Object.entries(entry);
  if (pair === undefined || others.length > 0) {
    const message = `expected one property with its device, found ${Object.keys(entry).length}`;
    report(context, 'DAX055', place, message);
    return { name: pair?.[0] ?? '', device: null, place };
  }
  const [name, device] = pair;
  if (isOwnForm(name)) {
    const path = ['check', index, name];
    const own = buildForm(context, { name, form: name, path }, device);
    return own === null ? null : { name, device: null, place, own };
  }
  if (typeof device !== 'string') {
    report(context, 'DAX012', ['check', index, name], `\`${name}\` takes one device`, {
      expected: 'the name of a device',
    });
    return null;
  }
  checkDevice(context, device, ['check', index, name], machine);
  return { name, device, place };
}

/** A device may appear later where userland can create some: in a dynamic region. */
function checkDevice(
  context: Context,
  device: string,
  path: readonly PropertyKey[],
  machine: Machine,
): void {
  const names = machine.devices.map((one) => one.name);
  if (names.includes(device) || context.source.has(['machine', 'dax', device])) return;
  const isDynamic =
    machine.firmware !== null || machine.regions.some((region) => region.kind === 'dynamic');
  if (isDynamic && DEVICE_PATTERN.test(device)) return;
  const values = { suggestion: suggestion(device, names) };
  report(context, 'DAX045', path, `no device of this model is named \`${device}\``, values);
}

/** Builds the declared verdict and looks for contradictions in it; null when the file has none. */
export function buildExpectation(
  context: Context,
  written: ExpectFile | undefined,
  limits: Limits,
): Expectation | null {
  if (written === undefined) return null;
  const expectation: Expectation = {
    violated: listOf(written.violated),
    findings: listOf(written.finding),
    states: written.states ?? null,
    transitions: written.transitions ?? null,
    depth: written.depth ?? null,
    complete: written.complete ?? true,
    place: context.source.keyPlaceOf(['expect']),
  };
  const expected = contradiction(written, expectation, limits);
  if (expected !== null) {
    const message = 'this verdict can never be met as it is written';
    report(context, 'DAX053', expectation.place, message, { expected });
  }
  return expectation;
}

function contradiction(
  written: ExpectFile,
  expectation: Expectation,
  limits: Limits,
): string | null {
  const finds = expectation.violated.length + expectation.findings.length > 0;
  if (written.holds === false) return 'name what fails: `violated:` or `finding:`';
  if (written.holds === true && finds) return '`holds` goes without `violated` and `finding`';
  if (written.holds === true && !expectation.complete) {
    return 'a search that its limits end never says `holds`: remove `holds: true`';
  }
  if (written.holds === undefined && !finds && expectation.complete) {
    return 'write `holds: true`, `violated:`, `finding:` or `complete: false`';
  }
  if (!expectation.complete && limits.states === null && limits.depth === null) {
    return '`complete: false` needs `limits:` that end the search';
  }
  return null;
}

function listOf(names: string | readonly string[] | undefined): readonly string[] {
  if (names === undefined) return [];
  return typeof names === 'string' ? [names] : names;
}
