/**
 * The options about scripts of the user's own, and which others go with them.
 */

import { type Command, InvalidArgumentError } from 'commander';
import { AXES, type Axis, type Widths } from '../advice/axes.js';
import { parseCount, parseWorkers } from './options.js';

/** Options of `explore` about scripts of the user's own. */
export interface ScriptWishes {
  readonly script?: readonly string[];
  readonly rules?: readonly string[];
  readonly machine?: string;
  readonly coldplug?: boolean;
  readonly udevWorkers?: number;
  readonly advice?: boolean;
  readonly virt?: string;
  readonly havoc?: boolean;
  readonly havocFile?: readonly string[];
  /** Memory blocks that are kept of each device. */
  readonly scope?: number;
  /** Try every size up to this one. */
  readonly sweep?: Widths;
}

/** Adds a value to those of earlier uses of the option. */
const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

const SWEEP =
  'with --script: try 1 to n blocks of each device; or blocks=N,devices=N,actors=N, some of them';

/** Reads how far a sweep goes: a number of blocks, or `blocks=3,devices=2,actors=2`. */
export function parseSweep(text: string): Widths {
  if (!text.includes('=')) return { blocks: parseCount(text) };
  const pairs = text.split(',').map((part): [Axis, number] => {
    const [name, count = ''] = part.split('=');
    const axis = AXES.find((one) => one === name);
    if (axis === undefined) {
      throw new InvalidArgumentError(
        `Expected some of ${AXES.map((one) => `${one}=N`).join(',')}.`,
      );
    }
    return [axis, parseCount(count)];
  });
  return Object.fromEntries(pairs);
}

/** What `systemd-detect-virt --vm` prints, up to systemd v257. */
const VIRTS: readonly string[] = [
  ...['none', 'kvm', 'amazon', 'qemu', 'bochs', 'xen', 'uml', 'vmware', 'oracle', 'microsoft'],
  ...['zvm', 'parallels', 'bhyve', 'qnx', 'acrn', 'powervm', 'apple', 'sre', 'google', 'vm-other'],
];

/** Says that a name of --virt is none that is known; null where it is. */
export function strangeVirt(name: string): string | null {
  if (VIRTS.includes(name)) return null;
  return `--virt ${name} is taken as it is: systemd-detect-virt --vm prints ${VIRTS.join(', ')}`;
}

/** Adds them to a command. */
export function withScriptOptions(command: Command): Command {
  return command
    .option('--script <file>', 'your own shell script, as it is; may be repeated', collect)
    .option('--rules <file>', 'with --script: udev rules, as they are; may be repeated', collect)
    .option('--machine <file>', 'with --script: the machine (daxcheck import writes it)')
    .option('--coldplug', 'with --script: somebody may run `udevadm trigger` once')
    .option('--udev-workers <n>', 'with --script: events that udev handles at once', parseWorkers)
    .option(
      '--virt <name>',
      'with --script: what systemd-detect-virt prints (default: as the machine)',
    )
    .option('--havoc', 'with --script: what is not understood may do anything, and is no fault')
    .option(
      '--havoc-file <glob>',
      'with --havoc: it writes these files only; may be repeated',
      collect,
    )
    .option('--scope <n>', 'memory blocks kept of each device', parseCount)
    .option('--sweep <n>', SWEEP, parseSweep)
    .option('--advice', 'with --script: try known remedies, and tell which of them hold');
}

/** The wishes, and the options that do not go with them. */
type Wishes = ScriptWishes & {
  readonly [O in (typeof REFUSED)[number] | 'reduce']?: unknown;
};

/** What a search of scripts goes without; a model that names its files has all of it. */
const REFUSED = [
  ...(['asDeclared', 'checkpoint', 'resume', 'storage', 'disk'] as const),
  ...(['maxOmission', 'lockOrder', 'stats', 'explain'] as const),
  ...(['coverage', 'graph', 'serve'] as const),
];

/** The option that commander calls so. */
export const optionOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Options that mean nothing without a script. */
const LONE = [
  ...(['rules', 'machine', 'coldplug', 'udevWorkers', 'advice', 'virt'] as const),
  ...(['havoc', 'havocFile', 'sweep'] as const),
];

/** Says why the options do not fit together; null when they do. */
export function refuseScripts(paths: readonly string[], options: Wishes): string | null {
  const { script = [], machine } = options;
  if (script.length === 0) {
    if (paths.length === 0) return 'name a model file, or --script FILE --machine FILE';
    const lone = LONE.find((name) => options[name] !== undefined);
    if (lone === undefined) return null;
    return `${optionOf(lone)} goes with --script`;
  }
  if (options.havoc === true && options.reduce !== undefined) {
    return '--reduce does not go with --havoc';
  }
  if (options.havocFile !== undefined && options.havoc !== true) {
    return '--havoc-file says what --havoc may write: add --havoc';
  }
  if (paths.length > 0) return '--script takes its machine from --machine FILE, not from a model';
  if (machine === undefined) return '--script needs --machine FILE: daxcheck import writes one';
  const other = REFUSED.find((name) => options[name] !== undefined);
  if (other === undefined) return null;
  const instead = 'explore a model that names the files by `script_file:` and `rules_file:`';
  return `${optionOf(other)} does not go with --script: ${instead}`;
}
