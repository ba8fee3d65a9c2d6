/**
 * Parts of a script that are not understood, taken for anything they may do (`--havoc`).
 *
 * A part is compiled; where that finds a fault, it is taken back and may do anything to its files,
 * and what it may have done to the shell itself (variables, directory, `set -e`, leaving) is not
 * known any more.
 */
import type { AndOr, Command, PipelineNode } from 'unbash';
import type { Diagnostic } from '../../errors.js';
import { emitHavoc, type Havoc, noteHavoc } from '../havoc.js';
import { firstLine } from '../source.js';
import type { Universe } from '../universe.js';
import { type Context, emit, type Flow, report } from './context.js';
import type { Environment, Value } from './environment.js';
import { applyExitOnError } from './errexit.js';
import { emitExit } from './exitTrap.js';
import { quietStatus } from './quiet.js';

type Node = PipelineNode | AndOr;
type Compile = (context: Context, flow: Flow) => Environment | null;

/** Commands of the shell itself that change its variables, or leave. */
const ON_VARIABLES = new Set([
  ...['shift', 'return', 'unset', 'export', 'readonly', 'local', 'declare', 'typeset', 'alias'],
  ...['getopts', 'read', 'exit', 'break', 'continue', 'mapfile', 'readarray', 'let', 'umask'],
]);

/** Those after which directory and `set -e` may be others as well. */
const ON_SHELL = new Set(['.', 'source', 'eval', 'exec', 'set', 'cd', 'pushd', 'popd', 'shopt']);

/** The same inside of a part whose text shows what it does. */
const SHELL_WORDS = /(?:^|[\s;&|({])(?:\.|source|eval|exec|set|cd|pushd|popd|shopt)\s/;

/** Compiles a node; one with a fault may do anything. */
export function compileOrHavoc(
  context: Context,
  node: Node,
  { env, flow }: { readonly env: Environment; readonly flow: Flow },
  compile: Compile,
): Environment | null {
  const { havoc } = context.universe;
  if (havoc === undefined || context.dead || node.type === 'AndOr') return compile(context, flow);
  const attempt = begin(context, havoc, flow);
  const after = compile(context, flow);
  const faults = attempt.faults();
  if (faults.length === 0) return after;
  attempt.takeBack();
  noteHavoc(havoc, faults);
  return emitNode(context, node, env, flow);
}

interface Attempt {
  /** What was reported since. */
  readonly faults: () => readonly Diagnostic[];
  readonly takeBack: () => void;
}

/**
 * Begins to compile what may turn out not to be understood. Nested parts were tried before the one
 * around them, so each part is compiled once.
 */
function begin(context: Context, havoc: Havoc, flow: Flow): Attempt {
  const { faults, reads, budget, builder } = context;
  const [known, noted] = [new Set(faults.keys()), new Set(havoc.noted.keys())];
  const [count, left] = [reads.count, budget.left];
  const takeInstructions = builder.checkpoint();
  const ways = [...flow.loops.flatMap(({ breaks, continues }) => [breaks, continues])];
  if (flow.call !== undefined) ways.push(flow.call.returns);
  const lengths = ways.map(({ length }) => length);
  return {
    faults: () => [...faults].flatMap(([key, fault]) => (known.has(key) ? [] : [fault])),
    takeBack: () => {
      for (const key of [...faults.keys()]) if (!known.has(key)) faults.delete(key);
      for (const key of [...havoc.noted.keys()]) if (!noted.has(key)) havoc.noted.delete(key);
      for (const [index, way] of ways.entries()) way.length = lengths[index] ?? 0;
      reads.count = count;
      budget.left = left;
      takeInstructions();
    },
  };
}

function emitNode(context: Context, node: Node, env: Environment, flow: Flow): Environment | null {
  const source = context.source.slice(node.pos, node.end);
  refuseLater(context, node);
  const called = node.type === 'Command' ? env.functions.get(node.name?.value ?? '') : undefined;
  if (called != null) refuseLater(context, called);
  const scope = scopeOf(context, node, env);
  const isInShell = scope === 'variables' || scope === 'shell';
  const frame = flow.loops.at(-1);
  const leaves = isInShell && frame !== undefined;
  const after = afterScope(env, source, scope);
  const mayEnd = isInShell || (after.exitOnError === null && !flow.tested);
  const loops = leaves ? [frame.breakLabel, frame.continueLabel] : [];
  const origin = { place: context.placeOf(node.pos), text: firstLine(source) };
  const { call } = flow;
  if (isInShell && call !== undefined) {
    call.returns.push(after);
    loops.push(call.returnLabel);
  }
  const ending = after.exitTrap === null ? context.end : context.builder.label();
  const exits = [...(mayEnd ? [ending] : []), ...loops];
  const universe = quietStatus(node, env) !== null ? silent(context.universe) : context.universe;
  emitHavoc(context.builder, universe, origin, { exits });
  if (mayEnd && ending !== context.end) {
    const goOn = context.builder.label();
    emit(context, node, { op: 'jump', to: goOn });
    context.builder.mark(ending);
    emitExit(context, node, after);
    context.builder.mark(goOn);
  }
  if (leaves) {
    frame.breaks.push(after);
    frame.continues.push(after);
  }
  return after.exitOnError === null ? after : applyExitOnError(context, node, after, flow);
}

/** What outlives the part it stands in: it would go on when the next line begins. */
function refuseLater(context: Context, node: object): void {
  if ('background' in node && node.background === true && 'pos' in node) refuseAt(context, node);
  if ('type' in node && (node.type === 'Coproc' || isTrap(node))) refuseAt(context, node);
  // Parts of words, and the commands of `$(…)`, are parsed when they are asked for.
  const asked = [
    'value' in node ? node.value : null,
    'parts' in node ? node.parts : null,
    'script' in node ? node.script : null,
  ];
  for (const child of [...Object.values(node), ...asked]) {
    if (typeof child === 'object' && child !== null) refuseLater(context, child);
  }
}

const isTrap = (node: object): boolean =>
  'name' in node &&
  typeof node.name === 'object' &&
  node.name !== null &&
  'value' in node.name &&
  node.name.value === 'trap';

function refuseAt(context: Context, node: object): void {
  if (!('pos' in node && 'end' in node)) return;
  const { pos, end } = node;
  if (typeof pos !== 'number' || typeof end !== 'number') return;
  const later = isTrap(node);
  const what = later ? 'trap runs at any later moment' : 'what runs in the background goes on';
  const suggestion = later
    ? 'write its commands where they are to run'
    : 'give it as a script of its own: --script FILE --script FILE';
  report(context, 'DAX201', { pos, end }, what, { suggestion });
}

/** A status that nobody knows is all that is open of what only prints. */
const silent = (universe: Universe): Universe => ({
  ...universe,
  ...(universe.havoc && { havoc: { ...universe.havoc, files: [] } }),
});

/** What a part can change besides files. */
type Scope = 'files' | 'variables' | 'shell' | ReadonlySet<string>;

function scopeOf(context: Context, node: Node, env: Environment): Scope {
  if (node.type === 'Pipeline' || node.type === 'Subshell') return 'files';
  if (node.type !== 'Command') {
    const text = context.source.slice(node.pos, node.end);
    const isCalled = [...env.functions.keys()].some((name) => text.includes(name));
    return SHELL_WORDS.test(`${text} `) || isCalled ? 'shell' : 'variables';
  }
  const { name } = node;
  if (name === undefined) return assignedBy(node);
  const word = name.parts === undefined ? name.value : '';
  if (ON_VARIABLES.has(word)) return 'variables';
  const isShell = word === '' || ON_SHELL.has(word) || isFunction(context.source, word);
  return isShell ? 'shell' : 'files';
}

function isFunction(source: string, word: string): boolean {
  const name = escaped(word);
  return new RegExp(`(?:^|[\\s;])(?:${name}\\s*\\(\\s*\\)|function\\s+${name}\\b)`).test(source);
}

const escaped = (text: string): string => text.replace(/[^\w]/g, '\\$&');

function assignedBy(node: Command): ReadonlySet<string> {
  return new Set(node.prefix.flatMap((item) => (item.type === 'Assignment' ? [item.name] : [])));
}

const UNKNOWN: Value = { kind: 'unknown' };

function withUnknown(env: Environment, names: ReadonlySet<string>): Environment {
  const unknown = [...names].map((name) => [name, UNKNOWN] as const);
  return { ...env, variables: new Map([...env.variables, ...unknown]) };
}

function afterScope(env: Environment, source: string, scope: Scope): Environment {
  const after: Environment = { ...env, status: 'runtime' };
  if (scope === 'files') return after;
  if (typeof scope !== 'string') return withUnknown(after, scope);
  const all = withUnknown(after, new Set([...env.variables.keys(), ...assignedIn(source)]));
  return scope === 'variables' ? all : { ...all, directory: null, exitOnError: null };
}

/** Variables that a text assigns, as far as it shows. */
const assignedIn = (source: string): readonly string[] =>
  [...source.matchAll(/(?:^|[\s;&|({])([A-Za-z_]\w*)=/g)].map(([, name = '']) => name);
