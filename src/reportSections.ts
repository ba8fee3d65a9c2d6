/**
 * The pictures and texts of a whole run for its HTML report: the state graph, growth by depth,
 * coverage, what the devices give to kmem.
 */
import { capacityOf } from './import/capacity.js';
import type { Model } from './model/model.js';
import { capacitySection } from './report/capacityPicture.js';
import { coverageSummary, renderCoverage } from './report/coverage.js';
import type { ReportSection } from './report/document.js';
import { graphSummary } from './report/graphLabels.js';
import { drawGraph, undrawable } from './report/graphSvg.js';
import { drawGrowth, growthRows, growthText } from './report/growth.js';
import { formatCount } from './report/layout.js';
import { makeStateGraph } from './stateGraph.js';
import type { Coverage } from './verdict/coverage.js';
import type { Verdict } from './verdict/trace.js';

/** Beyond so many states nobody would look at the picture; they are not even counted. */
const DRAWN_STATES = 2000;

const AS_FILE = 'daxcheck explore --graph FILE.dot writes it for Graphviz.';

const LEGEND =
  'A box stands for all states that userland cannot tell apart, now or later; what all boxes have' +
  ' in common is left out. A violated property is named in its box, and the steps of a' +
  ' counterexample are numbered. Dashed: a step that nobody sees.';

function graphSection(model: Model, verdict: Verdict, id: string): ReportSection {
  const about = { id: 'state-graph', title: 'State graph' };
  const graph = makeStateGraph(model, {
    statesMax: DRAWN_STATES,
    traces: [...verdict.violations, ...(verdict.witnesses ?? [])],
  });
  if ('tooLarge' in graph) {
    const states = `the model has more than ${formatCount(DRAWN_STATES)} states`;
    return { ...about, text: `Not drawn: ${states}. ${AS_FILE}` };
  }
  const summary = `${graphSummary(graph)}.`;
  const reason = undrawable(graph);
  if (reason !== null) return { ...about, text: `${summary} ${reason} ${AS_FILE}` };
  const { svg, legend } = drawGraph(graph, { id });
  const text = `${summary} ${LEGEND}`;
  return { ...about, text, svg, ...(legend.length > 0 && { lines: legend }) };
}

function growthSection(levels: readonly number[], id: string): ReportSection {
  return {
    id: 'growth',
    title: 'States by depth',
    text: growthText(levels),
    svg: drawGrowth(levels, id),
    lines: growthRows(levels),
  };
}

function coverageSection(coverage: Coverage): ReportSection {
  return {
    id: 'coverage',
    title: 'Coverage',
    text: coverageSummary(coverage),
    lines: renderCoverage(coverage).trimEnd().split('\n').slice(2),
  };
}

/** Of the machine as it is, also where it was cut to be explored. */
function capacityOfModel({ file, ...model }: Model, id: string): readonly ReportSection[] {
  const machine = model.cut?.machine ?? model.machine;
  if (machine.devices.length === 0) return [];
  const rows = machine.devices.map(({ name, ranges }) => {
    return { name, bars: capacityOf(ranges, machine.blockSize).ranges, notes: [], others: [] };
  });
  return [capacitySection({ blockSize: machine.blockSize, origin: file, rows }, id)];
}

/**
 * Makes the sections of a run.
 *
 * @param run its number in the report: pictures of different runs need different ids.
 */
export function sectionsOf(
  model: Model,
  verdict: Verdict,
  { coverage, run }: { readonly coverage: Coverage | null; readonly run: number },
): readonly ReportSection[] {
  const { levels = [] } = verdict;
  return [
    graphSection(model, verdict, `graph${run}`),
    ...(levels.length > 2 ? [growthSection(levels, `growth${run}`)] : []),
    ...(coverage === null ? [] : [coverageSection(coverage)]),
    ...capacityOfModel(model, `capacity${run}`),
  ];
}
