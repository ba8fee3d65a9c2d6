/** Deeds and calls in the words of a script: as arguments of its functions, titles and comments. */
import { ThreadKind } from '../../../assembly/layout.js';
import { formatPlace, onOneLine, wrap } from '../../report/layout.js';
import type { Deed } from '../../verdict/deed.js';
import type { Call } from './calls.js';

/** Columns of a comment. */
const WIDTH = 92;

/** Writes a text so that a shell takes it as one word. */
export function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Writes a text as comment lines. */
export function comment(text: string, indent = ''): string[] {
  return wrap(text, WIDTH - indent.length - 2).map((line) => `${indent}# ${line}`.trimEnd());
}

/** Writes a deed as the arguments of the script's `call`; null when no script can do it. */
export function argumentsOf(deed: Deed): string | null {
  switch (deed.kind) {
    case 'write':
      return `write ${quoted(deed.value)} ${quoted(deed.path)}`;
    case 'read':
    case 'exists':
      return `${deed.kind} ${quoted(deed.path)}`;
    case 'command':
      return `command ${quoted(deed.text)}`;
    case 'process':
      return `process ${deed.verb} ${quoted(deed.path)}`;
    case 'cannot':
      return null;
  }
}

/** Says a write in few words; the last parts of the path tell what it is. */
function writeTitle(value: string, path: string): string {
  const parts = path.split('/');
  const [attribute = '', object = ''] = [...parts].reverse();
  if (attribute === 'bind') return `bind ${value} to ${object}`;
  if (attribute === 'unbind') return `unbind ${value} from ${object}`;
  if (attribute === 'new_id' || attribute === 'remove_id') {
    return `${attribute} ${value} of ${object}`;
  }
  if (attribute === 'state' || attribute === 'online') return `${object} ${attribute} = ${value}`;
  if (/^(?:drivers_probe|auto_online_blocks|probe)$/.test(attribute)) {
    return `${attribute} = ${value}`;
  }
  return `${attribute} of ${object} = ${value}`;
}

/** Says a deed in a few words without '#', for the line of a test. */
export function titleOf(deed: Deed): string {
  switch (deed.kind) {
    case 'write':
      return writeTitle(deed.value, deed.path);
    case 'read':
      return `read ${deed.path.split('/').slice(-2).join('/')}`;
    case 'exists':
      return `look for ${deed.path.split('/').slice(-2).join('/')}`;
    case 'command':
      return deed.text;
    case 'process':
      return `${deed.verb} ${deed.path}`;
    case 'cannot':
      return deed.why;
  }
}

/** Says who makes a call, and through which functions of the kernel it goes. */
export function originOf(call: Call, model: string): string[] {
  const { functions, source, command, kind, tool } = call;
  const where = command === null ? '' : `, ${formatPlace(command.place, model)}`;
  const way = functions.length === 0 ? '' : `: ${functions.join(' > ')}`;
  const file = source === null || functions.length === 0 ? '' : ` (${source})`;
  const lines = comment(`${call.thread}${where}${way}${file}`, '\t');
  if (kind === ThreadKind.Udev && command !== null) {
    return [...lines, ...comment(`done here as udev would, by ${onOneLine(command.text)}`, '\t')];
  }
  if (kind === ThreadKind.Worker) {
    return [...lines, ...comment('the kernel does this by itself', '\t')];
  }
  return tool === null ? lines : [...lines, ...comment(`one of the calls of: ${tool}`, '\t')];
}
