/**
 * A user's own scripts and rules, as they are, put onto a machine: a model whose actors they are.
 *
 * Of the machine's file its machine, kernel and tools are taken, and the udev rules that it has
 * where none are given. Everything else of it is left out, and named.
 */
import { basename } from 'node:path';
import { PROPERTIES } from '../kernel/properties.js';
import type {
  Actor,
  Composition,
  Model,
  Place,
  PropertyRequest,
  SourceText,
} from '../model/model.js';

/** What is put onto a machine. */
export interface OwnFiles {
  readonly scripts: readonly SourceText[];
  /** Files of udev rules; empty: those of the machine's file. */
  readonly rules: readonly SourceText[];
  /** Somebody may run `udevadm trigger` once, at any time. */
  readonly coldplug: boolean;
  /** Events that udev handles side by side; null: as the machine's file says, else one. */
  readonly workers: number | null;
  /** What systemd-detect-virt prints: none on bare metal. */
  readonly virt: string;
  /** What is not understood may do anything to these files; null: it is refused. */
  readonly havoc: Model['havoc'] | null;
}

export interface Composed {
  readonly model: Model;
  /** Names of what the machine's file has beside the machine, and that is not looked at. */
  readonly leftOut: readonly string[];
}

/** A name that traces can print, and that no other actor has. */
function freeName(wanted: string, used: ReadonlySet<string>): string {
  const plain = wanted.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 60);
  const name = /^[A-Za-z]/.test(plain) && plain !== 'environment' ? plain : `script-${plain}`;
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!used.has(candidate)) return candidate;
  }
}

function scriptActors(scripts: readonly SourceText[]): readonly Actor[] {
  const used = new Set(['udev']);
  return scripts.map((script) => {
    const name = freeName(basename(script.place.file), used);
    used.add(name);
    return { kind: 'script', name, script };
  });
}

/** udev reads files in the order of their names, whichever folder they are in. */
function byFileName(left: SourceText, right: SourceText): number {
  const [one, other] = [basename(left.place.file), basename(right.place.file)];
  return one === other ? 0 : one < other ? -1 : 1;
}

function udevActors(machine: Model, { rules, coldplug, workers }: OwnFiles): readonly Actor[] {
  const own = machine.actors.filter((actor) => actor.kind === 'udev');
  if (rules.length === 0) {
    return own.map((actor) => ({
      ...actor,
      coldplug: actor.coldplug || coldplug,
      workers: workers ?? actor.workers,
    }));
  }
  const sorted = [...rules].sort(byFileName);
  return [{ kind: 'udev', name: 'udev', rules: sorted, coldplug, workers: workers ?? 1 }];
}

/** Every property that is on by default, and that each device can be used again. */
export function scriptChecks(machine: Model, place: Place): readonly PropertyRequest[] {
  const defaults = PROPERTIES.filter(({ isDefault }) => isDefault);
  const devices = machine.machine.devices.filter(({ compat }) => !compat);
  return [
    ...defaults.map(({ name }) => ({ name, device: null, place })),
    ...devices.map(({ name }) => ({ name: 'recoverable', device: name, place })),
  ];
}

/** Actors are not told of: the user's own files stand in their place. */
function leftOutOf(machine: Model): readonly string[] {
  return [
    ...(machine.faults.length > 0 ? ['faults'] : []),
    ...(machine.properties.length > 0 ? ['properties'] : []),
    ...(machine.check !== null ? ['check'] : []),
    ...(machine.expect !== null ? ['expect'] : []),
  ];
}

function compositionOf({ scripts, rules, coldplug, workers, virt, havoc }: OwnFiles): Composition {
  const fileOf = ({ place }: SourceText): string => place.file;
  return {
    scripts: scripts.map(fileOf),
    rules: rules.map(fileOf),
    ...{ coldplug, workers, virt, havoc: havoc ?? null },
  };
}

/** Puts scripts and rules onto the machine of a model. */
export function composeModel(machine: Model, files: OwnFiles): Composed {
  const scripts = scriptActors(files.scripts);
  const place = files.scripts[0]?.place ?? machine.kernel.place;
  const names = scripts.map(({ name }) => name).join(' and ');
  return {
    model: {
      ...machine,
      title: `${names} on ${machine.title}`,
      actors: [...scripts, ...udevActors(machine, files)],
      faults: [],
      properties: [],
      check: scriptChecks(machine, place),
      continueAfterViolation: true,
      expect: null,
      machine: { ...machine.machine, virt: files.virt },
      composition: compositionOf(files),
      ...(files.havoc != null && { havoc: files.havoc }),
    },
    leftOut: leftOutOf(machine),
  };
}
