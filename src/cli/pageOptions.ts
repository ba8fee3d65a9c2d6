/** Options of `explore` for what is read elsewhere: the page as a file or served, SARIF. */
import { type Command, Option } from 'commander';
import { parsePort } from './options.js';

/** Adds them. */
export const withPageOptions = (command: Command): Command =>
  command
    .option('--html <file>', 'write a report of all models as one HTML file, to be read offline')
    .option('--no-explorer', 'leave the engine out of the report: no other steps can be taken')
    .option('--sarif <file>', 'write every violation as SARIF 2.1.0 too')
    .option('--serve', 'open the models for a browser of this machine, without a search')
    .addOption(
      new Option('--port <n>', 'port of --serve (default: 8470; 0: any free one)')
        .argParser(parsePort)
        .implies({ serve: true }),
    )
    .addHelpText(
      'after',
      '\nIn a browser:\n  daxcheck explore --html report.html model.yaml\n' +
        '  daxcheck explore --serve model.yaml',
    );
