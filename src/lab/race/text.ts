/** A race as text: how often the finding was seen, and the stacks of the first time. */
import { labelled, PAGE_WIDTH, plural } from '../../report/layout.js';
import type { Style } from '../../report/style.js';
import type { RaceResult } from './race.js';
import type { Round, SideOutcome } from './round.js';
import { firstSeen, freeingOf, outcomeCounts } from './summary.js';

const HEADER = { indent: 2, labelWidth: 11, width: PAGE_WIDTH };
const DETAIL = { indent: 4, labelWidth: 9, width: PAGE_WIDTH };

/** Lines of the console that are shown of the round that was seen first. */
const MESSAGES_SHOWN = 12;

function freeingLines(result: RaceResult, style: Style): string[] {
  const freeing = freeingOf(result);
  if (freeing === null) return [];
  const { killed, freed, hung, model, agrees } = freeing;
  const text = `of ${killed.join(' and ')} freed ${freed} of ${plural(hung, 'hang')}`;
  return labelled('kill -9', `${text}; the model says: ${model}`, HEADER).map(
    agrees ? style.good : style.bad,
  );
}

function sideLines(result: RaceResult, side: SideOutcome, style: Style): string[] {
  const model = result.finding.deadlock?.threads.find(({ thread }) => thread === side.thread);
  const predicted = [...(model?.stack ?? [])].reverse();
  const results = side.results.length === 0 ? '' : `: ${side.results.join(', ')}`;
  return [
    `  ${style.actor(side.thread)} ${side.state}${results}`,
    ...(side.stack.length === 0 ? [] : labelled('kernel', side.stack.join(' < '), DETAIL)),
    ...(predicted.length === 0 ? [] : labelled('model', predicted.join(' < '), DETAIL)),
    ...(side.missing.length === 0
      ? []
      : labelled('DIFFERS', `no frame of ${side.missing.join(', ')}`, DETAIL).map(style.bad)),
  ];
}

function roundLines(result: RaceResult, round: Round, style: Style): string[] {
  const shown = round.messages.slice(0, MESSAGES_SHOWN);
  const rest = round.messages.length - shown.length;
  return [
    '',
    style.title(`First seen in round ${round.number}, after ${round.seconds.toFixed(1)} s`),
    ...round.sides.flatMap((side) => sideLines(result, side, style)),
    ...shown.flatMap((line) => labelled('dmesg', line, DETAIL)).map(style.warning),
    ...(rest === 0 ? [] : [`    (and ${plural(rest, 'further line')} of the console)`]),
  ];
}

/** Renders a race; the last line says 'seen K of N', which is no proof of absence. */
export function renderRace(result: RaceResult, style: Style): string {
  const { title, model, kernel, release, finding, seed, seen, times } = result;
  const counts = [...outcomeCounts(result)].map(([outcome, count]) => `${outcome} ${count}`);
  const first = firstSeen(result);
  const isSeen = seen > 0;
  const count = `${isSeen ? 'Seen' : 'NOT SEEN:'} ${seen} of ${times}`;
  const last = isSeen ? `${count}.` : `${count}; that does not prove that it cannot be.`;
  return [
    style.title(title),
    ...labelled('model', model, HEADER),
    ...labelled('kernel', `${release}, predicted for ${kernel}`, HEADER),
    ...labelled('finding', finding.property, HEADER),
    ...labelled('rounds', `${counts.join(', ')}; seed ${seed}`, HEADER),
    ...freeingLines(result, style),
    ...(first === null ? [] : roundLines(result, first, style)),
    '',
    isSeen ? style.good(last) : style.bad(last),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
