/**
 * The verdict of each run: what was found, what holds and for what scope, the counts, and the
 * sections that come with it.
 */
import type {
  ReportDocument,
  ReportRun,
  ReportSection,
  ReportVerdict,
} from '../report/document.js';
import { CLASS_TEXT, propertyName } from '../report/findingText.js';
import { formatBound, formatCount, formatMemory, plural } from '../report/layout.js';
import { countByClass } from '../report/text.js';
import { type Child, h } from './dom.js';
import { traceAddress } from './route.js';

const VERDICTS: { readonly [V in ReportVerdict['verdict']]: readonly [string, string] } = {
  holds: ['good', 'Holds'],
  violated: ['bad', 'Violated'],
  findings: ['warn', 'Findings'],
  incomplete: ['warn', 'Incomplete'],
  vacuous: ['warn', 'Vacuous'],
};

/** Of a violation what was found stands behind it. */
const VERDICT_TEXT: { readonly [V in ReportVerdict['verdict']]: string } = {
  holds: 'Every property holds in every state within the scope.',
  violated: 'Found',
  findings: 'The kernel does as documented, the procedure loses',
  incomplete: 'The search ended before it had seen every state.',
  vacuous: 'Nothing could happen: the model asks about an empty behaviour.',
};

function sentenceOf({ traces }: ReportRun, verdict: ReportVerdict['verdict']): string {
  const text = VERDICT_TEXT[verdict];
  if (verdict !== 'violated' && verdict !== 'findings') return text;
  const violations = traces.flatMap(({ kind, trace }) => (kind === 'violation' ? [trace] : []));
  return `${text}: ${countByClass(violations)}.`;
}

/** The word of a verdict, as a badge. */
export function verdictBadge(verdict: ReportVerdict['verdict']): HTMLElement {
  const [kind, word] = VERDICTS[verdict];
  return h('span', { class: `badge badge-${kind}` }, word);
}

function findingItem(run: ReportRun, at: number, first: number): Child {
  const entry = run.traces[at];
  if (entry === undefined) return null;
  const { finding, steps, inevitableAt } = entry.trace;
  const isScript = finding.class === 'script';
  const word = entry.kind === 'witness' ? 'Witness' : isScript ? 'Finding' : 'Violated';
  const kind = entry.kind === 'witness' ? 'good' : isScript ? 'warn' : 'bad';
  return h(
    'li',
    {},
    h(
      'a',
      { class: 'finding', href: traceAddress(first + at) },
      h('span', { class: `badge badge-${kind}` }, word),
      h(
        'span',
        {},
        h('code', { class: 'finding-name' }, propertyName(finding)),
        h('span', { class: 'finding-text' }, finding.summary),
        h(
          'span',
          { class: 'faint' },
          [
            plural(steps.length, 'step'),
            ...(inevitableAt !== null && inevitableAt >= 0
              ? [`inevitable after step ${inevitableAt + 1}`]
              : []),
            CLASS_TEXT[finding.class],
          ].join(' · '),
        ),
      ),
    ),
  );
}

function stat(label: string, value: string): HTMLElement {
  return h('div', {}, h('dt', {}, label), h('dd', {}, value));
}

function countsOf(verdict: ReportVerdict): HTMLElement {
  const { measured } = verdict;
  return h(
    'dl',
    { class: 'counts' },
    stat('distinct states', formatCount(verdict.distinctStates)),
    stat('transitions', formatCount(verdict.transitions)),
    stat('depth', String(verdict.depth)),
    stat('time', `${measured.seconds.toFixed(2)} s`),
    stat('memory', formatMemory(measured.memoryBytes)),
  );
}

function list(title: string, items: readonly string[], note: string | null = null): Child {
  if (items.length === 0) return null;
  return h(
    'section',
    { class: 'part' },
    h('h3', {}, title),
    note !== null && h('p', { class: 'faint' }, note),
    h(
      'ul',
      { class: 'names' },
      items.map((item) => h('li', {}, h('code', {}, item))),
    ),
  );
}

function expectationOf({ expectation }: ReportVerdict): Child {
  if (expectation === null) return null;
  return h(
    'section',
    { class: 'part' },
    h('h3', {}, 'Expectation'),
    expectation.met
      ? h('p', {}, 'The verdict is the one that the model declares.')
      : [
          h('p', {}, 'The verdict is not the one that the model declares:'),
          h(
            'ul',
            {},
            expectation.differences.map((text) => h('li', {}, text)),
          ),
        ],
  );
}

function stoppedText({ stoppedBy }: ReportVerdict): Child {
  if (stoppedBy === null) return null;
  const helps = stoppedBy.helps ?? [];
  return h(
    'p',
    { class: 'note' },
    `Stopped by the limit of ${stoppedBy.limit}; ${stoppedBy.option} raises it.`,
    helps.length > 0 && ` What would help: ${helps.join('; ')}.`,
  );
}

function sectionElement({ id, title, text, svg, lines }: ReportSection): HTMLElement {
  const label = `${title}, as text`;
  return h(
    'section',
    { class: 'part', id },
    h('h3', {}, title),
    text !== '' && h('p', {}, text),
    svg === undefined ? null : pictureElement(title, svg),
    lines !== undefined &&
      h('pre', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, [
        lines.join('\n'),
      ]),
  );
}

/** A picture in a frame: as large as it was drawn, from its start on, or as a whole. */
function pictureElement(title: string, svg: string): Child {
  const attributes = {
    class: 'picture scroll',
    tabindex: '0',
    role: 'region',
    'aria-label': title,
  };
  const picture = h('div', attributes);
  // The program's own picture, never text of a model.
  picture.innerHTML = svg;
  const whole = h('button', { type: 'button', 'aria-pressed': 'false' }, 'as a whole');
  const toggles = h('div', { class: 'toggles' }, whole);
  const group = h('div', { class: 'choices', hidden: true }, toggles);
  whole.addEventListener('click', () => {
    const isWhole = picture.classList.toggle('is-whole');
    whole.setAttribute('aria-pressed', String(isWhole));
    if (!isWhole) showStart(picture);
  });
  // Its size is known once it stands in the page.
  requestAnimationFrame(() => {
    group.hidden = picture.scrollWidth <= picture.clientWidth;
    showStart(picture);
  });
  return [group, picture];
}

/** Scrolls a picture that is wider than its frame to where it begins. */
function showStart(picture: HTMLElement): void {
  const start = picture.querySelector('[data-start]');
  if (start === null) return;
  const at = start.getBoundingClientRect();
  const frame = picture.getBoundingClientRect();
  picture.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
  picture.scrollTop = 0;
}

/** What makes a verdict less than a proof over all states. */
function doubtNote({ omission, strategy, reductions }: ReportVerdict): Child {
  const notes = [
    ...(strategy === undefined ? [] : [`The search went by ${strategy.name}.`]),
    ...(omission === undefined
      ? []
      : [
          `Stored by ${omission.storage}: a state was missed with a probability below ` +
            `${formatBound(omission.probability)}.`,
        ]),
    ...(reductions === undefined || reductions.on.length === 0
      ? []
      : [`Reduced by ${reductions.on.join(', ')}.`]),
  ];
  return notes.length === 0 ? null : h('p', { class: 'note' }, notes.join(' '));
}

/** All that the terminal says of a run, word for word. */
function textElement(text: string): HTMLElement {
  const label = 'The verdict as the terminal shows it';
  return h(
    'details',
    { class: 'part' },
    h('summary', {}, label),
    h('pre', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, text),
  );
}

function runElement(run: ReportRun, first: number): HTMLElement {
  const { verdict } = run;
  const held = verdict?.stoppedBy === null ? 'Holds' : 'Not violated so far';
  return h(
    'article',
    { class: 'run' },
    h(
      'header',
      { class: 'run-head' },
      verdict !== null && verdictBadge(verdict.verdict),
      h('h2', {}, run.title),
      h(
        'p',
        { class: 'faint' },
        `${run.model} · kernel ${run.kernel} · granularity ${run.granularity}`,
      ),
      verdict !== null && h('p', {}, sentenceOf(run, verdict.verdict)),
      verdict !== null && [stoppedText(verdict), doubtNote(verdict)],
    ),
    run.traces.length > 0 &&
      h(
        'ul',
        { class: 'findings' },
        run.traces.map((_, at) => findingItem(run, at, first)),
      ),
    verdict !== null && [
      countsOf(verdict),
      list(held, verdict.held, `Scope: ${verdict.scope}`),
      list('Never done, or never asked', verdict.vacuous),
      list('Not answered', verdict.unanswered ?? []),
      expectationOf(verdict),
    ],
    (run.sections ?? []).map(sectionElement),
    run.text !== null && textElement(run.text),
  );
}

/** Makes the summary of a report. */
export function makeSummary({ runs }: ReportDocument): HTMLElement {
  let first = 0;
  const articles = runs.map((run) => {
    const article = runElement(run, first);
    first += run.traces.length;
    return article;
  });
  return h('div', { class: 'summary' }, articles);
}
