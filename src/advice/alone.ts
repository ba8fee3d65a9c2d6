/**
 * What the scripts do when nobody else does anything: which of their lines complain, and what they
 * come to. Whoever reads a verdict about ends needs to see which end was taken for meant.
 */
import type { Place } from '../model/model.js';
import { formatPlace, formatResult, labelled, PAGE_WIDTH, wrap } from '../report/layout.js';
import { viewOfRecord } from '../report/runText.js';
import { endsOf } from '../report/story.js';
import type { Style } from '../report/style.js';
import type { RunRecord } from '../verdict/trace.js';
import { type AloneRun, SCRIPTS_MAX } from './goal.js';

/** A line that did not do what it says, or a tool that had something to say. */
export interface Complaint {
  readonly thread: string;
  readonly place: Place;
  readonly text: string;
  /** What the tool prints, or the errno that a write got. */
  readonly said: string;
  readonly isTool: boolean;
}

/** One order of the scripts. */
export interface Alone {
  readonly order: readonly string[];
  readonly complaints: readonly Complaint[];
  /** The machine in the end. */
  readonly ends: readonly string[];
}

/** A write by the script itself: a tool tells of its own failures, and reads and looks may fail. */
const isOwnWrite = ({ command }: RunRecord): boolean =>
  !/#\s*(?:daxctl|ndctl|cxl)\s*$/.test(command) && !/^\s*(?:\[|cat\s|read\s)/.test(command);

function complaintsOf(record: RunRecord): readonly Complaint[] {
  const { thread, place, command: text, result, output = [] } = record;
  if (place === null) return [];
  const at = { thread, place, text };
  const failed = result !== 'ok' && isOwnWrite(record);
  return [
    ...output.map((said) => ({ ...at, said, isTool: true })),
    ...(failed ? [{ ...at, said: formatResult(result), isTool: false }] : []),
  ];
}

/** Tells each order in which the scripts ran alone. */
export function tellAlone(runs: readonly AloneRun[]): readonly Alone[] {
  return runs.map(({ order, records }) => {
    const last = records.at(-1);
    return {
      order,
      complaints: records.flatMap(complaintsOf),
      ends: last === undefined ? [] : endsOf(viewOfRecord(last)),
    };
  });
}

const TEXT = { indent: 2, labelWidth: 12, width: PAGE_WIDTH };

/** Lines of complaints that are printed; --json has all of them. */
const COMPLAINTS_MOST = 6;

/** What a tool says when it has not done what it was called for; the rest are remarks. */
const REFUSES = /\berror\b|\bfailed\b|not applicable/;

/** The first refusal of a tool; undefined where none refuses. */
export const refusalOf = ({ complaints }: Alone): Complaint | undefined =>
  complaints.find(({ isTool, said }) => isTool && REFUSES.test(said));

/** The headline for an order in which a tool refuses though nobody else does anything. */
function refusedText(one: Alone, who: string, model: string): readonly string[] {
  const refused = refusalOf(one);
  if (refused === undefined) return [];
  const place = formatPlace(refused.place, model);
  return wrap(`Refused alone${who}: ${place} ${refused.said}`, PAGE_WIDTH);
}

/** Renders what the scripts come to alone; there is none of too many of them. */
export function renderAlone(alone: readonly Alone[], model: string, style: Style): string {
  const several = alone.length > 1;
  if (alone.length === 0) {
    const why = `not asked of more than ${SCRIPTS_MAX} scripts; ends-as-meant is left out`;
    return `${style.title('Meant')}: ${why}\n`;
  }
  return alone
    .flatMap((one) => {
      const { order, complaints, ends } = one;
      const who = several ? `, ${order.join(' before ')}` : '';
      const said = complaints
        .slice(0, COMPLAINTS_MOST)
        .map(({ place, said: text }) => `${formatPlace(place, model)} ${text}`);
      const more = complaints.length - said.length;
      return [
        ...refusedText(one, who, model).map(style.warning),
        `${style.title('Meant')}: what the scripts come to alone${who}`,
        ...ends.flatMap((line, index) => labelled(index === 0 ? 'ends in' : '', line, TEXT)),
        ...said.flatMap((line, index) => labelled(index === 0 ? 'on the way' : '', line, TEXT)),
        ...(more > 0 ? labelled('', `and ${more} more`, TEXT) : []),
        '',
      ];
    })
    .join('\n');
}
