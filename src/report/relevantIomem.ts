/**
 * Chooses the lines of a long /proc/iomem that a trace is about: those that touch a device's
 * memory, and those that appear or go away during the trace.
 */
import type { Range } from '../model/model.js';
import { overlaps } from '../model/quantity.js';
import type { IomemLine, MachineView, Trace } from '../verdict/trace.js';
import { changedLines, diffIomem } from './iomemDiff.js';

export interface RelevantIomem {
  readonly lines: readonly IomemLine[];
  /** How many lines of the listing were left out. */
  readonly omitted: number;
}

/** Returns the relevant lines of the initial listing, ancestors included, in order. */
export function relevantIomem(trace: Pick<Trace, 'initial' | 'steps'>): RelevantIomem {
  const spans = deviceSpans(trace.initial);
  let before = trace.initial;
  for (const { after } of trace.steps) {
    spans.push(...deviceSpans(after));
    spans.push(...changedLines(diffIomem(before.iomem, after.iomem)).map((edit) => edit.line));
    before = after;
  }
  const all = trace.initial.iomem;
  const lines = spans.length === 0 ? all : all.filter((line) => touches(line, spans));
  return { lines, omitted: all.length - lines.length };
}

function deviceSpans(view: MachineView): Range[] {
  return view.devices.flatMap((device) => device.ranges);
}

function touches(line: Range, spans: readonly Range[]): boolean {
  return spans.some((span) => overlaps(line, span));
}
