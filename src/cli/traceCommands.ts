/** The commands that work on trace files: `replay` and `show`. */
import type { Command } from 'commander';
import { json, noColor, type Report } from './sharedOptions.js';
import type { Terminal } from './terminal.js';
import { showForm, withTextForms } from './textForms.js';

/** Adds them to the program. */
export function addTraces(program: Command, terminal: Terminal, report: Report): void {
  program
    .command('replay')
    .description(
      'run a trace file again, without search; status 22 when the model behaves otherwise',
    )
    .argument('<trace>', 'trace file (.itf.json)')
    .option('--model <file>', 'another model; for a trace of another tool it must be named')
    .addOption(json())
    .addOption(noColor())
    .addHelpText('after', '\nExample:\n  daxcheck replay traces/model.recoverable.itf.json')
    .action(async (path: string, options) => {
      const { replayCommand } = await import('./replay.js');
      report(await replayCommand(path, options, terminal));
    });
  const show = program
    .command('show')
    .description('print a trace file for reading, or write it as a report, a script or a mail')
    .argument('<trace>', 'trace file (.itf.json)')
    .option('--script <file>', 'write a shell script that does its steps (- for stdout)')
    .option('--html <file>', 'write a report as one HTML file, to be read offline')
    .option('--no-explorer', 'leave the engine out of the report: no other steps can be taken')
    .option('--sarif <file>', 'write it as SARIF 2.1.0')
    .addOption(json())
    .addOption(noColor())
    .addHelpText(
      'after',
      '\nExample:\n  daxcheck show traces/model.recoverable.itf.json\n' +
        '  daxcheck show --script leak.sh traces/model.no-leak.itf.json\n' +
        '  daxcheck show --html leak.html traces/model.no-leak.itf.json\n' +
        '  daxcheck show --sarif leak.sarif traces/model.no-leak.itf.json',
    )
    .action(async (path: string, options) => {
      const form = await showForm(path, options, terminal);
      if (form !== null) {
        report(form);
        return;
      }
      if (options.html !== undefined) {
        const { showHtmlCommand } = await import('./html.js');
        report(showHtmlCommand(path, options, terminal));
        return;
      }
      if (options.sarif !== undefined) {
        const { showSarifCommand } = await import('./sarif.js');
        report(showSarifCommand(path, options, terminal));
        return;
      }
      const { scriptCommand } = await import('./script.js');
      if (options.script !== undefined) {
        report(await scriptCommand(path, options, terminal));
        return;
      }
      const { showCommand } = await import('./replay.js');
      report(await showCommand(path, options, terminal));
    });
  withTextForms(show);
}
