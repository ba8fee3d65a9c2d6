/**
 * `daxcheck kernels --from TREE`: what a kernel's source tree has of the modelled features, the
 * release that is nearest to it, and which functions are other than the model knows them.
 */
import { EXIT } from '../errors.js';
import { FEATURES } from '../kernel/features.js';
import { checkFunctions, type FunctionChecks } from '../probe/digests.js';
import { type Answer, idsOf, type Probe, probeTree } from '../probe/probe.js';
import { kernelOfProbe, type ProbedKernel } from '../probe/probedKernel.js';
import { missingOf, openTree } from '../probe/tree.js';
import type { Terminal } from './terminal.js';

export interface ProbeOptions {
  readonly json?: boolean;
  readonly asKernel?: boolean;
}

function kernelLines(kernel: ProbedKernel): string[] {
  const list = (key: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : [`${key}: [${ids.join(', ')}]`];
  const parts = [`base: ${kernel.base}`, ...list('with', kernel.with)];
  const all = [...parts, ...list('without', kernel.without)];
  return [
    ...(kernel.unknown.length > 0 ? [`# not known: ${kernel.unknown.join(', ')}`] : []),
    all.length === 1 ? `kernel: ${kernel.base}` : `kernel: { ${all.join(', ')} }`,
  ];
}

function featureLines(probe: Probe, answer: Answer): string[] {
  const titles = new Map(FEATURES.map(({ id, title }) => [id, title]));
  const ids = idsOf(probe, answer);
  const width = Math.max(0, ...ids.map((id) => id.length));
  const lines = ids.map((id) => `  ${id.padEnd(width)}  ${titles.get(id) ?? ''}`);
  return ids.length === 0 ? [] : [`${answer} (${ids.length}):`, ...lines, ''];
}

function functionLines({ known, unknown, missing }: FunctionChecks): string[] {
  return [
    `Functions that the model follows: ${known.length} are as in a tree that it was written from,`,
    `${missing.length} are not there, ${unknown.length} are other than in all of those trees` +
      `${unknown.length === 0 ? '.' : ':'}`,
    ...unknown.map((name) => `  ${name.replace(' ', ': ')}()`),
  ];
}

function nearestLine({ nearest }: Probe): string {
  if (nearest === null) return 'nearest      no release';
  const { release, more, less } = nearest;
  const parts = [
    ...(more.length > 0 ? [`and ${more.join(', ')}`] : []),
    ...(less.length > 0 ? [`without ${less.join(', ')}`] : []),
  ];
  return `nearest      ${release}${parts.length === 0 ? ', no difference' : ` ${parts.join(' ')}`}`;
}

function probeText(folder: string, probe: Probe, functions: FunctionChecks): string {
  return [
    `tree         ${folder}`,
    `release      ${probe.release ?? 'its Makefile names none'}`,
    nearestLine(probe),
    ...kernelLines(kernelOfProbe(probe)),
    '',
    ...featureLines(probe, 'present'),
    ...featureLines(probe, 'absent'),
    ...featureLines(probe, 'unknown'),
    ...functionLines(functions),
    '',
  ].join('\n');
}

/**
 * Probes the tree in a folder and prints what it has; returns the status: 2 where the folder is no
 * kernel tree.
 */
export function probeCommand(folder: string, options: ProbeOptions, terminal: Terminal): number {
  const tree = openTree(folder);
  const missing = missingOf(tree);
  if (missing.length > 0) {
    const what = `${folder} is no kernel source tree: it has no ${missing.join(', ')}`;
    terminal.writeError(`daxcheck: ${what}\n`);
    return EXIT.usage;
  }
  const probe = probeTree(tree);
  if (options.asKernel === true) {
    terminal.writeOut(`${kernelLines(kernelOfProbe(probe)).join('\n')}\n`);
    return EXIT.holds;
  }
  const functions = checkFunctions(tree);
  const record = { ...probe, kernel: kernelOfProbe(probe), functions };
  terminal.writeOut(
    options.json === true ? `${JSON.stringify(record)}\n` : probeText(folder, probe, functions),
  );
  return EXIT.holds;
}
