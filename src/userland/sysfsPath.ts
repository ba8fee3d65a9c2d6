/**
 * Resolves a path as written in a script to the sysfs file that it names.
 */
import type { DiagnosticCode } from '../errors.js';
import type { SysfsFile } from './program.js';
import {
  type Bindings,
  NOT_MODELLED,
  PATH_FORMS,
  type PathForm,
  PLACEHOLDERS,
  type Placeholder,
} from './sysfsForms.js';
import { blocksOf, hasBlock, type Universe } from './universe.js';

export type Resolution =
  | { readonly kind: 'file'; readonly file: SysfsFile }
  | {
      readonly kind: 'fault';
      readonly code: DiagnosticCode;
      readonly message: string;
      readonly suggestion: string;
    };

/**
 * Finds the file of an absolute path.
 *
 * A path that no form describes is a fault that names the nearest one; so is an object that is not
 * in the universe. Whether the file exists at some moment is not asked here.
 */
export function resolveSysfs(path: string, universe: Universe): Resolution {
  const segments = normalise(path, universe);
  const plain = `/${segments.join('/')}`;
  for (const candidate of PATH_FORMS) {
    const bindings = matchForm(candidate, segments);
    if (bindings === null) continue;
    return checkObjects(candidate.file(bindings), universe);
  }
  if (NOT_MODELLED.some((pattern) => pattern.test(plain))) {
    const message = `${plain} exists in kernels, but is not modelled`;
    return fault('DAX210', message, `the nearest modelled path is ${nearestPath(segments)}`);
  }
  return fault(
    'DAX210',
    `no modelled kernel has ${plain}`,
    `did you mean ${nearestPath(segments)}`,
  );
}

/** Splits a path, dropping empty and '.' segments and resolving '..'. */
function normalise(path: string, universe: Universe): string[] {
  const done: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') {
      done.push(segment);
      continue;
    }
    // Entries of /sys/bus/dax/devices are links: '..' of a device leads to its region.
    const last = done.pop() ?? '';
    const device = universe.devices.find(({ name }) => name === last);
    if (device !== undefined && done.join('/') === 'sys/bus/dax/devices') {
      done.splice(0, done.length, 'sys', 'devices', 'platform', device.region);
    }
  }
  return done;
}

function matchForm(form: PathForm, segments: readonly string[]): Bindings | null {
  if (form.segments.length !== segments.length) return null;
  const found: { -readonly [K in keyof Bindings]: Bindings[K] } = {
    device: '',
    block: 0,
    region: '',
    driver: 'kmem',
    mapping: 0,
    attr: '',
  };
  for (const [index, pattern] of form.segments.entries()) {
    const segment = segments[index] ?? '';
    const placeholder = placeholderOf(pattern);
    if (placeholder === null) {
      if (!pattern.split('|').includes(segment)) return null;
      found.attr = segment;
      continue;
    }
    if (!PLACEHOLDERS[placeholder].shape.test(segment)) return null;
    if (placeholder === 'device') found.device = segment;
    if (placeholder === 'region' || placeholder === 'namespace') found.region = segment;
    if (placeholder === 'driver') found.driver = segment as Bindings['driver'];
    if (placeholder === 'mapping') found.mapping = Number(segment.slice('mapping'.length));
    if (placeholder === 'block') found.block = blockOf(segment);
  }
  return found;
}

function blockOf(segment: string): number | 'event' {
  return segment === 'memory@event' ? 'event' : Number(segment.slice('memory'.length));
}

function placeholderOf(pattern: string): Placeholder | null {
  return pattern.startsWith('{') ? (pattern.slice(1, -1) as Placeholder) : null;
}

function checkObjects(file: SysfsFile, universe: Universe): Resolution {
  if ('device' in file && !universe.devices.some(({ name }) => name === file.device)) {
    const names = universe.devices.map(({ name }) => name);
    return fault('DAX211', `this model has no device ${file.device}`, listNames('devices', names));
  }
  const isNamespace = file.kind === 'namespace';
  const names = universe.regions.map(({ name, namespace }) => (isNamespace ? namespace : name));
  if ('region' in file && !names.includes(file.region)) {
    const what = isNamespace ? 'namespace' : 'region';
    const known = names.filter((name) => name !== null);
    const message = `this model has no ${what} ${file.region}`;
    return fault('DAX211', message, listNames(`${what}s`, known));
  }
  if ('block' in file && file.block !== 'event') {
    if (!hasBlock(universe, file.block)) {
      const message = `memory${file.block} can never exist: no device has that block`;
      return fault('DAX211', message, `its blocks are ${blockRanges(blocksOf(universe))}`);
    }
  }
  return { kind: 'file', file };
}

function fault(code: DiagnosticCode, message: string, suggestion: string): Resolution {
  return { kind: 'fault', code, message, suggestion };
}

/** Lists names for a hint, at most eight of them. */
export function listNames(what: string, names: readonly string[]): string {
  if (names.length === 0) return `it has no ${what}`;
  const shown = names.slice(0, 8).join(', ');
  return `its ${what} are ${shown}${names.length > 8 ? ', …' : ''}`;
}

/** Writes block numbers as runs, such as `memory32-memory33, memory40`, at most eight of them. */
export function blockRanges(blocks: readonly number[]): string {
  if (blocks.length === 0) return 'none (no device has a full memory block)';
  const runs: [number, number][] = [];
  for (const block of blocks) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === block - 1) last[1] = block;
    else runs.push([block, block]);
  }
  const shown = runs
    .slice(0, 8)
    .map(([low, high]) => (low === high ? `memory${low}` : `memory${low}-memory${high}`));
  return `${shown.join(', ')}${runs.length > 8 ? ', …' : ''}`;
}

/** The modelled path with the fewest edits from what was written, with the written object names. */
function nearestPath(segments: readonly string[]): string {
  const written = segments.join('/').slice(0, PATH_LENGTH_MAX);
  let best = '';
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const { segments: pattern } of PATH_FORMS) {
    for (const path of spellings(pattern, segments)) {
      const distance = editDistance(path, written);
      if (distance >= bestDistance) continue;
      best = path;
      bestDistance = distance;
    }
  }
  return `/${best}`;
}

/** Longer texts are cut before they are compared: no modelled path is near them. */
const PATH_LENGTH_MAX = 200;

function spellings(pattern: readonly string[], segments: readonly string[]): string[] {
  let paths = [''];
  for (const [index, segment] of pattern.entries()) {
    const placeholder = placeholderOf(segment);
    const written = segments[index] ?? '';
    const fits = placeholder !== null && PLACEHOLDERS[placeholder].shape.test(written);
    const example = placeholder === null ? segment : PLACEHOLDERS[placeholder].example;
    const choices = placeholder === null ? segment.split('|') : [fits ? written : example];
    paths = paths.flatMap((path) =>
      choices.map((choice) => (path === '' ? choice : `${path}/${choice}`)),
    );
  }
  return paths;
}

/** Levenshtein distance. Cost: length times length. */
export function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + same,
        ),
      );
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
