/**
 * `daxcheck explore --script`: the user's own scripts and udev rules, as they are, on a machine.
 */
import { availableParallelism } from 'node:os';
import { renderAdvice } from '../advice/adviceText.js';
import { renderAlone } from '../advice/alone.js';
import type { Widths } from '../advice/axes.js';
import { checkScripts, type ScriptsAnswer } from '../advice/checkScripts.js';
import { copyObstacle } from '../advice/copies.js';
import { SCRIPTS_MAX } from '../advice/goal.js';
import { sweepScopes } from '../advice/sweep.js';
import { renderSweep } from '../advice/sweepText.js';
import { nameFaults } from '../compile/scenario.js';
import { planUniverse } from '../compile/universe.js';
import { byPlace, EXIT } from '../errors.js';
import type { ExploreOptions } from '../explore.js';
import type { Model } from '../model/model.js';
import type { ReportSection } from '../report/document.js';
import { renderVerdictJson, toLines } from '../report/json.js';
import { renderStory } from '../report/story.js';
import { PLAIN } from '../report/style.js';
import { renderVerdict } from '../report/text.js';
import { renderTrace } from '../report/traceText.js';
import { writesLike } from '../userland/havoc.js';
import { composeOwn, readOwn } from './composed.js';
import { type ExploreCommandOptions, traceFilesOf, writeHtmlOf } from './explore.js';
import { loadModels, reject, warnOfUnknown, withRejections } from './load.js';
import { progressFor, styleFor } from './look.js';
import { override, overridesOf } from './options.js';
import { type ScriptWishes, strangeVirt } from './scriptWishes.js';
import { strategyOf } from './strategy.js';
import type { Terminal } from './terminal.js';

type Options = ExploreCommandOptions & ScriptWishes;

interface Look {
  readonly options: Options;
  readonly terminal: Terminal;
}

/** Tells what was taken for anything, so that nobody thinks that it was understood. */
function anythingText({ anything }: ScriptsAnswer): readonly string[] {
  if (anything.length === 0) return [];
  const lines = anything.map(
    ({ place, code, message }) => `  ${place.file}:${place.line}: ${code}: ${message}`,
  );
  return ['Not understood, and taken for anything (--havoc)', ...lines, ''];
}

function answerText(
  answer: ScriptsAnswer,
  traceFiles: readonly string[],
  { options, terminal }: Look,
): string {
  const { verdict, stories, alone, advised } = answer;
  const style = styleFor(options, terminal);
  const traces = options.quiet === true ? [] : verdict.violations;
  return [
    ...traces.map((trace, index) => {
      const file = traceFiles[index];
      return renderTrace(trace, style, file === undefined ? {} : { file });
    }),
    ...stories.map((story) => renderStory(story, verdict.model, style)),
    renderAlone(alone, verdict.model, style),
    ...(advised === null ? [] : [renderAdvice(advised, style)]),
    ...anythingText(answer),
    renderVerdict(verdict, style, { traceFiles, exitStatus: verdict.exitStatus }),
  ].join('\n');
}

function summaryOf({ verdict, advised }: ScriptsAnswer): readonly object[] {
  if (advised === null) return [];
  const { pairs, untried } = advised;
  return [{ kind: 'advice-summary', model: verdict.model, pairs, untried }];
}

function answerJson(answer: ScriptsAnswer, traceFiles: readonly string[]): string {
  const { verdict, stories, alone, advised, anything } = answer;
  const { model } = verdict;
  return [
    toLines(stories.map((story) => ({ kind: 'story', model, ...story }))),
    toLines(alone.map((one) => ({ kind: 'alone', model, ...one }))),
    toLines((advised?.advice ?? []).map((one) => ({ kind: 'advice', model, ...one }))),
    toLines(summaryOf(answer)),
    toLines(anything.map((one) => ({ kind: 'taken-for-anything', model, ...one }))),
    renderVerdictJson(verdict, traceFiles),
  ].join('');
}

/** What the command line says of each search. */
function searchOptions(options: Options, terminal: Terminal): ExploreOptions {
  return {
    workers: options.workers ?? availableParallelism(),
    signal: terminal.interrupt,
    ...strategyOf(options),
    ...(options.reduce !== undefined && { reduce: options.reduce }),
    ...(options.maxSeconds !== undefined && { seconds: options.maxSeconds }),
    ...(options.memory !== undefined && { memoryBytes: options.memory }),
  };
}

/** Why a machine cannot be swept so far; null when it can. */
function sweepObstacle(model: Model, { devices = 1, actors = 1 }: Widths): string | null {
  if (devices > 1) {
    const why = copyObstacle(model);
    if (why !== null) return `--sweep devices=${devices}: ${why}`;
  }
  const scripts = model.actors.filter(({ kind }) => kind === 'script').length + actors - 1;
  if (actors === 1 || scripts <= SCRIPTS_MAX) return null;
  return `--sweep actors=${actors}: more than ${SCRIPTS_MAX} scripts at once have no common end`;
}

/** Explores larger and larger machines; the status is 0 when the findings stay the same. */
async function sweepScripts(
  model: Model,
  widths: Widths,
  { options, terminal, told }: Look & { readonly told: readonly string[] },
): Promise<number> {
  const obstacle = sweepObstacle(model, widths);
  if (obstacle !== null) {
    terminal.writeError(`daxcheck: ${obstacle}\n`);
    return EXIT.usage;
  }
  const sweep = await sweepScopes(model, widths, {
    ...searchOptions(options, terminal),
    scope: options.scope ?? null,
  });
  const { rows, stableFrom, isComplete, whole } = sweep;
  for (const text of whole.filter((one) => !told.includes(one))) {
    terminal.writeError(`warning: ${model.file}: ${text}\n`);
  }
  const records = [
    ...rows.map((row) => ({ kind: 'sweep-row', model: model.file, ...row })),
    { kind: 'sweep', model: model.file, stableFrom, isComplete },
  ];
  terminal.writeOut(options.json === true ? toLines(records) : renderSweep(sweep));
  const isStable = isComplete && Object.values(stableFrom).every((from) => from !== null);
  return isStable ? EXIT.holds : EXIT.incomplete;
}

/** The stories and what was tried, for a report in HTML. */
function sectionsOf(answer: ScriptsAnswer): readonly ReportSection[] {
  const { stories, advised, alone, verdict } = answer;
  const sections: readonly ReportSection[] = [
    {
      id: 'in-your-files',
      title: 'In your files',
      text: 'Which lines race, what the machine ends in, and whether a reboot is needed.',
      lines: stories.flatMap((story) => renderStory(story, verdict.model, PLAIN).split('\n')),
    },
    {
      id: 'meant',
      title: 'Meant',
      text: 'What the scripts come to when nobody else does anything.',
      lines: renderAlone(alone, verdict.model, PLAIN).split('\n'),
    },
    {
      id: 'advice',
      title: 'Advice',
      text: 'Known remedies, each put into the files and explored like them.',
      lines: advised === null ? [] : renderAdvice(advised, PLAIN).split('\n'),
    },
    {
      id: 'taken-for-anything',
      title: 'Not understood',
      text: 'Lines that may do anything (--havoc).',
      lines: anythingText(answer),
    },
  ];
  const shown = [...[stories.length > 0, true], ...[advised !== null, answer.anything.length > 0]];
  return sections.filter((_, index) => shown[index] === true);
}

/** Writes the answer to stdout, and the files that were asked for. */
async function writeOut(answer: ScriptsAnswer, look: Look): Promise<void> {
  const { options, terminal } = look;
  const { model, verdict } = answer;
  const { traceDir, html, sarif, explorer = true } = options;
  const folder = { directory: traceDir ?? '', used: new Set<string>() };
  const traceFiles = traceDir === undefined ? [] : await traceFilesOf(verdict, model, folder);
  const json = options.json === true;
  terminal.writeOut(json ? answerJson(answer, traceFiles) : answerText(answer, traceFiles, look));
  if (html !== undefined) {
    const explored = { model, verdict, coverage: null, sections: sectionsOf(answer) };
    await writeHtmlOf([explored], { html, explorer, terminal });
  }
  if (sarif === undefined) return;
  const { writeSarif } = await import('./sarif.js');
  writeSarif(sarif, verdict.violations, verdict.exitStatus);
}

async function exploreScripts(model: Model, options: Options, terminal: Terminal): Promise<number> {
  const progress = progressFor(options, terminal);
  let remedy: string | null = null;
  try {
    const answer = await checkScripts(model, {
      ...searchOptions(options, terminal),
      onProgress: (at) => progress.update(at, remedy),
      onRemedy: (text) => {
        remedy = text;
      },
      advice: options.advice === true,
    });
    progress.end();
    await writeOut(answer, { options, terminal });
    return answer.verdict.exitStatus;
  } finally {
    progress.end();
  }
}

/** The first pattern of --havoc-file that matches nothing; null where each matches something. */
function unmatchedFiles(model: Model): string | null {
  const files = model.havoc?.files ?? [];
  if (files.length === 0) return null;
  const { universe } = planUniverse(model).plan;
  return files.find((pattern) => !writesLike(pattern, universe)) ?? null;
}

/** Explores scripts of the user's own; their faults are told all at once. */
export async function ownScriptsCommand(options: Options, terminal: Terminal): Promise<number> {
  const { script = [], rules = [], machine = '', coldplug = false, udevWorkers } = options;
  const { havoc = false, havocFile } = options;
  const loaded = loadModels([machine], terminal, { wanted: 'machines' });
  const own = readOwn(script, rules);
  const faults = [...(loaded.ok ? [] : loaded.diagnostics), ...('scripts' in own ? [] : own)];
  if (!loaded.ok || !('scripts' in own)) return reject(faults, options, terminal);
  const [base] = loaded.models;
  if (base === undefined) return EXIT.bug;
  const { model, scoped, warnings } = composeOwn(override(base, overridesOf(options)), own, {
    ...{ scripts: script, rules, coldplug },
    virt: options.virt ?? base.machine.virt,
    workers: udevWorkers ?? null,
    havoc: havoc ? { files: havocFile ?? null } : null,
    scope: options.scope ?? null,
  });
  for (const text of warnings) terminal.writeError(`warning: ${machine}: ${text}\n`);
  const strange = options.virt === undefined ? null : strangeVirt(options.virt);
  if (strange !== null) terminal.writeError(`warning: ${strange}\n`);
  warnOfUnknown([model], terminal);
  const unmatched = unmatchedFiles(scoped);
  if (unmatched !== null) {
    terminal.writeError(
      `daxcheck: --havoc-file ${unmatched} matches no file that --havoc writes\n`,
    );
    return EXIT.usage;
  }
  const wrong = nameFaults(scoped);
  if (wrong.length > 0) return reject([...wrong].sort(byPlace), options, terminal);
  const job = (): Promise<number> =>
    options.sweep === undefined
      ? exploreScripts(scoped, options, terminal)
      : sweepScripts(model, options.sweep, { options, terminal, told: warnings });
  return withRejections(job, options, terminal);
}
