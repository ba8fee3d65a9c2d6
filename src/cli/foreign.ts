/**
 * Traces of other tools on the command line: `show` prints them, `--to` writes one form as another,
 * and `replay --model` does their actions.
 */
import { type Diagnostic, diagnose, EXIT } from '../errors.js';
import { readTextFile } from '../model/files.js';
import type { Model } from '../model/model.js';
import { insteadOf, stepText } from '../report/anchorText.js';
import { toLines } from '../report/json.js';
import { plural } from '../report/layout.js';
import { renderPlain } from '../report/plainText.js';
import {
  type PlainReading,
  type PlainTrace,
  parsePlain,
  type Value,
} from '../report/plainTrace.js';
import { renderPlainItf, renderPlainTlc } from '../report/plainWrite.js';
import { renderTrace } from '../report/traceText.js';
import { type WantedStep, wantedOf } from '../verdict/anchor.js';
import { reject, withModel } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import type { Terminal } from './terminal.js';

/** Forms in which a trace is written. */
export const TRACE_FORMS = ['itf', 'tlc'] as const;
export type TraceForm = (typeof TRACE_FORMS)[number];

function readPlain(path: string): PlainReading {
  const read = readTextFile(path, { file: path, line: 1, column: 1 });
  return read.ok ? parsePlain(read.text, path) : { ok: false, diagnostics: [read.fault] };
}

/** Prints a trace of another tool. */
export function showForeign(path: string, options: LookOptions, terminal: Terminal): number {
  const reading = readPlain(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const { trace } = reading;
  const isJson = options.json === true;
  terminal.writeOut(isJson ? toLines([trace]) : renderPlain(trace, styleFor(options, terminal)));
  return EXIT.holds;
}

/** Writes a trace of any tool, daxcheck's too, in another form. */
export function convertCommand(
  path: string,
  options: LookOptions & { readonly to: TraceForm },
  terminal: Terminal,
): number {
  const reading = readPlain(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const render = options.to === 'tlc' ? renderPlainTlc : renderPlainItf;
  terminal.writeOut(render(reading.trace));
  return EXIT.holds;
}

const textOf = (value: Value | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** The actions of a trace; faults where a step does not say who moves. */
function actionsOf(
  { states }: PlainTrace,
  file: string,
): { readonly wanted: readonly WantedStep[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const wanted = states.slice(1).map(({ picks }, index): WantedStep => {
    const thread = textOf(picks.thread);
    if (thread === undefined) {
      const found = `step ${index + 1} does not say which \`thread\` moves`;
      diagnostics.push(diagnose('DAX407', { file, line: 1, column: 1 }, found));
    }
    const [command, result] = [textOf(picks.command), textOf(picks.result)];
    return { thread: thread ?? '', command, result, value: textOf(picks.value) };
  });
  return { wanted, diagnostics: diagnostics.slice(0, 1) };
}

async function follow(
  model: Model,
  wanted: readonly WantedStep[],
  { options, terminal }: { readonly options: LookOptions; readonly terminal: Terminal },
): Promise<number> {
  const { replayActions } = await import('../replay.js');
  const { steps, divergence, violations, unjudged } = await replayActions(model, wanted);
  const missing = divergence === null ? undefined : wanted[divergence.at];
  const differences =
    divergence === null || missing === undefined
      ? []
      : insteadOf(missing, divergence, wanted.length);
  const matches = divergence === null;
  const exitStatus = matches ? EXIT.holds : EXIT.selfCheckFailed;
  const violated = violations.map(({ finding }) => finding.property);
  if (options.json === true) {
    const notJudged = unjudged.map(({ property }) => property);
    const record = { kind: 'replay', model: model.file, matches, differences, violated, notJudged };
    terminal.writeOut(toLines([{ ...record, exitStatus }]));
    return exitStatus;
  }
  const [first] = violations;
  const told = steps.map((step, index) => `  ${index + 1}  ${stepText(wantedOf(step))}\n`).join('');
  terminal.writeOut(first === undefined ? told : renderTrace(first, styleFor(options, terminal)));
  const end = violated.length === 0 ? 'nothing' : violated.join(', ');
  const answer = matches
    ? [
        `Followed: ${plural(steps.length, 'step')}; the last state violates ${end}.`,
        ...unjudged.map(({ property, note }) => `not judged: ${property} (${note})`),
      ]
    : ['NOT FOLLOWED: the model goes another way.', ...differences];
  terminal.writeOut(`${answer.join('\n  ')}\n`);
  return exitStatus;
}

/** Does the actions of another tool's trace in a model; status 22 where they cannot be done. */
export function replayForeign(
  path: string,
  options: LookOptions & { readonly model: string },
  terminal: Terminal,
): Promise<number> | number {
  const reading = readPlain(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const { wanted, diagnostics } = actionsOf(reading.trace, path);
  if (diagnostics.length > 0) return reject(diagnostics, options, terminal);
  return withModel(
    options.model,
    (model) => follow(model, wanted, { options, terminal }),
    options,
    terminal,
  );
}
