/** Forms of `daxcheck show` for people who read text, and for other tools. */
import { type Command, Option } from 'commander';
import { EXIT } from '../errors.js';
import type { LookOptions } from './look.js';
import type { Terminal } from './terminal.js';

interface FormOptions extends LookOptions {
  readonly explain?: boolean;
  readonly lkml?: boolean;
  readonly lab?: readonly string[];
  readonly to?: 'itf' | 'tlc';
  readonly html?: string;
  readonly sarif?: string;
  readonly script?: string;
}

const FORMS = ['to', 'lkml', 'explain', 'html', 'sarif', 'script'] as const;

/** Says why the options do not fit together; null where they do. */
function refuseForms(options: FormOptions): string | null {
  const [form, other] = FORMS.filter((name) => options[name] !== undefined);
  if (form !== undefined && other !== undefined) {
    return `--${form} and --${other} are two forms: ask for one at a time`;
  }
  if (options.lab !== undefined && options.lkml !== true) return '--lab goes with --lkml';
  const isText = form === 'lkml' || form === 'explain';
  return options.json === true && isText ? `--${form} writes text, and goes without --json` : null;
}

/** Adds their options to the command. */
export function withTextForms(show: Command): Command {
  return show
    .option('--explain', 'tell its locks, its window, and the commit that mends it')
    .option('--lkml', 'write a report for a kernel mailing list: plain text, 72 columns')
    .addOption(
      new Option('--lab <files...>', 'with --lkml: what `daxcheck lab replay --json` wrote'),
    )
    .addOption(
      new Option('--to <form>', "write it as plain ITF, or as TLC's JSON").choices(['itf', 'tlc']),
    )
    .addHelpText(
      'after',
      '  daxcheck show --explain traces/model.no-deadlock.itf.json\n' +
        '  daxcheck show traces/model.no-deadlock.itf.json --lkml --lab run.json\n' +
        '  daxcheck show --to itf tlc-trace.json > trace.itf.json',
    );
}

/** Writes the form that is asked for as text; null where none is. */
export async function showForm(
  path: string,
  options: FormOptions,
  terminal: Terminal,
): Promise<number | null> {
  const refusal = refuseForms(options);
  if (refusal !== null) {
    terminal.writeError(`daxcheck: ${refusal}\n`);
    return EXIT.usage;
  }
  const { to } = options;
  if (to !== undefined) {
    const { convertCommand } = await import('./foreign.js');
    return convertCommand(path, { ...options, to }, terminal);
  }
  if (options.lkml === true) {
    const { lkmlCommand } = await import('./lkml.js');
    return lkmlCommand(path, options, terminal);
  }
  if (options.explain === true) {
    const { explainCommand } = await import('./explain.js');
    return explainCommand(path, options, terminal);
  }
  return null;
}
