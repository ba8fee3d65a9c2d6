/**
 * What the parts of a tool share: the device at hand, what was asked for, and how a way through the
 * program ends. A tool is compiled to the instructions that it does, one system call each; what it
 * counts and compares in between costs no step.
 */
import type { Draft, Label } from '../builder.js';
import type { SysfsFile } from '../program.js';
import type { Context, Span } from '../sh/context.js';
import { firstLine, shellWord } from '../source.js';
import { sysfsPath } from '../sysfsForms.js';
import type { UniverseDevice } from '../universe.js';

/** errno numbers that the tools name themselves. */
export const ENXIO = 6;
export const EBUSY = 16;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EOPNOTSUPP = 95;

/** What the command line asked for. */
export interface ToolOptions {
  readonly mode: 'system-ram' | 'devdax' | null;
  readonly online: boolean;
  readonly movable: boolean;
  readonly force: boolean;
  /** Bytes; null where not given. */
  readonly size: bigint | null;
  readonly align: bigint | null;
}

/** How a function ends: the errno of -errno, 1 for "nothing to do", 0, or the last call's. */
export type Outcome = number | 'errno';

export interface Tool {
  readonly context: Context;
  readonly at: Span;
  /** Such as `daxctl`: what its lines are marked with. */
  readonly name: string;
  readonly features: ReadonlySet<string>;
  readonly options: ToolOptions;
  readonly device: UniverseDevice;
  /** Ends this device's part of the command. */
  readonly end: (outcome: Outcome) => void;
}

/** Counters and texts of a tool; all of them empty between two commands. */
export const COUNT_ALL = '_all';
export const COUNT_ONLINE = '_online';
/** Not empty: a block has been brought online. */
export const DONE = '_done';
export const TEXT = '_text';
/** A number of bytes that a file said. */
export const FREE = '_free';
export const SAVED = '_saved';
export const ERRNO = '_errno';

/** Emits an instruction of a tool. */
export function put(tool: Pick<Tool, 'context' | 'at'>, draft: Draft, text = ''): void {
  const { context, at } = tool;
  const command = firstLine(context.source.slice(at.pos, at.end));
  context.builder.emit({ place: context.placeOf(at.pos), text, tool: command }, draft);
}

type Line = Pick<Tool, 'context' | 'at' | 'name'>;

const marked = (tool: Line, text: string): string => `${text} # ${tool.name}`;

/** Writes a text to a file; the status is the errno. */
export function write(tool: Line, file: SysfsFile, text: string): void {
  const value = { kind: 'constant', text } as const;
  const line = `echo ${shellWord(text)} > ${sysfsPath(file)}`;
  put(tool, { op: 'write', file, value, errno: true }, marked(tool, line));
}

/** Writes what a variable holds to a file. */
export function writeVariable(tool: Line, file: SysfsFile, name: string): void {
  const line = `echo "$${name}" > ${sysfsPath(file)}`;
  const value = { kind: 'variable', name } as const;
  put(tool, { op: 'write', file, value, errno: true }, marked(tool, line));
}

/** Reads a file into a variable. */
export function read(tool: Line, file: SysfsFile, into: string): void {
  put(tool, { op: 'read', file, into }, marked(tool, `cat ${sysfsPath(file)}`));
}

/** Looks for a file. */
export function look(tool: Line, file: SysfsFile): void {
  put(tool, { op: 'exists', file }, marked(tool, `[ -e ${sysfsPath(file)} ]`));
}

/** Prints a message of the tool. */
export function tell(tool: Tool, text: string): void {
  put(tool, { op: 'tell' }, `${tool.name}: ${tool.device.name}: ${text}`);
}

/** Asks whether a variable holds a text. */
export function ask(tool: Line, variable: string, text: string): void {
  const left = { kind: 'variable', name: variable } as const;
  put(tool, { op: 'equal', left, right: { kind: 'constant', text } });
}

/** Empties a variable, which makes a counter 0. */
export function clear(tool: Line, variable: string): void {
  put(tool, { op: 'assign', variable, value: { kind: 'constant', text: '' } });
}

/** Keeps the errno of the last call over calls that follow. */
export function keepErrno(tool: Line): void {
  put(tool, { op: 'keep', variable: ERRNO });
}

/** Ends with the errno that was kept. */
export function endWithKept(tool: Tool): void {
  put(tool, { op: 'recall', variable: ERRNO });
  clear(tool, ERRNO);
  tool.end('errno');
}

export const label = (tool: Line): Label => tool.context.builder.label();
export const mark = (tool: Line, to: Label): void => tool.context.builder.mark(to);
export const jump = (tool: Line, to: Label): void => put(tool, { op: 'jump', to });
export const unless = (tool: Line, to: Label): void => put(tool, { op: 'jump-if-failed', to });
export const when = (tool: Line, to: Label): void => put(tool, { op: 'jump-if-ok', to });
