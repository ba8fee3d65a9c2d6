/**
 * `daxcheck run`: one schedule of the scripts, with what each line returns and what the machine
 * looks like after it.
 */
import { EXIT } from '../errors.js';
import type { Model } from '../model/model.js';
import { renderRunJson } from '../report/json.js';
import { renderRun } from '../report/runText.js';
import { warnOfUnknown, withModel } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import { type Overrides, override, overridesOf } from './options.js';
import type { Terminal } from './terminal.js';

/** Runs the model's scripts, prints every line's answer, and returns the status. */
export async function runCommand(
  path: string,
  options: LookOptions & Overrides,
  terminal: Terminal,
): Promise<number> {
  const job = async (asked: Model): Promise<number> => {
    const model = override(asked, overridesOf(options));
    warnOfUnknown([model], terminal);
    const { run } = await import('../run.js');
    const records = await run(model, {});
    const style = styleFor(options, terminal);
    terminal.writeOut(
      options.json === true
        ? renderRunJson(records)
        : renderRun(records, style, { model: model.file }),
    );
    return EXIT.holds;
  };
  return withModel(path, job, options, terminal);
}
