/**
 * Commands that print, log and look, and change nothing that is modelled; and pipelines of them.
 *
 * What they print is not known, and for some of them not whether they succeed: their status is
 * 'lost', and who asks for it gets a fault.
 */
import type { AndOr, Command, PipelineNode, Redirection } from 'unbash';
import { type Context, emit } from './context.js';
import type { Environment, Status } from './environment.js';

/** These succeed. */
const SUCCEEDS = new Set([
  ...['logger', 'date', 'lsmem', 'lscpu', 'lsmod', 'uname', 'id', 'whoami', 'hostname', 'free'],
  ...['uptime', 'nproc', 'dmesg', 'ps', 'arch', 'umask', 'cut', 'tr', 'wc', 'head', 'tail'],
]);

/** These succeed or not. */
const OPEN = new Set([
  ...['grep', 'egrep', 'fgrep', 'ls', 'jq', 'stat', 'readlink', 'realpath', 'pgrep', 'lspci'],
  ...['systemd-detect-virt', 'mountpoint', 'findmnt', 'modinfo', 'getconf', 'numastat'],
]);

/** These change nothing with such arguments alone. */
const WITH_ARGUMENTS: ReadonlyMap<string, RegExp> = new Map([
  ['numactl', /^(?:-H|--hardware|-s|--show)$/],
  ['daxctl', /^list(?: |$)/],
  ['ndctl', /^list(?: |$)/],
  ['cxl', /^list(?: |$)/],
  ['udevadm', /^(?:info|control|version)(?: |$)/],
  ['systemctl', /^(?:is-active|is-enabled|is-failed|status|show)(?: |$)/],
  ['echo', /^/],
  ['printf', /^/],
]);

const SUCCEEDS_WITH = new Set(['numactl', 'udevadm', 'echo', 'printf', 'daxctl']);

/** Where output can go that nobody of the model reads. */
export const SINKS =
  /^\/(?:dev\/(?:null|stdout|stderr|tty|kmsg)$|var\/log\/|tmp\/|run\/(?!udev\/))/;

/** Whether a redirection reaches no file of the model. */
function isHarmless(redirection: Redirection): boolean {
  if (redirection.type !== 'Redirect') return true;
  const { target, operator } = redirection;
  if (target === undefined) return false;
  if (operator === '>&' || operator === '<') return true;
  return target.parts === undefined && SINKS.test(target.value);
}

/** Whether a text holds commands of its own, which may do something. */
const holdsCommands = (text: string): boolean => /\$\(|`|<\(|>\(/.test(text);

function statusOf(node: Command, env: Environment): Status | null {
  const { name, prefix, suffix, redirects } = node;
  const given = suffix.flatMap((item) => (item.type === 'Word' ? [item] : []));
  const isRoot = name?.value === 'sudo';
  const words = isRoot ? given.slice(1) : given;
  const first = isRoot ? given[0] : name;
  if (first === undefined || first.parts !== undefined) return null;
  const word = first.value.replace(/^\/(?:usr\/)?s?bin\//, '');
  if (env.functions.has(word) || !redirects.every(isHarmless)) return null;
  if (prefix.some((item) => item.type === 'Assignment' && holdsCommands(item.text))) return null;
  const bodies = redirects.flatMap((one) => (one.type === 'HereDoc' ? [one.body.text] : []));
  if ([...words.map(({ text }) => text), ...bodies].some(holdsCommands)) return null;
  const pattern = WITH_ARGUMENTS.get(word);
  if (pattern !== undefined) {
    const isQuiet = pattern.test(words.map(({ value }) => value).join(' '));
    return isQuiet ? (SUCCEEDS_WITH.has(word) ? 0 : 'lost') : null;
  }
  if (word === 'cat') return redirects.some(({ type }) => type === 'HereDoc') ? 0 : null;
  if (SUCCEEDS.has(word)) return 0;
  return OPEN.has(word) ? 'lost' : null;
}

/** The status of what changes nothing; null where it may change something. */
export function quietStatus(node: PipelineNode | AndOr, env: Environment): Status | null {
  if (node.type === 'Command') return statusOf(node, env);
  if (node.type !== 'Pipeline' || node.prefixes.length > 0) return null;
  const statuses = node.commands.map((command) =>
    command.type === 'Command' ? statusOf(command, env) : null,
  );
  if (statuses.includes(null)) return null;
  // With pipefail it is that of any of them.
  return statuses.every((status) => status === 0) ? 0 : 'lost';
}

/** Commands that are compiled by their own rules where they stand alone. */
const OWN = new Set(['echo', 'printf', 'daxctl']);

/** Compiles what changes nothing; undefined where it is something else. */
export function compileQuiet(
  context: Context,
  node: PipelineNode,
  env: Environment,
): Environment | undefined {
  if (node.type === 'Command' && OWN.has(node.name?.value ?? '')) return undefined;
  const status = quietStatus(node, env);
  if (status === null) return undefined;
  if (status === 0) emit(context, node, { op: 'status', value: 0 });
  return { ...env, status };
}
