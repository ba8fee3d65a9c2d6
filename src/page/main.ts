/**
 * The page of an HTML report: reads the document that stands in it, and shows what its address
 * names.
 */

import { START, type Way } from '../explorer/way.js';
import { decodeDocument, type ReportRun, type ReportTrace } from '../report/document.js';
import { propertyName } from '../report/findingText.js';
import { byId, fill, h } from './dom.js';
import { makeExplorers } from './explorers.js';
import { makeHelp } from './help.js';
import type { IomemChoice } from './iomemPane.js';
import { type Command, commandOf } from './keys.js';
import { explorerAddress, parseRoute, stepAddress, traceAddress, wayAddress } from './route.js';
import { makeSummary } from './summary.js';
import { restoreTheme, switchTheme, themeNow } from './theme.js';
import { makeTraceView, type TraceView, tellingStep } from './traceView.js';

restoreTheme();
const report = decodeDocument(byId('document').textContent ?? '');

interface Entry {
  readonly run: ReportRun;
  readonly entry: ReportTrace;
}

const entries: readonly Entry[] = report.runs.flatMap((run) =>
  run.traces.map((entry) => ({ run, entry })),
);
const isExplored = report.runs.some(({ engine }) => engine !== undefined);
const hasVerdict = report.runs.some(({ verdict }) => verdict !== null);
const hasSummary = hasVerdict || entries.length > 1 || (entries.length === 0 && !isExplored);

const main = byId('main');
const live = byId('live');
const views = new Map<number, TraceView>();
const help = makeHelp();
let summary: HTMLElement | null = null;
let choice: IomemChoice = { scale: 'linear', isWhole: false };
/** What is shown: a behaviour and a step of it, or the summary. */
let shown: { readonly trace: number; readonly step: number } | null = null;

const explorers = makeExplorers(report, { main, choice: () => choice, choose });

/** The address of the explorer at a step of a behaviour; null where its run has none. */
function addressInExplorer({ run, entry }: Entry, step: number): string | null {
  const number = report.runs.indexOf(run);
  if (!explorers.has(number)) return null;
  const ordinals = entry.trace.steps.slice(0, step).map(({ ordinal }) => ordinal);
  return wayAddress(number, { ...START, ordinals });
}

function viewOf(number: number): TraceView | null {
  const known = views.get(number);
  const found = entries[number];
  if (known !== undefined || found === undefined) return known ?? null;
  const view = makeTraceView(found.entry, found.run, {
    number,
    choice: () => choice,
    choose,
    explore: (step) => addressInExplorer(found, step),
  });
  views.set(number, view);
  return view;
}

function choose(chosen: IomemChoice): void {
  choice = chosen;
  if (shown !== null) viewOf(shown.trace)?.show(shown.step);
  explorers.shown()?.redraw();
}

function markTab(address: string): void {
  for (const tab of byId('tabs').querySelectorAll('a')) {
    if (tab.getAttribute('href') === address) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
}

function showSummary(section: string | null): void {
  summary ??= makeSummary(report);
  if (shown !== null || summary.parentElement === null) fill(main, summary);
  explorers.leave();
  shown = null;
  markTab('#summary');
  document.title = titleOf('Summary');
  if (section !== null) document.getElementById(section)?.scrollIntoView();
}

function titleOf(what: string): string {
  const [first] = report.runs;
  return `${what} – ${report.runs.length === 1 ? (first?.title ?? '') : 'daxcheck'} – daxcheck`;
}

function showTrace(number: number, wanted: number | null): void {
  const view = viewOf(number);
  if (view === null) {
    showSummary(null);
    return;
  }
  const step = Math.min(wanted ?? tellingStep(view.trace), view.trace.steps.length);
  if (shown?.trace !== number || !view.element.isConnected) fill(main, view.element);
  explorers.leave();
  shown = { trace: number, step };
  view.show(step);
  markTab(traceAddress(number));
  document.title = titleOf(`${propertyName(view.trace.finding)}, step ${step}`);
  live.textContent = view.describe(step);
}

async function showWay(run: number, way: Way): Promise<void> {
  shown = null;
  markTab(explorerAddress(run));
  document.title = titleOf('Explorer');
  const sentence = await explorers.show(run, way);
  if (sentence !== null) live.textContent = sentence;
}

function follow(): void {
  const route = parseRoute(location.hash);
  if (route.view === 'explorer' && explorers.has(route.run)) {
    void showWay(route.run, route.way);
    return;
  }
  if (route.view === 'trace') showTrace(route.trace, route.step);
  else if (hasSummary) showSummary(route.view === 'summary' ? route.section : null);
  else if (entries.length > 0) showTrace(0, null);
  else void showWay(0, START);
}

/** Goes to an address without a new entry in the history: steps are many. */
function go(address: string): void {
  history.replaceState(null, '', address);
  follow();
}

function goToStep(step: number): void {
  if (shown === null) {
    if (entries.length > 0) go(traceAddress(0));
    return;
  }
  const count = viewOf(shown.trace)?.trace.steps.length ?? 0;
  go(stepAddress(shown.trace, Math.max(0, Math.min(step, count))));
}

function showTheme(): void {
  const other = themeNow() === 'dark' ? 'Light' : 'Dark';
  byId('theme').textContent = other;
  byId('theme').setAttribute('aria-label', `${other} theme`);
}

/** Goes along the way in the explorer; false where none is shown. */
function goInExplorer(which: 'next' | 'previous' | 'first' | 'last'): boolean {
  const view = explorers.shown();
  const address = view?.addressAt(which);
  if (address != null) go(address);
  return view !== null;
}

const COMMANDS: { readonly [C in Command]: () => void } = {
  next: () => goInExplorer('next') || goToStep((shown?.step ?? 0) + 1),
  previous: () => goInExplorer('previous') || goToStep((shown?.step ?? 0) - 1),
  first: () => goInExplorer('first') || goToStep(0),
  last: () => goInExplorer('last') || goToStep(Number.POSITIVE_INFINITY),
  inevitable: () => {
    const view = shown === null ? null : viewOf(shown.trace);
    if (view !== null) goToStep(tellingStep(view.trace));
  },
  'next-trace': () => goToTrace((shown?.trace ?? -1) + 1),
  'previous-trace': () => goToTrace((shown?.trace ?? 0) - 1),
  summary: () => {
    if (hasSummary) go('#summary');
  },
  scale: () => choose({ ...choice, scale: choice.scale === 'log' ? 'linear' : 'log' }),
  extent: () => choose({ ...choice, isWhole: !choice.isWhole }),
  theme: () => {
    switchTheme();
    showTheme();
  },
  help: () => (help.open ? help.close() : help.showModal()),
};

function goToTrace(number: number): void {
  if (entries[number] !== undefined) go(traceAddress(number));
}

const isDialogOpen = (): boolean => document.querySelector('dialog[open]') !== null;

/** Takes the action whose number is pressed; the history has each, so that it can be undone. */
function takeAction(event: KeyboardEvent): boolean {
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (!isPlain || !/^[1-9]$/.test(event.key) || isDialogOpen()) return false;
  const address = explorers.shown()?.addressOfAction(Number(event.key) - 1);
  if (address == null) return false;
  location.hash = address;
  return true;
}

function onKey(event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : document.body;
  if (takeAction(event)) return;
  const command = commandOf({
    key: event.key,
    isModified: event.ctrlKey || event.altKey || event.metaKey,
    isTyping: target.closest('input, textarea, select, [contenteditable]') !== null,
    isScrolling: target.closest('.pane-step, .pane-machine, .scroll, .listing, dialog') !== null,
  });
  // An open dialog has the keys to itself, but for the one that opened it.
  const isClosing = help.open && command === 'help';
  if (command === null || (isDialogOpen() && !isClosing)) return;
  event.preventDefault();
  COMMANDS[command]();
}

function makeTabs(): void {
  const tabs = entries.map(({ entry }, number) => {
    const name = propertyName(entry.trace.finding);
    const label = `${number + 1} ${name}`;
    return h('a', { href: traceAddress(number), title: entry.trace.finding.summary }, label);
  });
  // A behaviour alone has nothing beside it.
  if (!hasSummary && !isExplored) {
    byId('tabs').hidden = true;
    return;
  }
  const explored = report.runs.flatMap(({ title }, run) => {
    if (!explorers.has(run)) return [];
    const label = report.runs.length === 1 ? 'Explorer' : `Explorer ${run + 1}`;
    return [h('a', { href: explorerAddress(run), title }, label)];
  });
  fill(byId('tabs'), hasSummary && h('a', { href: '#summary' }, 'Summary'), tabs, explored);
}

makeTabs();
showTheme();
document.body.append(help);
byId('theme').addEventListener('click', COMMANDS.theme);
byId('help').addEventListener('click', COMMANDS.help);
addEventListener('keydown', onKey);
addEventListener('hashchange', follow);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme);
follow();
// What a reader waited for, from the opening of the file; tests print it.
document.documentElement.dataset.readyAfter = String(Math.round(performance.now()));
