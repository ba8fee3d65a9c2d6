/**
 * An HTML report of verdicts, or of a trace file: `explore --html` and `show --html`.
 */
import { readFileSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { packModel, packModule } from './explorable.js';
import { kernelRequestOf, resolveKernel } from './kernel/features.js';
import { FUNCTION_NAMES, sourceOf } from './kernel/functions.js';
import type { Model } from './model/model.js';
import { packageFile } from './packageFile.js';
import { featuresTouching } from './probe/touched.js';
import type { ReportDocument, ReportFunction, ReportRun } from './report/document.js';
import { type Page, renderHtml } from './report/html.js';
import { renderLockOrder } from './report/lockOrderText.js';
import { PLAIN } from './report/style.js';
import { renderVerdict } from './report/text.js';
import type { Trace, Verdict } from './verdict/trace.js';

/** What is known of kernel functions, for a kernel as verdicts name it. */
export function describeFunctions(
  names: Iterable<string>,
  kernel: string,
): { readonly [name: string]: ReportFunction } {
  const { features } = resolveKernel(kernelRequestOf(kernel));
  const describe = (name: string): ReportFunction => ({
    source: sourceOf(name),
    features: featuresTouching(name).map(({ id, commit, title, since }) => {
      return { id, commit, title, since, isPresent: features.has(id) };
    }),
  });
  return Object.fromEntries([...new Set(names)].map((name) => [name, describe(name)]));
}

const functionsOf = (traces: readonly Trace[]): string[] =>
  traces.flatMap(({ steps }) => steps.flatMap(({ functions }) => functions));

/** A run of a model, with its verdict. */
export function runOfVerdict(verdict: Verdict): ReportRun {
  const { violations, witnesses = [], ...rest } = verdict;
  const { model, title, kernel, granularity, lockOrder } = verdict;
  const order =
    lockOrder === null
      ? []
      : [
          {
            id: 'lock-order',
            title: 'Order of locks',
            text: 'Which lock was taken while which was held, in all states explored.',
            lines: renderLockOrder(lockOrder, PLAIN).trimEnd().split('\n'),
          },
        ];
  return {
    model,
    title,
    kernel,
    granularity,
    verdict: rest,
    text: renderVerdict(verdict, PLAIN),
    traces: [
      ...violations.map((trace) => ({ kind: 'violation' as const, trace })),
      ...witnesses.map((trace) => ({ kind: 'witness' as const, trace })),
    ],
    functions: describeFunctions(functionsOf([...violations, ...witnesses]), kernel),
    ...(order.length > 0 && { sections: order }),
  };
}

/** A run of which one behaviour is known, from a trace file. */
export function runOfTrace(trace: Trace): ReportRun {
  const { model, title, kernel, granularity } = trace;
  return {
    model,
    title,
    kernel,
    granularity,
    verdict: null,
    text: null,
    traces: [{ kind: 'violation', trace }],
    functions: describeFunctions(functionsOf([trace]), kernel),
  };
}

/** A run that can be explored inside the page: any modelled function may be on a way. */
export const withExplorer = (run: ReportRun, model: Model): ReportRun => ({
  ...run,
  functions: { ...describeFunctions(FUNCTION_NAMES, run.kernel), ...run.functions },
  engine: packModel(model),
});

/** A model of which nothing is known yet, for a page that is served. */
export function runToExplore(model: Model): ReportRun {
  const { name } = resolveKernel(model.kernel);
  return {
    model: model.file,
    title: model.title,
    kernel: name,
    granularity: model.granularity,
    verdict: null,
    text: null,
    traces: [],
    functions: describeFunctions(FUNCTION_NAMES, name),
    engine: { kind: 'served' },
  };
}

/** Sections of several runs have addresses of their own: those of the second end with -2. */
const withOwnIds = (run: ReportRun, index: number): ReportRun =>
  index === 0 || run.sections === undefined
    ? run
    : {
        ...run,
        sections: run.sections.map((one) => ({ ...one, id: `${one.id}-${index + 1}` })),
      };

/** The document of some runs. */
export function makeDocument(runs: readonly ReportRun[]): ReportDocument {
  const isExplored = runs.some(({ engine }) => engine?.kind === 'inside');
  return {
    format: 1,
    tool: { name: 'daxcheck', version: packageJson.version },
    runs: runs.map(withOwnIds),
    ...(isExplored && { module: packModule() }),
  };
}

/** Reads a part of the built page. */
function readPart(name: string): string {
  const file = packageFile(
    `build/${name}`,
    (places) => new Error(`no ${name} at ${places}; run npm run build`),
  );
  return readFileSync(file, 'utf8');
}

/** The page as it was built. Throws where the package is not whole. */
export const readPage = (): Page => ({
  script: readPart('page.js'),
  styles: readPart('page.css'),
});

/**
 * Renders a report of some runs as one HTML file.
 *
 * @example
 * writeFileSync('report.html', htmlReport([runOfVerdict(await explore(model))]));
 */
export const htmlReport = (runs: readonly ReportRun[]): string =>
  renderHtml(makeDocument(runs), readPage());
