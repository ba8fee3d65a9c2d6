/**
 * The commands that begin with a machine: `import`, `capacity` and `init`.
 */
import { type Command, Option } from 'commander';
import { withInputOptions } from './inputOptions.js';
import type { Terminal } from './terminal.js';

const json = (): Option => new Option('--json', 'print JSON, one object');

/** Takes the status of the command that ran. */
type Report = (status: number) => void;

function addImport(program: Command, terminal: Terminal, report: Report): void {
  withInputOptions(program.command('import'))
    .description('make a model of a machine from what it shows: listings, lists, archives, rules')
    .option('-o, --output <file>', 'write the model there, never over a file (default: stdout)')
    .addOption(json())
    .addHelpText(
      'after',
      '\nExample:\n  sudo daxcheck import --live -o machine.yaml\n' +
        '  daxcheck import --iomem iomem.txt --daxctl daxctl.json -o machine.yaml',
    )
    .action(async (options) => {
      const { importCommand } = await import('./import.js');
      report(importCommand(options, terminal));
    });
  withInputOptions(program.command('capacity'))
    .description('tell what each dax device gives to kmem, and what is lost to alignment')
    .option('--svg <file>', 'draw it')
    .addOption(json())
    .addHelpText(
      'after',
      '\nExample:\n  daxcheck capacity --iomem iomem.txt --block-size 2G --svg capacity.svg',
    )
    .action(async (options) => {
      const { capacityCommand } = await import('./capacity.js');
      report(capacityCommand(options, terminal));
    });
}

/** Adds them to the program. */
export function addMachine(program: Command, terminal: Terminal, report: Report): void {
  addImport(program, terminal, report);
  program
    .command('init')
    .description('write a first model with comments; an existing file stays as it is')
    .argument('[file]', 'file to write', 'model.yaml')
    .addOption(json())
    .addHelpText('after', '\nExample:\n  daxcheck init model.yaml && daxcheck explore model.yaml')
    .action(async (file: string, options) => {
      const { initCommand } = await import('./init.js');
      report(initCommand(file, options, terminal));
    });
}
