/** Options of `explore` for what comes out beside the verdict: files, the page, more to tell. */
import { type Command, Option } from 'commander';
import { parsePort } from './options.js';

/** Adds them. */
export const withOutputOptions = (command: Command): Command =>
  command
    .option('--trace-dir <dir>', 'write a trace file for each violation into this directory')
    .option('--explain', 'tell of each trace its locks, its window, and the commit that mends it')
    .option('--html <file>', 'write a report of all models as one HTML file, to be read offline')
    .option('--no-explorer', 'leave the engine out of the report: no other steps can be taken')
    .option('--sarif <file>', 'write every violation as SARIF 2.1.0 too')
    .option('--serve', 'open the models for a browser of this machine, without a search')
    .addOption(
      new Option('--port <n>', 'port of --serve (default: 8470; 0: any free one)')
        .argParser(parsePort)
        .implies({ serve: true }),
    )
    .option('--lock-order', 'tell which locks are taken under which, and the cycles among them')
    .option('--stats', 'tell where time and memory went, and how often each thing was done')
    .option('--coverage', 'tell which commands, program points and features the run came to')
    .addHelpText(
      'after',
      '\nIn a browser:\n  daxcheck explore --html report.html model.yaml\n' +
        '  daxcheck explore --serve model.yaml',
    );
