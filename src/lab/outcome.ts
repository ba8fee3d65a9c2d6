/**
 * What one command came to, predicted by the model or seen on a real kernel, in one shape.
 */
import type { Range } from '../model/model.js';
import { formatRange, overlaps } from '../model/quantity.js';
import { formatIomemLine } from '../report/iomemDiff.js';
import type { IomemLine, MachineView } from '../verdict/trace.js';

/** The machine as both sides can show it: only what a real one has a file for. */
export interface Sighting {
  /** Lines of /proc/iomem that meet a region of the model, outermost at depth 0. */
  readonly iomem: readonly IomemLine[];
  /** Devices on the dax bus, by name. */
  readonly devices: readonly SeenDevice[];
  /** Memory blocks inside the regions of the model, by number. */
  readonly blocks: readonly SeenBlock[];
  /** Drivers that are registered on the dax bus. */
  readonly drivers: readonly string[];
  readonly autoOnlineBlocks: string;
}

export interface SeenDevice {
  readonly name: string;
  readonly driver: string | null;
  readonly size: bigint;
  /** As mappingN/start and end show them. */
  readonly ranges: readonly Range[];
}

export interface SeenBlock {
  readonly index: number;
  readonly state: string;
  /** As valid_zones shows them. */
  readonly zones: string;
}

export interface Outcome {
  /** 'ok'; an errno name; 'stuck': no answer in time; 'died': the process was killed. */
  readonly result: string;
  /** What a read gave; null for anything else. */
  readonly value: string | null;
  /** Messages of the kernel, without those that docs/lab.md names as noise. */
  readonly messages: readonly string[];
  /** The machine after the command; null when it could not be looked at. */
  readonly after: Sighting | null;
}

/** Something in which a real outcome is not the predicted one. */
export interface Difference {
  /** Such as 'result', 'driver of dax0.0', 'memory32', 'iomem', 'messages'. */
  readonly what: string;
  readonly predicted: string;
  readonly real: string;
}

/** Keeps the lines that meet one of the spans, with depths counted from the outermost kept. */
export function linesWithin(
  lines: readonly IomemLine[],
  spans: readonly Range[],
): readonly IomemLine[] {
  const kept = lines.filter((line) => spans.some((span) => overlaps(line, span)));
  const least = Math.min(...kept.map(({ depth }) => depth));
  return kept.map((line) => ({ ...line, depth: line.depth - least }));
}

/** What of the model's machine a real one can show. */
export function sightingOf(machine: MachineView, spans: readonly Range[]): Sighting {
  return {
    iomem: linesWithin(machine.iomem, spans),
    devices: machine.devices
      .filter(({ present }) => present)
      .map(({ name, driver, size, ranges }) => ({ name, driver, size, ranges })),
    blocks: machine.blocks.map(({ index, state, zones }) => ({ index, state, zones })),
    drivers: machine.drivers.filter(({ registered }) => registered).map(({ name }) => name),
    autoOnlineBlocks: machine.autoOnlineBlocks,
  };
}

/** Every value of a sighting under a name, so that two can be compared name by name. */
function valuesOf(sighting: Sighting): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  values.set('iomem', sighting.iomem.map(formatIomemLine).join('\n'));
  for (const { name, driver, size, ranges } of sighting.devices) {
    values.set(`driver of ${name}`, driver ?? 'none');
    values.set(`size of ${name}`, String(size));
    values.set(`ranges of ${name}`, ranges.map(formatRange).join(', '));
  }
  for (const { index, state, zones } of sighting.blocks) {
    values.set(`memory${index}`, state);
    values.set(`zones of memory${index}`, zones);
  }
  for (const name of sighting.drivers) values.set(`driver ${name}`, 'registered');
  values.set('auto_online_blocks', sighting.autoOnlineBlocks);
  return values;
}

/** In what two sightings differ; a name that one of them lacks is 'absent' there. */
export function compareSightings(predicted: Sighting, real: Sighting): readonly Difference[] {
  const expected = valuesOf(predicted);
  const seen = valuesOf(real);
  const names = new Set([...expected.keys(), ...seen.keys()]);
  return [...names].flatMap((what) => {
    const one = expected.get(what) ?? 'absent';
    const other = seen.get(what) ?? 'absent';
    return one === other ? [] : [{ what, predicted: one, real: other }];
  });
}

/** In what a real outcome differs from the predicted one. */
export function compareOutcomes(predicted: Outcome, real: Outcome): readonly Difference[] {
  const found: Difference[] = [];
  const answer = ({ result, value }: Outcome): string =>
    value === null ? result : `${result} "${value}"`;
  if (answer(predicted) !== answer(real)) {
    found.push({ what: 'result', predicted: answer(predicted), real: answer(real) });
  }
  if (predicted.after !== null && real.after !== null) {
    found.push(...compareSightings(predicted.after, real.after));
  }
  // Who was killed inside the kernel could not tell what it said.
  if (real.result === 'died') return found;
  const messages = ({ messages }: Outcome): string => [...messages].sort().join('\n');
  if (messages(predicted) !== messages(real)) {
    found.push({
      what: 'messages',
      predicted: messages(predicted) || 'none',
      real: messages(real) || 'none',
    });
  }
  return found;
}
