/** Advice as text: what helps with its patch, then what was tried for nothing, a line each. */
import { formatCount, labelled, PAGE_WIDTH, plural, wrap } from '../report/layout.js';
import type { Style } from '../report/style.js';
import type { Advice, Advised } from './advise.js';

const DETAIL = { indent: 6, labelWidth: 10, width: PAGE_WIDTH };
const REJECTED = { indent: 4, labelWidth: 22, width: PAGE_WIDTH };

const HEADINGS = {
  holds: 'With this every property holds',
  partly: 'With this a finding is gone, and others are left',
  rejected: 'No help',
} as const;

const nameOf = ({ remedies }: Advice): string => remedies.join(' and ');

function countsOf({ run }: Advice): string {
  if (run === null) return 'not explored';
  const { distinctStates, transitions, depth } = run;
  const states = plural(distinctStates, 'distinct state');
  return `${states}, ${plural(transitions, 'transition')}, depth ${formatCount(depth)}`;
}

function adviceLines(advice: Advice, style: Style): string[] {
  const { titles, at, cures, left, patches } = advice;
  return [
    ...wrap(`${nameOf(advice)}: ${titles.join('; ')}`, PAGE_WIDTH - 4).map((line) => `    ${line}`),
    ...labelled('at', at.join(', '), DETAIL),
    ...labelled('run', countsOf(advice), DETAIL),
    ...(cures.length > 0 ? labelled('cures', cures.join(', '), DETAIL) : []),
    ...(left.length > 0 ? labelled('left', left.join(', '), DETAIL) : []),
    ...patches.flatMap((patch) =>
      patch
        .trimEnd()
        .split('\n')
        .map((line) => `      ${paintOf(line, style)(line)}`),
    ),
  ];
}

function paintOf(line: string, style: Style): (text: string) => string {
  if (line.startsWith('+')) return style.added;
  return line.startsWith('-') ? style.removed : (text) => text;
}

/** One remedy at all the places where it failed for the same reason. */
function rejectedLines(advice: readonly Advice[], style: Style): string[] {
  const groups = new Map<string, Advice[]>();
  for (const one of advice) {
    const key = `${nameOf(one)}: ${one.why}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const places = group.map(({ at, run }) => {
      const states = run === null ? '' : ` (${plural(run.distinctStates, 'state')})`;
      return `${at.join(', ')}${states}`;
    });
    return labelled(nameOf(first), `${places.join(', ')}: ${first.why}`, REJECTED).map(style.faint);
  });
}

/** Renders what was tried, what holds first. */
export function renderAdvice({ advice, pairs, untried }: Advised, style: Style): string {
  if (untried !== null) return `${style.title('Advice')}: ${untried}\n`;
  const lines = [style.title('Advice (each remedy was explored in your files)')];
  for (const outcome of ['holds', 'partly', 'rejected'] as const) {
    const group = advice.filter((one) => one.outcome === outcome);
    if (group.length === 0) continue;
    const paint = outcome === 'holds' ? style.good : style.warning;
    lines.push(`  ${paint(HEADINGS[outcome])}`);
    if (outcome === 'rejected') lines.push(...rejectedLines(group, style));
    else lines.push(...group.flatMap((one) => adviceLines(one, style)));
  }
  if (pairs !== null && pairs > 0) {
    const held = advice.filter(({ remedies }) => remedies.length > 1).length;
    const answer = held === 0 ? 'none holds' : `${formatCount(held)} of them hold`;
    lines.push(`  No single remedy holds; ${plural(pairs, 'pair')} tried: ${answer}`);
  }
  return `${lines.join('\n')}\n`;
}
