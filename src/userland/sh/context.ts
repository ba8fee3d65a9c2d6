/**
 * What the parts of the shell compiler share: the source, the program being written, the faults.
 */

import type { Function as FunctionNode } from 'unbash';
import { type Diagnostic, type DiagnosticCode, diagnose } from '../../errors.js';
import type { Place } from '../../model/model.js';
import type { Builder, Draft, Label } from '../builder.js';
import type { SysfsFile } from '../program.js';
import { firstLine, type PlaceOf } from '../source.js';
import { resolveSysfs } from '../sysfsPath.js';
import type { Universe } from '../universe.js';
import type { Environment, Status } from './environment.js';

export interface Context {
  readonly source: string;
  readonly placeOf: PlaceOf;
  readonly universe: Universe;
  readonly builder: Builder;
  /** Where `set -e` leaves for. */
  readonly end: Label;
  readonly faults: Map<string, Diagnostic>;
  /** Code that no way reaches is read for unsupported constructs only, and emits nothing. */
  readonly dead: boolean;
  /** Variables that the command being compiled has taken for what it reads. */
  readonly reads: { count: number };
  /** Commands that may still be compiled; loops that unroll take from it. */
  readonly budget: { left: number };
}

/** A piece of the source. */
export interface Span {
  readonly pos: number;
  readonly end: number;
}

/** Where control goes inside the piece that is compiled. */
export interface Flow {
  /** The status is tested, so `set -e` does not act. */
  readonly tested: boolean;
  readonly loops: readonly LoopFrame[];
  /** The call that the piece is compiled for; absent outside of functions. */
  readonly call?: CallFrame;
}

/** A call of a function, compiled in place. */
export interface CallFrame {
  /** The functions under way, the innermost last. */
  readonly stack: readonly FunctionNode[];
  readonly returnLabel: Label;
  readonly returns: Environment[];
}

/** One loop around the piece: where break and continue lead, and what is known on the way. */
export interface LoopFrame {
  readonly breakLabel: Label;
  readonly continueLabel: Label;
  readonly breaks: Environment[];
  readonly continues: Environment[];
}

/** Faults that need no value, so that they hold in unreachable code as well; not with --havoc. */
const LANGUAGE_CODES: ReadonlySet<DiagnosticCode> = new Set(['DAX201', 'DAX202']);

/** Notes a fault once for its place and code. */
export function report(
  context: Context,
  code: DiagnosticCode,
  at: Span | Place,
  message: string,
  values: { readonly [name: string]: string } = {},
): void {
  const isAnything = context.universe.havoc !== undefined;
  if (context.dead && (isAnything || !LANGUAGE_CODES.has(code))) return;
  const place = 'pos' in at ? context.placeOf(at.pos) : at;
  const key = `${code}:${place.line}:${place.column}`;
  if (!context.faults.has(key)) context.faults.set(key, diagnose(code, place, message, values));
}

/** Emits an instruction shown as its source line, or as `text` where that says more. */
export function emit(context: Context, at: Span, draft: Draft, text?: string): void {
  const shown = text ?? firstLine(context.source.slice(at.pos, at.end));
  context.builder.emit({ place: context.placeOf(at.pos), text: shown }, draft);
}

/** Ends a command with a known status. */
export function finish(context: Context, at: Span, env: Environment, status: 0 | 1): Environment {
  emit(context, at, { op: 'status', value: status });
  return { ...env, status };
}

/** Ends a command whose status the program knows at run time. */
export function withStatus(env: Environment, status: Status): Environment {
  return { ...env, status };
}

/** Resolves a path against the current directory; reports and returns null where it cannot. */
export function resolveFile(
  context: Context,
  at: Span,
  path: string,
  env: Environment,
): SysfsFile | null {
  if (!path.startsWith('/') && env.directory === null) {
    const suggestion = 'write the absolute path';
    report(context, 'DAX212', at, `the directory of ${path} depends on the way`, { suggestion });
    return null;
  }
  const absolute = path.startsWith('/') ? path : `${env.directory}/${path}`;
  if (!/^\/+sys(\/|$)/.test(absolute)) {
    const suggestion = 'only files of /sys are modelled';
    report(context, 'DAX210', at, `${absolute || "''"} is not a sysfs file`, { suggestion });
    return null;
  }
  const resolution = resolveSysfs(absolute, context.universe);
  if (resolution.kind === 'file') return resolution.file;
  const { code, message, suggestion } = resolution;
  report(context, code, at, message, { suggestion });
  return null;
}
