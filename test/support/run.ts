/** Scripts on a machine: what each line returns, and which locks a line takes. */
import { compileModel } from '../../src/compile/scenario.js';
import { isRelease, RELEASES, SELECTABLE } from '../../src/kernel/features.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import { parseModel } from '../../src/model/load.js';
import type { Model } from '../../src/model/model.js';
import { run } from '../../src/run.js';
import { describeStep, takeStep, viewReplay } from '../../src/verdict/steps.js';
import type { RunRecord } from '../../src/verdict/trace.js';

export interface ScriptRequest {
  /** A release, or YAML of the `kernel:` key. */
  readonly kernel: string;
  /** YAML of the `machine:` section, without indentation. */
  readonly machine: string;
  readonly lines: readonly string[];
}

const indent = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`))
    .join('\n');

/** Parses a model written in memory; a fault of it is a fault of the test. */
export function modelOf(text: string): Model {
  const refuse = (path: string): never => {
    throw new Error(`a model in memory names a file: ${path}`);
  };
  const parsed = parseModel(text, 'test.yaml', refuse, {
    releases: { names: RELEASES.map(({ name }) => name), has: isRelease },
    features: SELECTABLE.map(({ id }) => id),
  });
  if (parsed.ok) return parsed.model;
  throw new Error(
    parsed.diagnostics.map(({ message, place }) => `${place.line}: ${message}`).join('\n'),
  );
}

function scriptModel({ kernel, machine, lines }: ScriptRequest, granularity: string): Model {
  return modelOf(
    [
      'format: 1',
      'title: a script',
      `kernel: ${kernel}`,
      `granularity: ${granularity}`,
      'machine:',
      indent(machine, 2),
      'actors:',
      '  admin: |',
      ...lines.map((line) => `    ${line}`),
      '',
    ].join('\n'),
  );
}

/** Runs lines in order on the debug engine; one record for each. */
export async function runScript(request: ScriptRequest): Promise<readonly RunRecord[]> {
  return run(scriptModel(request, 'call'), { debug: true }).slice(1);
}

/**
 * Lock events of the last line, as '+lock', '-lock' and with ' (read)' where it is taken for
 * reading.
 */
export async function lockOrder(request: {
  readonly kernel: string;
  readonly machine: string;
  readonly preamble: readonly string[];
  readonly line: string;
}): Promise<readonly string[]> {
  const lines = [...request.preamble, request.line];
  const scenario = compileModel(scriptModel({ ...request, lines }, 'step'));
  const engine = openKernelEngine(scenario, { debug: true });
  engine.replay.initial(0);
  const events: string[] = [];
  for (let commands = 0; ; ) {
    const step = takeStep(engine, 0);
    if (step === null) return events;
    const told = describeStep(step, viewReplay(engine, scenario), scenario);
    if (told.starts) commands++;
    if (commands < lines.length) continue;
    for (const event of told.events) {
      if (event.kind !== 'lock' && event.kind !== 'unlock') continue;
      const mark = event.kind === 'lock' ? '+' : '-';
      events.push(`${mark}${event.lock}${event.mode === 'read' ? ' (read)' : ''}`);
    }
  }
}
