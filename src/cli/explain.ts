/** `--explain` of `explore` and `show`: why a trace can happen, and the commit that mends it. */
import { bisect, changesBetween, kernelAfter } from '../bisect.js';
import { EXIT } from '../errors.js';
import { RELEASES, resolveKernel } from '../kernel/features.js';
import { compareReleases } from '../kernel/releases.js';
import type { Model } from '../model/model.js';
import { type Mending, renderExplain } from '../report/explain.js';
import { renderTrace } from '../report/traceText.js';
import type { Trace } from '../verdict/trace.js';
import { askingFor } from './bisect.js';
import { type LookOptions, styleFor } from './look.js';
import { withTrace } from './replay.js';
import type { Terminal } from './terminal.js';
import { asTraced } from './tracedModel.js';

/** Where models are larger, a run on each kernel takes too long to be done unasked. */
const STATES_MAX = 200_000;

const newestRelease = (): string =>
  RELEASES.map(({ name }) => name).reduce((left, right) =>
    compareReleases(left, right) < 0 ? right : left,
  );

/** The commit by which a property of a model comes to hold, up to the newest release. */
async function mendingOf(model: Model, { finding }: Trace): Promise<Mending> {
  const { explore } = await import('../explore.js');
  const newest = newestRelease();
  const request = { ...model.kernel };
  const kernel = resolveKernel(request);
  const good = { release: newest, with: [], without: [] };
  const changes = changesBetween(kernel, resolveKernel(good));
  const { property, device } = finding;
  const runAt = async (step: number) => {
    const asked = kernelAfter({ request, kernel }, changes, step);
    const verdict = await explore({
      ...askingFor(model, property),
      kernel: { ...model.kernel, ...asked },
      limits: { ...model.limits, states: model.limits.states ?? STATES_MAX },
    });
    const isFound = verdict.violations.some(
      (one) => one.finding.property === property && one.finding.device === device,
    );
    const isCut = !isFound && verdict.verdict === 'incomplete';
    const violated = isCut ? null : isFound;
    return { step, kernel: verdict.kernel, violated, states: verdict.distinctStates };
  };
  const result = await bisect({ changes, runAt, every: false });
  if (result.kind !== 'found') {
    const isCut = result.kind === 'cut';
    return isCut ? { kind: 'unknown', why: 'a run was cut short' } : { kind: 'none', newest };
  }
  const { feature, added } = result.change;
  const { id, commit, title, since } = feature;
  return { kind: 'commit', id, commit, title, since, added };
}

/** Writes the explanation of traces of a model. */
export async function explainTraces(
  traces: readonly Trace[],
  model: Model,
  { options, terminal }: { readonly options: LookOptions; readonly terminal: Terminal },
): Promise<void> {
  const style = styleFor(options, terminal);
  for (const trace of traces) {
    const mending = await mendingOf(model, trace);
    terminal.writeOut(`\n${renderExplain(trace, mending, style)}`);
  }
}

/** Explains a trace file; its model is where `replay` looks for it. */
export function explainCommand(
  path: string,
  options: LookOptions,
  terminal: Terminal,
): Promise<number> {
  return withTrace(path, options, terminal, async ({ header, trace }, model) => {
    terminal.writeOut(renderTrace(trace, styleFor(options, terminal)));
    await explainTraces([trace], asTraced(model, header), { options, terminal });
    return EXIT.holds;
  });
}
