/**
 * `daxcheck explore --script`: the user's own scripts and udev rules, as they are, on a machine.
 */
import { availableParallelism } from 'node:os';
import { renderAdvice } from '../advice/adviceText.js';
import type { Widths } from '../advice/axes.js';
import { checkScripts, type ScriptsAnswer } from '../advice/checkScripts.js';
import { composeModel } from '../advice/compose.js';
import { copyObstacle } from '../advice/copies.js';
import { SCRIPTS_MAX } from '../advice/goal.js';
import { sweepScopes } from '../advice/sweep.js';
import { renderSweep } from '../advice/sweepText.js';
import type { Diagnostic } from '../errors.js';
import { EXIT } from '../errors.js';
import type { ExploreOptions } from '../explore.js';
import { readTextFile } from '../model/files.js';
import type { Model, SourceText } from '../model/model.js';
import { renderVerdictJson, toLines } from '../report/json.js';
import { renderStory } from '../report/story.js';
import { renderVerdict } from '../report/text.js';
import { renderTrace } from '../report/traceText.js';
import { cutModel } from '../scope/choose.js';
import type { ExploreCommandOptions } from './explore.js';
import { loadModels, reject, warnOfUnknown, withRejections } from './load.js';
import { progressFor, styleFor } from './look.js';
import { override, overridesOf } from './options.js';
import type { ScriptWishes } from './scriptWishes.js';
import { strategyOf } from './strategy.js';
import type { Terminal } from './terminal.js';

type Options = ExploreCommandOptions & ScriptWishes;

type Texts =
  | { readonly ok: true; readonly texts: readonly SourceText[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads files, all of them, so that every fault is told at once. */
function readTexts(files: readonly string[]): Texts {
  const read = files.map((file) => {
    const place = { file, line: 1, column: 1 };
    return { place, text: readTextFile(file, place) };
  });
  const diagnostics = read.flatMap(({ text }) => (text.ok ? [] : [text.fault]));
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const texts = read.flatMap(({ place, text }) => (text.ok ? [{ text: text.text, place }] : []));
  return { ok: true, texts };
}

/** Tells what was taken for anything, so that nobody thinks that it was understood. */
function anythingText({ anything }: ScriptsAnswer): readonly string[] {
  if (anything.length === 0) return [];
  const lines = anything.map(
    ({ place, code, message }) => `  ${place.file}:${place.line}: ${code}: ${message}`,
  );
  return ['Not understood, and taken for anything (--havoc)', ...lines, ''];
}

function answerText(answer: ScriptsAnswer, options: Options, terminal: Terminal): string {
  const { verdict, stories, advice } = answer;
  const style = styleFor(options, terminal);
  const traces = options.quiet === true ? [] : verdict.violations;
  return [
    ...traces.map((trace) => renderTrace(trace, style)),
    ...stories.map((story) => renderStory(story, verdict.model, style)),
    ...(advice === null ? [] : [renderAdvice(advice, style)]),
    ...anythingText(answer),
    renderVerdict(verdict, style),
  ].join('\n');
}

function answerJson({ verdict, stories, advice, anything }: ScriptsAnswer): string {
  const { model } = verdict;
  return [
    toLines(stories.map((story) => ({ kind: 'story', model, ...story }))),
    toLines((advice ?? []).map((one) => ({ kind: 'advice', model, ...one }))),
    toLines(anything.map((one) => ({ kind: 'taken-for-anything', model, ...one }))),
    renderVerdictJson(verdict),
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
  { options, terminal }: { readonly options: Options; readonly terminal: Terminal },
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
  const { rows, stableFrom, isComplete } = sweep;
  const records = [
    ...rows.map((row) => ({ kind: 'sweep-row', model: model.file, ...row })),
    { kind: 'sweep', model: model.file, stableFrom, isComplete },
  ];
  terminal.writeOut(options.json === true ? toLines(records) : renderSweep(sweep));
  const isStable = isComplete && Object.values(stableFrom).every((from) => from !== null);
  return isStable ? EXIT.holds : EXIT.incomplete;
}

async function exploreScripts(model: Model, options: Options, terminal: Terminal): Promise<number> {
  const progress = progressFor(options, terminal);
  try {
    const answer = await checkScripts(model, {
      ...searchOptions(options, terminal),
      onProgress: progress.update,
      advice: options.advice === true,
    });
    progress.end();
    const json = options.json === true;
    terminal.writeOut(json ? answerJson(answer) : answerText(answer, options, terminal));
    return answer.verdict.exitStatus;
  } finally {
    progress.end();
  }
}

/** Explores scripts of the user's own; their faults are told all at once. */
export async function ownScriptsCommand(options: Options, terminal: Terminal): Promise<number> {
  const { script = [], rules = [], machine = '', coldplug = false, udevWorkers } = options;
  const { virt = 'none', havoc = false, havocFile } = options;
  const loaded = loadModels([machine], terminal, { wanted: 'machines' });
  const scripts = readTexts(script);
  const ruleFiles = readTexts(rules);
  const faults = [loaded, scripts, ruleFiles].flatMap((one) => (one.ok ? [] : one.diagnostics));
  if (!loaded.ok || !scripts.ok || !ruleFiles.ok) return reject(faults, options, terminal);
  const [base] = loaded.models;
  if (base === undefined) return EXIT.bug;
  const { model, leftOut } = composeModel(override(base, overridesOf(options)), {
    scripts: scripts.texts,
    rules: ruleFiles.texts,
    coldplug,
    workers: udevWorkers ?? null,
    virt,
    havoc: havoc ? { files: havocFile ?? null } : null,
  });
  for (const what of leftOut) {
    terminal.writeError(`warning: ${machine}: only its machine is taken; left out: ${what}\n`);
  }
  const { model: scoped, whole } = cutModel(model, options.scope ?? null);
  for (const text of whole) terminal.writeError(`warning: ${machine}: ${text}\n`);
  warnOfUnknown([model], terminal);
  const job = (): Promise<number> =>
    options.sweep === undefined
      ? exploreScripts(scoped, options, terminal)
      : sweepScripts(model, options.sweep, { options, terminal });
  return withRejections(job, options, terminal);
}
