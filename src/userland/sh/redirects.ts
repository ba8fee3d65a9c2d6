/**
 * Redirections of a simple command: where its output goes and where its input comes from.
 */
import type { Redirect, Redirection } from 'unbash';
import { type Context, report, type Span } from './context.js';
import type { Environment } from './environment.js';
import { SINKS } from './quiet.js';
import { expandSingle, requireText } from './words.js';

export interface Redirects {
  /** Standard output: 'shown' as it is, 'discarded', or written to the file of this path. */
  readonly output: 'shown' | 'discarded' | { readonly path: string; readonly at: Span };
  /** Standard input from the file of this path; null without. */
  readonly input: { readonly path: string; readonly at: Span } | null;
}

/** Reads the redirections of a command; null when one is at fault (reported). */
export function readRedirects(
  context: Context,
  redirections: readonly Redirection[],
  env: Environment,
): Redirects | null {
  let output: Redirects['output'] = 'shown';
  let input: Redirects['input'] = null;
  let complete = true;
  for (const redirection of redirections) {
    const one = readRedirect(context, redirection, env);
    if (one === null) complete = false;
    else if (one.kind === 'input') input = one;
    else if (one.kind === 'output') output = one.to;
  }
  return complete ? { output, input } : null;
}

type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'output'; readonly to: Redirects['output'] }
  | { readonly kind: 'input'; readonly path: string; readonly at: Span };

function readRedirect(context: Context, redirection: Redirection, env: Environment): Effect | null {
  if (redirection.type !== 'Redirect' || redirection.target === undefined) {
    return refuse(context, redirection, 'a here-document is not supported');
  }
  const { descriptor, operator, target } = redirection;
  if (descriptor?.type === 'FileDescriptorVariable') {
    return refuse(context, redirection, 'a descriptor variable is not supported');
  }
  const field = expandSingle(context, target, env);
  const path = field === null ? null : requireText(context, field, 'the file');
  if (path === null) return null;
  const number = descriptor?.value;
  switch (operator) {
    case '>&':
      return duplicate(context, redirection, number, path);
    case '>':
    case '>>':
    case '>|':
      return toFile(context, redirection, number, path);
    case '&>':
    case '&>>':
      if (SINKS.test(path)) return { kind: 'output', to: 'discarded' };
      return refuse(context, redirection, `${operator} is not sh`);
    case '<':
      if (number !== undefined && number !== 0) break;
      return { kind: 'input', path, at: target };
  }
  return refuse(context, redirection, `${operator} with this descriptor is not supported`);
}

function duplicate(
  context: Context,
  at: Redirect,
  number: number | undefined,
  target: string,
): Effect | null {
  if ((number === undefined || number === 1) && target === '2') {
    return { kind: 'output', to: 'discarded' };
  }
  if (number === 2 && target === '1') return { kind: 'none' };
  if ((number === undefined || number === 1) && target === '1') return { kind: 'none' };
  return refuse(context, at, 'this descriptor is not supported');
}

function toFile(
  context: Context,
  at: Redirect,
  number: number | undefined,
  path: string,
): Effect | null {
  if (number === 2) {
    if (SINKS.test(path)) return { kind: 'none' };
    return refuse(context, at, 'messages can only go to /dev/null');
  }
  if (number !== undefined && number !== 1) {
    return refuse(context, at, 'this descriptor is not supported');
  }
  if (SINKS.test(path)) return { kind: 'output', to: 'discarded' };
  return { kind: 'output', to: { path, at: at.target ?? at } };
}

function refuse(context: Context, at: Redirection, message: string): null {
  const suggestion = 'supported: > file, >> file, < file, 2>/dev/null, >&2, 2>&1';
  report(context, 'DAX205', at, message, { suggestion });
  return null;
}
