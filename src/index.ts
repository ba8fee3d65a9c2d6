/**
 * The library: what a program needs to load a model, explore it, run its scripts, replay a trace,
 * and show the answer.
 *
 * @example
 * import { explore, loadModel, PLAIN, renderVerdict } from 'daxcheck';
 *
 * const loaded = loadModel('model.yaml');
 * if (!loaded.ok) throw new Error(loaded.diagnostics.map((fault) => fault.message).join('\n'));
 * const verdict = await explore(loaded.model, { workers: 2 });
 * process.stdout.write(renderVerdict(verdict, PLAIN));
 */
export type { Coverage, CoverageOptions } from './coverage.js';
export { cover } from './coverage.js';
export type { CompareOptions, Comparison, Distinction, Seen } from './diff.js';
export { compareKernels } from './diff.js';
export type { Diagnostic, ExitStatus } from './errors.js';
export { EXIT, formatDiagnostic } from './errors.js';
export type { ExploreOptions, StrategyRequest } from './explore.js';
export { explore } from './explore.js';
export { htmlReport, runOfTrace, runOfVerdict } from './htmlReport.js';
export type { Feature, Release } from './kernel/features.js';
export { FEATURES, RELEASES } from './kernel/features.js';
export { releaseNamed } from './kernel/releases.js';
export { loadModel } from './loadModel.js';
export type { LoadResult } from './model/load.js';
export type * from './model/model.js';
export { replay } from './replay.js';
export { renderAut } from './report/aut.js';
export type { ReportRun } from './report/document.js';
export { renderDot } from './report/dot.js';
export { hashModelText, renderItf } from './report/itf.js';
export type { ItfReading } from './report/itfRead.js';
export { parseItf } from './report/itfRead.js';
export { renderRunJson, renderVerdictJson } from './report/json.js';
export { renderRun } from './report/runText.js';
export type { Style } from './report/style.js';
export { createStyle, PLAIN } from './report/style.js';
export { renderVerdict } from './report/text.js';
export { renderTrace } from './report/traceText.js';
export { run } from './run.js';
export type { StateGraph, StateGraphOptions, TooLarge } from './stateGraph.js';
export { makeStateGraph } from './stateGraph.js';
export type * from './verdict/trace.js';
