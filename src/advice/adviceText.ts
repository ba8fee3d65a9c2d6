/** Advice as text: what was tried, what became of it, and the patch. */
import { formatCount, labelled, PAGE_WIDTH, plural, wrap } from '../report/layout.js';
import type { Style } from '../report/style.js';
import type { Advice } from './advise.js';

const DETAIL = { indent: 6, labelWidth: 10, width: PAGE_WIDTH };
const HEADINGS = {
  holds: 'With this every property holds',
  partly: 'With this the finding is gone, and others are left',
  rejected: 'Tried, and no help',
} as const;

function countsOf({ run }: Advice): string {
  if (run === null) return 'not explored';
  const { distinctStates, transitions, depth } = run;
  const states = plural(distinctStates, 'distinct state');
  return `${states}, ${plural(transitions, 'transition')}, depth ${formatCount(depth)}`;
}

function adviceLines(advice: Advice, style: Style): string[] {
  const { outcome, title, cures, left, why, patches } = advice;
  const shown = outcome === 'rejected' ? [] : patches;
  return [
    ...wrap(`${advice.id}: ${title}`, PAGE_WIDTH - 4).map((line) => `    ${line}`),
    ...labelled('at', advice.at, DETAIL),
    ...labelled('run', countsOf(advice), DETAIL),
    ...(cures.length > 0 ? labelled('cures', cures.join(', '), DETAIL) : []),
    ...(left.length > 0 ? labelled('left', left.join(', '), DETAIL) : []),
    ...(why === null ? [] : labelled('why not', why, DETAIL)),
    ...shown.flatMap((patch) =>
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

/** Renders what was tried, what holds first. */
export function renderAdvice(advice: readonly Advice[], style: Style): string {
  const lines = [style.title('Advice (each one was explored like your files)')];
  if (advice.length === 0) lines.push('    no known remedy fits these findings');
  for (const outcome of ['holds', 'partly', 'rejected'] as const) {
    const group = advice.filter((one) => one.outcome === outcome);
    if (group.length === 0) continue;
    const paint = outcome === 'holds' ? style.good : style.warning;
    lines.push(`  ${paint(HEADINGS[outcome])}`);
    lines.push(...group.flatMap((one) => adviceLines(one, style)));
  }
  return `${lines.join('\n')}\n`;
}
