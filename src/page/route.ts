/**
 * Addresses within a report: `#summary`, `#v1` a behaviour, `#v1s12` one of its steps, `#x1=0:3.1`
 * a way in the explorer of a run, and the ids of sections of the summary.
 */
import { formatWay, parseWay, START, type Way } from '../explorer/way.js';

export type Route =
  | { readonly view: 'summary'; readonly section: string | null }
  /** `step` 0 is the start; null asks for the step that tells most. */
  | { readonly view: 'trace'; readonly trace: number; readonly step: number | null }
  | { readonly view: 'explorer'; readonly run: number; readonly way: Way };

/** Reads an address; what names nothing is the summary. `trace` and `run` count from 0. */
export function parseRoute(hash: string): Route {
  const name = hash.replace(/^#/, '');
  const explorer = /^x(\d+)(?:=(.*))?$/.exec(name);
  if (explorer !== null) {
    // Some programs that pass addresses on write the colon so.
    const way = parseWay((explorer[2] ?? '').replace(/%3a/i, ':')) ?? START;
    return { view: 'explorer', run: Number(explorer[1]) - 1, way };
  }
  const match = /^v(\d+)(?:s(\d+))?$/.exec(name);
  if (match === null) {
    return { view: 'summary', section: name === '' || name === 'summary' ? null : name };
  }
  const step = match[2] === undefined ? null : Number(match[2]);
  return { view: 'trace', trace: Number(match[1]) - 1, step };
}

/** Address of a step. */
export const stepAddress = (trace: number, step: number): string => `#v${trace + 1}s${step}`;

/** Address of a behaviour. */
export const traceAddress = (trace: number): string => `#v${trace + 1}`;

/** Address of a way in the explorer of a run. */
export const wayAddress = (run: number, way: Way): string => `#x${run + 1}=${formatWay(way)}`;

/** Address of the explorer of a run. */
export const explorerAddress = (run: number): string => `#x${run + 1}`;
