/**
 * What a command that is not understood may do: any of the writes below, any number of them, in any
 * order, and then succeed or fail.
 *
 * It has ended when the next line begins. Files whose values are numbers without end (sizes,
 * mappings, new devices of a dynamic region) are not among its files.
 */
import type { Diagnostic } from '../errors.js';
import type { DriverName } from '../model/model.js';
import type { Builder, Draft, Origin } from './builder.js';
import { globMatches, parseGlob } from './glob.js';
import type { SysfsFile } from './program.js';
import { sysfsPath } from './sysfsForms.js';
import { blocksOf, type Universe } from './universe.js';

/** How commands are taken that are not understood, and which ones were. */
export interface Havoc {
  /** Patterns of paths that they may write; null: all files, modules and `udevadm trigger`. */
  readonly files: readonly string[] | null;
  /** What was not understood, in words: filled while scripts and rules are compiled. */
  readonly noted: Map<string, Diagnostic>;
}

/** One thing that may be done. */
interface Deed {
  readonly draft: Draft;
  readonly text: string;
}

const DRIVERS: readonly DriverName[] = ['device_dax', 'kmem', 'fsdev_dax'];
const DRIVER_FILES = ['bind', 'unbind', 'new_id', 'remove_id'] as const;
const POLICIES = ['offline', 'online', 'online_kernel', 'online_movable'] as const;
const PLUGGED = ['unplugged', 'online', 'online_kernel', 'online_movable'] as const;

function writesOf(universe: Universe): readonly (readonly [SysfsFile, string])[] {
  const devices = universe.devices.filter(({ compat }) => compat !== true).map(({ name }) => name);
  return [
    ...POLICIES.map((text) => [{ kind: 'auto_online_blocks' }, text] as const),
    ...blocksOf(universe).flatMap((block) => [
      ...POLICIES.map((text) => [{ kind: 'block', block, attr: 'state' }, text] as const),
      ...['0', '1'].map((text) => [{ kind: 'block', block, attr: 'online' }, text] as const),
    ]),
    ...devices.flatMap((device) => [
      ...PLUGGED.map((text) => [{ kind: 'device', device, attr: 'state' }, text] as const),
      ...DRIVERS.flatMap((driver) =>
        DRIVER_FILES.map((attr) => [{ kind: 'driver', driver, attr }, device] as const),
      ),
    ]),
  ];
}

/** What may be done besides writing files. */
function othersOf(universe: Universe): readonly Deed[] {
  const { builtin = [] } = universe;
  const modules = (['device_dax', 'kmem'] as const).filter((name) => !builtin.includes(name));
  const regions = universe.regions.filter(({ isPmem }) => isPmem === true);
  return [
    { draft: { op: 'trigger', subsystem: null, action: 'add' }, text: 'udevadm trigger -c add' },
    ...modules.flatMap((module): Deed[] => [
      { draft: { op: 'module', verb: 'load', module }, text: `modprobe ${module}` },
      { draft: { op: 'module', verb: 'unload', module }, text: `modprobe -r ${module}` },
    ]),
    ...regions.flatMap(({ name: region }): Deed[] => [
      {
        draft: { op: 'namespace', verb: 'disable', region },
        text: `ndctl disable-region ${region}`,
      },
      { draft: { op: 'namespace', verb: 'enable', region }, text: `ndctl enable-region ${region}` },
    ]),
  ];
}

/** Whether a pattern matches a file that is written. */
export function writesLike(pattern: string, universe: Universe): boolean {
  const tokens = parseGlob(pattern);
  return writesOf(universe).some(([file]) => globMatches(tokens, sysfsPath(file)));
}

/** All that may be done. */
function deedsOf(universe: Universe): readonly Deed[] {
  const patterns = universe.havoc?.files?.map(parseGlob) ?? null;
  const writes = writesOf(universe).filter(
    ([file]) =>
      patterns === null || patterns.some((tokens) => globMatches(tokens, sysfsPath(file))),
  );
  const written = writes.map(
    ([file, text]): Deed => ({
      draft: { op: 'write', file, value: { kind: 'constant', text } },
      text: `echo ${text} > ${sysfsPath(file)}`,
    }),
  );
  return patterns === null ? [...written, ...othersOf(universe)] : written;
}

interface HavocEnds {
  /** Where it may leave for besides the next instruction. */
  readonly exits: readonly number[];
}

/** Emits a choice between ways, each of which ends with a jump of its own. */
function emitChoice(builder: Builder, origin: Origin, ways: readonly (() => void)[]): void {
  const [only] = ways;
  if (ways.length <= 1) {
    only?.();
    return;
  }
  const half = ways.length >> 1;
  const other = builder.label();
  builder.emit(origin, { op: 'maybe' });
  builder.emit(origin, { op: 'jump-if-failed', to: other });
  emitChoice(builder, origin, ways.slice(0, half));
  builder.mark(other);
  emitChoice(builder, origin, ways.slice(half));
}

/** Emits all that a command may do; its status is then 0 or 1. */
export function emitHavoc(
  builder: Builder,
  universe: Universe,
  origin: Origin,
  { exits }: HavocEnds = { exits: [] },
): void {
  const { place, text } = origin;
  const again = builder.label();
  const done = builder.label();
  const deeds = deedsOf(universe);
  builder.mark(again);
  builder.emit(origin, { op: 'begin' });
  emitChoice(builder, origin, [
    () => builder.emit(origin, { op: 'jump', to: done }),
    ...exits.map((to) => () => builder.emit(origin, { op: 'jump', to })),
    ...deeds.map((deed) => () => {
      // What it may do and never did is nothing that a user has written.
      builder.emit({ place, text: deed.text, tool: text }, deed.draft);
      builder.emit(origin, { op: 'jump', to: again });
    }),
  ]);
  builder.mark(done);
  builder.emit(origin, { op: 'maybe' });
}

/** Notes what is taken for anything: once for a place. */
export function noteHavoc(havoc: Havoc, faults: Iterable<Diagnostic>): void {
  const [first] = faults;
  if (first === undefined) return;
  const { file, line, column } = first.place;
  const key = `${file}:${line}:${column}`;
  if (!havoc.noted.has(key)) havoc.noted.set(key, first);
}
