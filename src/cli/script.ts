/**
 * `daxcheck show --script` writes a trace as a shell script, and beside it the C file that it may
 * need.
 */
import { chmodSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EXIT } from '../errors.js';
import type { Model } from '../model/model.js';
import type { ItfHeader } from '../report/itf.js';
import type { LookOptions } from './look.js';
import { withTrace } from './replay.js';
import type { Terminal } from './terminal.js';
import { asTraced, isUnchanged } from './tracedModel.js';
import { filesOf } from './traceFiles.js';
import { writeWhole } from './writeWhole.js';

export interface ScriptOptions extends LookOptions {
  /** Where the script goes; '-' is stdout. */
  readonly script: string;
}

/** Name of the C file and its program when the script goes to stdout. */
const PROCESS_NAME = 'daxcheck-process';

async function writeScript(
  model: Model,
  header: ItfHeader,
  { script: file }: ScriptOptions,
  terminal: Terminal,
): Promise<number> {
  if (!isUnchanged(model, header)) {
    const note = 'has changed since the trace was written; the script is of it as it is now';
    terminal.writeError(`daxcheck: ${filesOf(model).join(' or ')} ${note}\n`);
  }
  const { scriptOf } = await import('../lab/script/script.js');
  const name = file === '-' ? PROCESS_NAME : basename(file).replace(/\.sh$/, '');
  const answer = scriptOf(asTraced(model, header), header, name);
  if (!answer.ok) {
    const text = `step ${answer.missingStep} of ${header.ordinals.length} does not exist any more`;
    terminal.writeError(`daxcheck: ${text} in ${model.file}: explore it again\n`);
    return EXIT.selfCheckFailed;
  }
  if (file === '-') {
    terminal.writeOut(answer.script);
    if (answer.process === null) return EXIT.holds;
    terminal.writeError(
      'daxcheck: the script needs a program: its source comes with --script FILE\n',
    );
    return EXIT.holds;
  }
  writeWhole(file, answer.script);
  chmodSync(file, 0o755);
  if (answer.process === null) return EXIT.holds;
  const program = join(dirname(file), name);
  writeWhole(`${program}.c`, answer.process);
  terminal.writeError(`daxcheck: build its program: cc -O2 -Wall -o ${program} ${program}.c\n`);
  return EXIT.holds;
}

/** Writes the script of a trace file; its model is where `replay` looks for it. */
export function scriptCommand(
  path: string,
  options: ScriptOptions,
  terminal: Terminal,
): Promise<number> {
  return withTrace(path, options, terminal, ({ header }, model) =>
    writeScript(model, header, options, terminal),
  );
}
