/**
 * The command line: every command, option and help text. A command's code is loaded when it is
 * called, so that `--help` and `--version` answer at once.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT } from '../errors.js';

import { takenByChanged, withGateOptions } from './gateOptions.js';
import { withGraphOptions } from './graph.js';
import { addMachine } from './machineCommands.js';
import {
  parseCount,
  parseFeatures,
  parseGranularity,
  parseKernel,
  parseMemory,
  parseObserved,
  parseProbability,
  parseReductions,
  parseRelease,
  parseSeconds,
  parseWorkers,
} from './options.js';
import { withOutputOptions } from './outputOptions.js';
import { withScriptOptions } from './scriptWishes.js';
import { json, noColor, type Report } from './sharedOptions.js';
import { endingOf } from './status.js';
import { withStrategyOptions } from './strategy.js';
import type { Terminal } from './terminal.js';
import { addTraces } from './traceCommands.js';

const STATUSES = `
Exit status:
  0 holds and complete    10 assumption false    11 deadlock    12 invariant violated
  13 temporal property violated    14 script findings only    20 incomplete    21 vacuous
  22 a self-check failed    23 a real kernel disagreed    24 two kernels differ
  2 wrong command line
  150 model rejected    151 an option that does not fit this model    152 out of memory
  153 system error    255 a bug in daxcheck`;

const reduce = (): Option =>
  new Option(
    '--reduce <list>',
    'leave out states that change no answer: por, merge, symmetry',
  ).argParser(parseReductions);

const SCRIPT_EXAMPLE =
  '  daxcheck explore --script retire.sh --rules 80-online.rules --machine machine.yaml --advice\n';

function addExplore(program: Command, terminal: Terminal, report: Report): void {
  withScriptOptions(
    withOutputOptions(withGraphOptions(withStrategyOptions(program.command('explore')))),
  )
    .description('explore every interleaving of the models and print a verdict for each')
    .argument('[model...]', 'model files')
    .option('--workers <n>', 'threads (default: one for each processor)', parseWorkers)
    .option(
      '--granularity <g>',
      'interleave system calls (call) or their steps (step)',
      parseGranularity,
    )
    .option('--kernel <release>', 'another kernel than the model names', parseRelease)
    .option('--without <ids>', 'take these features away (daxcheck kernels)', parseFeatures)
    .option('--max-states <n>', 'stop after the level that reaches this many states', parseCount)
    .option('--max-depth <n>', 'stop after this many levels', parseCount)
    .option('--max-seconds <n>', 'stop after this time', parseSeconds)
    .option('--memory <size>', 'use at most this much memory, such as 2G', parseMemory)
    .option('--continue', 'explore on after a violation')
    .addOption(reduce())
    .addOption(
      new Option('--storage <kind>', 'what is kept of each state (default: exact)').choices([
        'exact',
        'fingerprint',
        'fingerprint-128',
        'bitstate',
      ]),
    )
    .option('--disk <dir>', 'where old levels go, but for exact storage (default: temporary)')
    .option(
      '--max-omission <p>',
      'greatest probability of a missed state with which a verdict holds (default: 0.001)',
      parseProbability,
    )
    .addOption(
      new Option('--checkpoint <dir>', 'save where the search is, to go on after a kill').conflicts(
        'resume',
      ),
    )
    .option('--checkpoint-every <n>', 'seconds between two saves (default: 60)', parseSeconds)
    .option('--resume <dir>', 'go on from a checkpoint, and save on')
    .option('--as-declared', 'exit 0 when the verdict is the one that the model declares')
    .option('--progress', 'show progress even when stderr is no terminal')
    .option('--quiet', 'no progress and no traces: the verdict alone')
    .addOption(json())
    .addOption(noColor())
    .addHelpText(
      'after',
      `\nExample:\n  daxcheck explore --kernel v5.1 --trace-dir traces model.yaml\n` +
        `  daxcheck explore --graph model.dot --coverage model.yaml\n${SCRIPT_EXAMPLE}${STATUSES}`,
    )
    .action(async (paths: string[], options) => {
      if (options.serve === true && paths.length > 0) {
        const { serveCommand } = await import('./serve.js');
        return report(await serveCommand(paths, options, terminal));
      }
      const { exploreCommand } = await import('./explore.js');
      report(await exploreCommand(paths, options, terminal));
    });
}

function addRun(program: Command, terminal: Terminal, report: Report): void {
  program
    .command('run')
    .description('run the scripts of a model once, without search: what would this machine answer?')
    .argument('<model>', 'model file')
    .option('--kernel <release>', 'another kernel than the model names', parseRelease)
    .option('--without <ids>', 'take these features away (daxcheck kernels)', parseFeatures)
    .addOption(json())
    .addOption(noColor())
    .addHelpText('after', '\nExample:\n  daxcheck run --kernel v5.1 model.yaml')
    .action(async (path: string, options) => {
      const { runCommand } = await import('./run.js');
      report(await runCommand(path, options, terminal));
    });
}

function addGate(program: Command, terminal: Terminal, report: Report): void {
  withGateOptions(program.command('gate'))
    .description('explore every model below a directory; 0 when each meets what it declares')
    .usage('[options] <dir>')
    .argument('[dir]', 'directory of model files (*.yaml, *.yml), or one model')
    .addOption(json())
    .addOption(noColor())
    .action(async (directory: string | undefined, options, command: Command) => {
      if (directory === undefined) {
        command.error(`error: missing required argument 'dir'${takenByChanged(options)}`);
      }
      const { gateCommand } = await import('./gate.js');
      report(await gateCommand(directory, options, terminal));
    });
}

function addKernels(program: Command, terminal: Terminal, report: Report): void {
  program
    .command('kernels')
    .description(
      'list the modelled releases and the commits they differ by; or probe a source tree',
    )
    .addArgument(new Argument('[release]', 'what this one has').argParser(parseRelease))
    .option('--release <release>', 'the same', parseRelease)
    .addOption(
      new Option('--from <tree>', 'probe a kernel source tree: which features it has').conflicts(
        'release',
      ),
    )
    .option('--as-kernel', 'with --from: print only the `kernel:` line of a model')
    .addOption(json())
    .addHelpText(
      'after',
      '\nExample:\n  daxcheck kernels v6.1\n  daxcheck kernels --from /usr/src/linux-source-6.1',
    )
    .action(async (release: string | undefined, options, command: Command) => {
      const { from, ...rest } = options;
      if (from !== undefined && release !== undefined) {
        command.error(`error: --from probes a tree; it goes without the release ${release}`);
      }
      if (from === undefined && rest.asKernel === true) {
        command.error('error: --as-kernel tells of a tree, which --from names');
      }
      if (from === undefined) {
        const { kernelsCommand } = await import('./kernels.js');
        report(kernelsCommand({ ...rest, release: release ?? rest.release }, terminal));
      } else {
        const { probeCommand } = await import('./probe.js');
        report(probeCommand(from, rest, terminal));
      }
    });
}

function addDiff(program: Command, terminal: Terminal, report: Report): void {
  program
    .command('diff')
    .description('explore a model on two kernels, and show what userland can see on one only')
    .argument('<model>', 'model file')
    .requiredOption('--from <kernel>', "a release, or 'v5.3 without ID, ID with ID'", parseKernel)
    .requiredOption('--to <kernel>', 'the other kernel', parseKernel)
    .option('--observe <list>', 'of results,iomem,ranges,blocks,drivers', parseObserved)
    .option('--pairs <n>', 'compare at most this many pairs of situations', parseCount)
    .option('--workers <n>', 'threads (default: one for each processor)', parseWorkers)
    .addOption(json())
    .addOption(noColor())
    .addHelpText('after', '\nExample:\n  daxcheck diff model.yaml --from v6.1 --to v6.12')
    .action(async (path: string, options) => {
      const { diffCommand } = await import('./diff.js');
      report(await diffCommand(path, options, terminal));
    });
}

/** Options that say on which kernel a command of the lab runs, and how. */
function withLabOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--kernel <series>',
        'the newest Debian kernel of a series, such as 6.12, or one of its releases',
      ).conflicts('vmlinuz'),
    )
    .option('--vmlinuz <file>', 'a kernel of your own: vmlinuz, bzImage or vmlinux')
    .option('--modules <dir>', 'its modules: what modules_install wrote, or the build tree')
    .option('--config <file>', 'its .config, where it is not beside them')
    .option('--source <tree>', 'its source, to have its features probed')
    .option('--cache <dir>', 'where kernels are kept (default: ~/.cache/daxcheck/lab)')
    .addOption(
      new Option('--accel <name>', 'how QEMU runs the guest').choices(['auto', 'kvm', 'tcg']),
    )
    .option('--quiet', 'nothing on stderr about what takes time')
    .addOption(json())
    .addOption(noColor())
    .hook('preAction', (_, asked) => {
      const { kernel, vmlinuz, modules } = asked.opts();
      if (kernel !== undefined || (vmlinuz !== undefined && modules !== undefined)) return;
      asked.error('error: no kernel is named: --kernel 6.12, or --vmlinuz FILE with --modules DIR');
    });
}

function addLab(program: Command, terminal: Terminal, report: Report): void {
  const lab = program
    .command('lab')
    .description('run a model on real kernels under QEMU, and compare every step')
    .addHelpText('after', '\nExample:\n  daxcheck lab replay --kernel 6.12 trace.itf.json');
  withLabOptions(lab.command('up'))
    .description('bring a guest to the initial state of a model, and tell what it is')
    .argument('[model]', "model file (default: the lab's own layout)")
    .addHelpText('after', '\nExample:\n  daxcheck lab up --kernel 6.12')
    .action(async (path: string | undefined, options) => {
      const { labUpCommand } = await import('./lab.js');
      report(await labUpCommand(path, options, terminal));
    });
  withLabOptions(lab.command('replay'))
    .description('play a trace on a real kernel; status 23 when it does otherwise than predicted')
    .argument('<trace>', 'trace file (.itf.json)')
    .option('--times <n>', 'rounds, where threads race (default: 10)', parseCount)
    .addHelpText('after', '\nExample:\n  daxcheck lab replay --kernel 6.12 trace.itf.json')
    .action(async (path: string, options) => {
      const { labReplayCommand } = await import('./lab.js');
      report(await labReplayCommand(path, options, terminal));
    });
  withLabOptions(lab.command('conform'))
    .description('play tours or random traces of a model; status 23 when the kernel differs')
    .argument('[model]', "model file of menus (default: the lab's own layout)")
    .addOption(
      new Option('--depth <n>', 'every transition from every state within n steps')
        .argParser(parseCount)
        .conflicts(['traces', 'length', 'seed']),
    )
    .option('--traces <n>', 'this many random traces (default: 200)', parseCount)
    .option('--length <n>', 'commands of each (default: 12)', parseCount)
    .option('--seed <n>', 'of the random traces (default: 1)', parseCount)
    .option('--guests <n>', 'guests side by side (default: 1)', parseWorkers)
    .option('--out <dir>', 'progress and report; a second start goes on', 'conformance')
    .addHelpText('after', '\nExample:\n  daxcheck lab conform --kernel 6.1 --traces 200 --seed 1')
    .action(async (path: string | undefined, options) => {
      const { labConformCommand } = await import('./lab.js');
      report(await labConformCommand(path, options, terminal));
    });
}

function addBisect(program: Command, terminal: Terminal, report: Report): void {
  program
    .command('bisect')
    .description('find the commit by which a property of a model turns between two kernels')
    .argument('<model>', 'model file')
    .requiredOption('--property <name>', 'the property, such as no-leak')
    .requiredOption('--good <kernel>', 'a kernel on which it holds', parseKernel)
    .requiredOption('--bad <kernel>', 'a kernel on which it is violated', parseKernel)
    .option('--every', 'run every commit between them, and not by halving')
    .option('--workers <n>', 'threads (default: one for each processor)', parseWorkers)
    .addOption(json())
    .addOption(noColor())
    .addHelpText(
      'after',
      '\nExample:\n  daxcheck bisect model.yaml --property no-leak --good v5.3 --bad v5.1',
    )
    .action(async (path: string, options) => {
      const { bisectCommand } = await import('./bisect.js');
      report(await bisectCommand(path, options, terminal));
    });
}

function createProgram(terminal: Terminal, report: Report): Command {
  const program = new Command('daxcheck')
    .description(packageJson.description)
    .version(packageJson.version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: terminal.writeOut,
      writeErr: terminal.writeError,
      outputError: (text, write) => write(text.replace(/^error: /, 'daxcheck: ')),
    })
    .showHelpAfterError('(daxcheck COMMAND --help tells more)')
    .addHelpText(
      'after',
      `\nExample:\n  daxcheck init model.yaml && daxcheck explore model.yaml\n${STATUSES}`,
    );
  addExplore(program, terminal, report);
  addRun(program, terminal, report);
  addTraces(program, terminal, report);
  addGate(program, terminal, report);
  addDiff(program, terminal, report);
  addBisect(program, terminal, report);
  addLab(program, terminal, report);
  addKernels(program, terminal, report);
  addMachine(program, terminal, report);
  return program;
}

/**
 * Runs one command line to its end.
 *
 * @param words the command line without program and script.
 * @returns the exit status. Never throws: what is unexpected becomes one line on stderr.
 */
export async function runCommandLine(
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  let status: number = EXIT.holds;
  const program = createProgram(terminal, (reported) => {
    status = reported;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return status;
  } catch (error) {
    // Help and version come this way too, with exit code 0; all else of commander is a wrong
    // command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.holds : EXIT.usage;
    const ending = endingOf(error);
    terminal.writeError(`daxcheck: ${ending.message}\n`);
    return ending.status;
  }
}
