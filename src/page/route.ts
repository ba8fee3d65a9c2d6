/**
 * Addresses within a report: `#summary`, `#v1` a behaviour, `#v1s12` one of its steps, and the ids
 * of sections of the summary.
 */

export type Route =
  | { readonly view: 'summary'; readonly section: string | null }
  /** `step` 0 is the start; null asks for the step that tells most. */
  | { readonly view: 'trace'; readonly trace: number; readonly step: number | null };

/** Reads an address; what names nothing is the summary. `trace` counts from 0. */
export function parseRoute(hash: string): Route {
  const name = hash.replace(/^#/, '');
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
