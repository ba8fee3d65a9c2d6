/**
 * The commands `import` and `capacity` of the command line.
 */
import { type Command, Option } from 'commander';
import { withInputOptions } from './inputOptions.js';
import type { Terminal } from './terminal.js';

const json = (): Option => new Option('--json', 'print JSON, one object');

/** Adds both; `report` takes the status of the command that ran. */
export function addImport(
  program: Command,
  terminal: Terminal,
  report: (status: number) => void,
): void {
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
